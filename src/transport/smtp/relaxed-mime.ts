/** The parts of a mail for its signature, in latin1: one character for each octet. */
export interface SplitMime {
  /** Header fields unchanged, with folds, without their last CRLF. */
  readonly fields: readonly string[];
  readonly body: string;
}

/** Splits a mail into header and body (RFC 5322 §2.1). */
export function splitMime(bytes: Buffer): SplitMime {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const header = end < 0 ? text : text.slice(0, end);
  return { fields: header.split(/\r\n(?![ \t])/), body: end < 0 ? '' : text.slice(end + 4) };
}

/** Returns the canonical form `relaxed` of a header field (RFC 6376 §3.4.2), without its CRLF. */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ');
  return `${fieldName(field)}:${value.replaceAll(/^ | $/g, '')}`;
}

/** Returns the name of a header field in lower case. */
export function fieldName(field: string): string {
  return field.slice(0, field.indexOf(':')).trim().toLowerCase();
}

/**
 * Returns the canonical form `relaxed` of a body (RFC 6376 §3.4.4): white space becomes one space, and no line ends in
 * it.
 */
export function relaxedBody(body: string): string {
  const text = body.replaceAll(/[ \t]+/g, ' ').replaceAll(' \r\n', '\r\n');
  let end = text.length;
  while (text.endsWith('\r\n', end)) end -= 2;
  return end === 0 ? '' : `${text.slice(0, end)}\r\n`;
}
