import { show } from '../../errors/config-report.js';
import { parseLine } from '../values/line.js';
import { invalid } from '../values/refusal.js';

/** Fits into one line together with the longest header name it stands behind (RFC 5322 §2.1.1). */
export const MAX_ID = 900;

/** RFC 5322 §3.6.4, in printable ASCII. */
const ID = /^<[!-;=?-~]+@[!-;=?-~]+>$/;

/**
 * The Message-ID of a mail of our own, with its angle brackets. For ids of others see `parseForeignIds`.
 * @throws {MailError} `message-invalid`
 */
export function parseMessageId(value: unknown, field: string): string {
  const id = parseLine(value, field, MAX_ID);
  if (ID.test(id) && id.indexOf('@') === id.lastIndexOf('@')) return id;
  const fix = ID.test(`<${id}>`) ? 'Put it into angle brackets' : undefined;
  throw invalid({ field, expected: 'a Message-ID <left@right>', found: show(id), fix });
}
