import { show } from '../../errors/config-report.js';
import type { Headers } from '../message.js';
import { invalid } from '../values/refusal.js';

/** What mail programs look at; there is no standard beyond `Importance` (RFC 4021 §2.1.53). */
const HEADERS: ReadonlyMap<unknown, Headers> = new Map<unknown, Headers>([
  ['high', { 'X-Priority': '1 (Highest)', 'X-MSMail-Priority': 'High', Importance: 'High' }],
  ['normal', {}],
  ['low', { 'X-Priority': '5 (Lowest)', 'X-MSMail-Priority': 'Low', Importance: 'Low' }],
]);

/**
 * The headers of a priority; none for `normal`.
 * @throws {MailError} `message-invalid`
 */
export function priorityHeaders(value: unknown, field: string): Headers {
  const headers = HEADERS.get(value);
  if (headers !== undefined) return headers;
  throw invalid({ field, expected: "'high', 'normal' or 'low'", found: show(value) });
}
