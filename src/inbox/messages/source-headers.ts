/** The header fields of a mail's source in their order, unfolded (RFC 5322 §2.2.3), otherwise as they are. */
export function headersOf(source: Buffer): ReadonlyArray<readonly [string, string]> {
  const end = source.indexOf('\r\n\r\n');
  const head = source.subarray(0, end === -1 ? source.length : end).toString('utf8');
  return head
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => [line, line.indexOf(':')] as const)
    .filter(([, colon]) => colon > 0)
    .map(([line, colon]) => [line.slice(0, colon), line.slice(colon + 1).trim()] as const);
}
