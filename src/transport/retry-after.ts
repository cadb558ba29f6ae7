/**
 * Returns the milliseconds of a `Retry-After` header (RFC 9110 §10.2.3).
 * @param now needed for the form with a date
 */
export function retryAfter(headers: Headers, now?: number): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const time = now === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time - (now ?? 0));
}
