import { parseLine } from '../values/line.js';

/** RFC 5322 §2.1.1. */
const MAX_SUBJECT = 998;

/**
 * Reads a subject, literal or rendered.
 * @throws {MailError} `message-invalid`
 */
export function parseSubject(value: unknown, field: string): string {
  return parseLine(value, field, MAX_SUBJECT);
}
