/**
 * Milliseconds that a server asks to be left alone for by `Retry-After` (RFC 9110 §10.2.3).
 * @param now reads the form with a date; without it that one is of no use
 */
export function retryAfter(headers: Headers, now?: number): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const time = now === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time - (now ?? 0));
}
