import { show } from '../../errors/show.js';
import { asBuffer, isBytes } from './bytes.js';
import { calendarType } from './calendar-method.js';
import { isObject, readFields } from '../values/fields.js';
import { parseMediaType, withCharset } from './media-type.js';
import type { MessageAlternative } from '../message.js';
import { invalid } from '../values/refusal.js';

const FIELDS = { known: ['contentType', 'content'] } as const;

/**
 * Reads other renditions of the body.
 * @throws {MailError} `message-invalid`
 */
export function parseAlternatives(value: unknown, field: string): readonly MessageAlternative[] {
  if (!Array.isArray(value)) throw invalid({ field, expected: 'an array', found: show(value) });
  return Array.from(value, (item: unknown, index) => parseAlternative(item, `${field}[${index}]`));
}

function parseAlternative(value: unknown, field: string): MessageAlternative {
  if (!isObject(value)) throw invalid({ field, expected: '{ contentType, content }', found: show(value) });
  const fields = readFields(value, field, FIELDS);
  const contentType = parseMediaType(fields.get('contentType'), `${field}.contentType`);
  const content = fields.get('content');
  if (typeof content === 'string') return rendition(withCharset(contentType), Buffer.from(content), field);
  if (isBytes(content)) return rendition(contentType, asBuffer(content), field);
  throw invalid({ field: `${field}.content`, expected: 'a string or bytes', found: show(content) });
}

function rendition(contentType: string, content: Buffer, field: string): MessageAlternative {
  return { contentType: calendarType(contentType, content, field), content };
}
