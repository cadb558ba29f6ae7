import { show } from '../../errors/show.js';
import { asBuffer, isBytes } from './bytes.js';
import { agreedMethod, parseMethod } from './calendar-method.js';
import { fieldOr, isObject, readFields } from '../values/fields.js';
import { parseFilename } from './filename.js';
import type { MessageAlternative, MessageAttachment } from '../message.js';
import { invalid } from '../values/refusal.js';

const FIELDS = { known: ['method', 'content', 'filename'] } as const;

/** A calendar event as mail programs expect it: to act on, and to save. */
export interface CalendarParts {
  readonly alternative: MessageAlternative;
  readonly attachment: MessageAttachment;
}

/** @throws {MailError} `message-invalid`, also for a method that contradicts the content */
export function parseCalendarEvent(value: unknown, field: string): CalendarParts {
  if (!isObject(value)) throw invalid({ field, expected: '{ content, method }', found: show(value) });
  const fields = readFields(value, field, FIELDS);
  const given = fields.has('method') ? parseMethod(fields.get('method'), `${field}.method`) : undefined;
  const content = parseContent(fields.get('content'), `${field}.content`);
  const method = agreedMethod(given, content, field) ?? 'PUBLISH';
  const filename = parseFilename(fieldOr(fields, 'filename', 'invite.ics'), `${field}.filename`);
  return {
    alternative: { contentType: `text/calendar; charset=utf-8; method=${method}`, content },
    attachment: {
      filename,
      content,
      contentType: 'application/ics',
      disposition: 'attachment',
      headers: {},
    },
  };
}

function parseContent(value: unknown, field: string): Buffer {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  if (!isBytes(content)) {
    throw invalid({ field, expected: 'an iCalendar text or its bytes', found: show(value) });
  }
  if (content.byteLength === 0) {
    throw invalid({ field, expected: 'an iCalendar text', found: 'an empty one' });
  }
  return asBuffer(content);
}
