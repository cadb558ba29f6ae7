import { show } from '../../errors/show.js';
import { parseLine } from '../values/line.js';
import { MAX_ID } from './message-id.js';
import { invalid } from '../values/refusal.js';

/** Most ids of a thread: the first and the latest are kept, as in RFC 5537 §3.4.4. */
const MAX_IDS = 100;
/** Most characters of all ids in one header. */
const MAX_THREAD = 8000;
/** Most characters that a caller may pass, before they are shortened. */
const MAX_GIVEN = 65_536;

/** A line break with white space behind it joins two lines of one header (RFC 5322 §2.2.3). */
const FOLD = /(?:\r?\n)?[ \t]+/g;
/** No `<` inside, so that many open brackets cost linear time. */
const BRACKETED = /<[^<>]*>/g;
/** Ids that can stand in a header as they are; others would need SMTPUTF8 (RFC 6532). */
const SENDABLE = /^<[ -~]+>$/;

/**
 * Reads Message-IDs of other programs, as the answered mails brought them: folded, without spaces or brackets, with
 * words around them, with quotes, without "@" (RFC 5322 §4.5.4 and worse). Returns each in brackets and otherwise
 * unchanged, because mail programs match threads by them. Drops ids that no header can hold (beyond ASCII, longer than
 * a line).
 * @throws {MailError} `message-invalid` without any id, or for a character that could start another header
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

/** Ids that have lost their brackets; a word without "@" may be anything. */
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
