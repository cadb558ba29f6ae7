import { show } from '../mail.report.js';
import { parseLine } from './line.js';
import { invalid } from './refusal.js';

/** Fits into one line together with the longest header name it stands behind (RFC 5322 §2.1.1). */
const MAX_ID = 900;
const MAX_IDS = 100;
/** All of a thread, as one header. */
const MAX_THREAD = 8000;

/** RFC 5322 §3.6.4, in printable ASCII: ids of others are quoted as they came, however odd. */
const ID = /^<[!-;=?-~]+@[!-;=?-~]+>$/;

/**
 * A Message-ID with its angle brackets.
 * @throws {MailError} `message-invalid`
 */
export function parseMessageId(value: unknown, field: string): string {
  const id = parseLine(value, field, MAX_ID);
  if (ID.test(id) && id.indexOf('@') === id.lastIndexOf('@')) return id;
  const mend = ID.test(`<${id}>`) ? 'Put it into angle brackets' : undefined;
  throw invalid({ field, expected: 'a Message-ID <left@right>', found: show(id), mend });
}

/**
 * Message-IDs of a thread, oldest first: an array, or one string with spaces between.
 * @throws {MailError} `message-invalid`
 */
export function parseReferences(value: unknown, field: string): readonly string[] {
  if (typeof value === 'string') return parseThread(value, field);
  if (!Array.isArray(value)) {
    throw invalid({ field, expected: 'Message-IDs, one or an array', found: show(value) });
  }
  refuseMany(value.length, field);
  const ids = Array.from(value, (item: unknown, index) => parseMessageId(item, `${field}[${index}]`));
  parseLine(ids.join(' '), field, MAX_THREAD);
  return ids;
}

function parseThread(text: string, field: string): readonly string[] {
  const ids = parseLine(text, field, MAX_THREAD)
    .split(' ')
    .filter((id) => id !== '');
  refuseMany(ids.length, field);
  return ids.map((id) => parseMessageId(id, field));
}

function refuseMany(count: number, field: string): void {
  if (count > 0 && count <= MAX_IDS) return;
  const expected = `1 to ${MAX_IDS} Message-IDs`;
  throw invalid({
    field,
    expected,
    found: `${count}`,
    mend: 'Of a longer thread keep the first and the latest',
  });
}
