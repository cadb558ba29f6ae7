import { show } from '../../errors/config-report.js';
import { parseLine } from '../values/line.js';
import { MAX_ID } from './message-id.js';
import { invalid } from '../values/refusal.js';

/** Of a longer thread the first and the latest are kept, as RFC 5537 §3.4.4 has it. */
const MAX_IDS = 100;
/** All of a thread, as one header. */
const MAX_THREAD = 8000;
/** What a caller may hand over before it is shortened. */
const MAX_GIVEN = 65_536;

/** A line break with white space behind it joins two lines of one header (RFC 5322 §2.2.3). */
const FOLD = /(?:\r?\n)?[ \t]+/g;
/** Without `<` inside: linear however many are open. */
const BRACKETED = /<[^<>]*>/g;
/** What can stand in a header as it is; others would need SMTPUTF8 (RFC 6532). */
const SENDABLE = /^<[ -~]+>$/;

/**
 * Message-IDs that others made, as the mails that are answered brought them: folded, without a space
 * between, without brackets, with words around them, with quotes, without "@" (RFC 5322 §4.5.4 and
 * beyond). Each comes back in its brackets, its characters unchanged, since threads are matched by them.
 * One that no header can hold (beyond ASCII, longer than a line) is left out.
 * @throws {MailError} `message-invalid`: no id at all, or a character that could start another header
 */
export function parseForeignIds(value: unknown, field: string): readonly string[] {
  if (typeof value === 'string') return shortened(idsIn(value, field));
  if (!Array.isArray(value) || value.length === 0) {
    const found = Array.isArray(value) ? '0' : show(value);
    throw invalid({ field, expected: 'Message-IDs, one or an array', found });
  }
  return shortened(value.flatMap((item: unknown, index) => idsIn(item, `${field}[${index}]`)));
}

function idsIn(value: unknown, field: string): readonly string[] {
  const expected = 'a Message-ID such as <left@right>';
  if (typeof value !== 'string') throw invalid({ field, expected, found: show(value) });
  const text = parseLine(value.replaceAll(FOLD, ' ').trim(), field, MAX_GIVEN);
  const ids = text.match(BRACKETED) ?? bareIds(text);
  if (ids.length === 0) throw invalid({ field, expected, found: show(text) });
  return ids.map(trimmed).filter((id) => SENDABLE.test(id) && id.length <= MAX_ID);
}

/** Ids whose brackets got lost on the way; a word without "@" may be anything. */
function bareIds(text: string): readonly string[] {
  const words = text.split(/[ ,;<>]+/).filter((word) => word !== '');
  return words.every((word) => word.includes('@')) ? words.map((word) => `<${word}>`) : [];
}

const trimmed = (id: string) => `<${id.slice(1, -1).trim()}>`;

function shortened(ids: readonly string[]): readonly string[] {
  const [first, ...others] = ids;
  if (first === undefined) return [];
  const latest: string[] = [];
  let length = first.length;
  for (const id of others.slice(1 - MAX_IDS).toReversed()) {
    length += 1 + id.length;
    if (length > MAX_THREAD) break;
    latest.push(id);
  }
  return [first, ...latest.toReversed()];
}
