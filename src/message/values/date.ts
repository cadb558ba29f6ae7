import { types } from 'node:util';
import { show } from '../../errors/show.js';
import { invalid } from './refusal.js';

/**
 * Copies a date that a Date header can hold (RFC 5322 §3.3: from 1900 on, four digits of year).
 * @throws {MailError} `message-invalid`
 */
export function parseDate(value: unknown, field: string): Date {
  const expected = 'a valid Date between the years 1900 and 9999';
  if (!types.isDate(value)) throw invalid({ field, expected, found: show(value) });
  const year = value.getUTCFullYear();
  if (year >= 1900 && year <= 9999) return new Date(value);
  throw invalid({ field, expected, found: Number.isNaN(year) ? 'an invalid Date' : `the year ${year}` });
}
