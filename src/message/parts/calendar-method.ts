import { show } from '../../errors/show.js';
import { invalid } from '../values/refusal.js';

/** RFC 5546 §1.4. */
const METHODS = ['PUBLISH', 'REQUEST', 'REPLY', 'ADD', 'CANCEL', 'REFRESH', 'COUNTER', 'DECLINECOUNTER'];
const EXPECTED = `one of ${METHODS.join(', ')}`;

/** A content line without its parameters (RFC 5545 §3.7.2). */
const METHOD_LINE = /^METHOD(?:;[^:\r\n]*)?:(.*)$/gim;
const METHOD_PARAMETER = /; *method="?([^";]*)/i;

/** @throws {MailError} `message-invalid` */
export function parseMethod(value: unknown, field: string): string {
  if (typeof value === 'string' && METHODS.includes(value)) return value;
  throw invalid({ field, expected: EXPECTED, found: show(value) });
}

/**
 * Returns the method that an iCalendar text names, or undefined. Programs act on the method of the media type or that of the
 * text, so both have to be the same (RFC 6047 §2.4).
 * @throws {MailError} `message-invalid` for an unknown method, or for two
 */
export function methodIn(content: Buffer, field: string): string | undefined {
  const text = content.toString().replaceAll(/\r?\n[ \t]/g, '');
  const [method, ...others] = new Set(
    Array.from(text.matchAll(METHOD_LINE), ([, value = '']) => value.trim().toUpperCase()),
  );
  if (method === undefined) return undefined;
  if (others.length > 0) {
    const found = [method, ...others].map(show).join(' and ');
    throw invalid({ field, expected: 'one METHOD in the text', found });
  }
  return parseMethod(method, `${field}, METHOD`);
}

/**
 * Returns the method of a calendar: that of its text, which a caller may repeat but not change.
 * @throws {MailError} `message-invalid` if the two differ
 */
export function agreedMethod(given: string | undefined, content: Buffer, field: string): string | undefined {
  const own = methodIn(content, `${field}.content`);
  if (given === undefined || own === undefined || given === own) return own ?? given;
  const fix = 'Leave the method out: it is read from the content';
  throw invalid({ field: `${field}.method`, expected: `METHOD:${own} of the content`, found: given, fix });
}

/**
 * Returns the media type of a part; that of a calendar gets the method of its text.
 * @throws {MailError} `message-invalid` if the two differ
 */
export function calendarType(contentType: string, content: Buffer, field: string): string {
  if (!/^text\/calendar\b/i.test(contentType)) return contentType;
  const given = METHOD_PARAMETER.exec(contentType)?.[1];
  const own = methodIn(content, `${field}.content`);
  if (own === undefined) return contentType;
  if (given === undefined) return `${contentType}; method=${own}`;
  if (given.toUpperCase() === own) return contentType;
  const found = `method=${given}`;
  throw invalid({ field: `${field}.contentType`, expected: `METHOD:${own} of the content`, found });
}
