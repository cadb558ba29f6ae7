import { show } from '../../errors/show.js';
import type { Headers } from '../message.js';
import { invalid } from '../values/refusal.js';

/** The headers that mail programs look at; only `Importance` is a standard (RFC 4021 §2.1.53). */
const HEADERS: ReadonlyMap<unknown, Headers> = new Map<unknown, Headers>([
  ['high', { 'X-Priority': '1 (Highest)', 'X-MSMail-Priority': 'High', Importance: 'High' }],
  ['normal', {}],
  ['low', { 'X-Priority': '5 (Lowest)', 'X-MSMail-Priority': 'Low', Importance: 'Low' }],
]);

/**
 * Returns the headers of a priority; empty for `normal`.
 * @throws {MailError} `message-invalid`
 */
export function priorityHeaders(value: unknown, field: string): Headers {
  const headers = HEADERS.get(value);
  if (headers !== undefined) return headers;
  throw invalid({ field, expected: "'high', 'normal' or 'low'", found: show(value) });
}
