/** Words written in capitals: at the head of a name, at its end. */
const FIRST = new Set(['mime', 'dkim', 'arc', 'bimi']);
const LAST = new Set(['spf', 'fbl', 'id', 'md5']);
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['x-smtpapi', 'X-SMTPAPI'],
  ['otp-token', 'OTP-Token'],
  ['content-features', 'Content-features'],
]);

/** A header name as it is usually written: `x-entity-ref-id` is `X-Entity-Ref-ID`. */
export function headerName(name: string): string {
  const lower = name.toLowerCase();
  return WHOLE.get(lower) ?? lower.split('-').map(word).join('-');
}

function word(text: string, index: number, all: readonly string[]): string {
  const first = index === 0;
  const last = !first && index === all.length - 1;
  const capitals = (first && FIRST.has(text)) || (last && LAST.has(text));
  return capitals ? text.toUpperCase() : text.charAt(0).toUpperCase() + text.slice(1);
}
