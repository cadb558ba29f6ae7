import { show } from '../../errors/show.js';
import { parseLine } from '../values/line.js';
import { invalid } from '../values/refusal.js';

/** Most characters: it fits into one line with the longest name of its headers (RFC 5322 §2.1.1). */
export const MAX_ID = 900;

/** RFC 5322 §3.6.4, in printable ASCII. */
const ID = /^<[!-;=?-~]+@[!-;=?-~]+>$/;

/**
 * Reads the Message-ID of our own mail, with its angle brackets. For ids of other programs see `parseForeignIds`.
 * @throws {MailError} `message-invalid`
 */
export function parseMessageId(value: unknown, field: string): string {
  const id = parseLine(value, field, MAX_ID);
  if (ID.test(id) && id.indexOf('@') === id.lastIndexOf('@')) return id;
  const fix = ID.test(`<${id}>`) ? 'Put it into angle brackets' : undefined;
  throw invalid({ field, expected: 'a Message-ID <left@right>', found: show(id), fix });
}
