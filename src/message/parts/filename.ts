import { show } from '../../errors/show.js';
import { parseLine } from '../values/line.js';
import { invalid } from '../values/refusal.js';

const MAX_FILENAME = 255;

/** Embeddings, overrides and isolates: names do not need them, and they can move an extension. */
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/;
/** Marks that writers of right-to-left scripts put between words and numbers. */
const MARK = /[\u061c\u200e\u200f]/;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * Reads the name of an attachment: no path, and no characters that make it look like another name.
 * @throws {MailError} `message-invalid`
 */
export function parseFilename(value: unknown, field: string): string {
  const name = parseLine(value, field, MAX_FILENAME);
  const fault = filenameFault(name);
  if (fault === undefined) return name;
  throw invalid({ field, expected: 'the name of a file, without a path', found: `${show(name)}, ${fault}` });
}

function filenameFault(name: string): string | undefined {
  if (name.trim() === '') return 'which is empty';
  if (/[/\\]/.test(name)) return 'which has a path separator';
  if (/^\.+$/.test(name)) return 'which names a folder';
  return isReordered(name) ? 'which has a character that reorders its letters' : undefined;
}

/**
 * True for a mark among letters that run from right to left. Without such letters, in the extension, and next to Latin
 * letters, a mark deceives.
 */
function isReordered(name: string): boolean {
  if (BIDI_CONTROL.test(name)) return true;
  if (!MARK.test(name)) return false;
  const extension = name.slice(name.lastIndexOf('.') + 1);
  return MARK.test(extension) || !RIGHT_TO_LEFT.test(name) || MARK_AT_LATIN.test(name);
}

const MARK_AT_LATIN = /[a-z][\u061c\u200f]|[\u061c\u200f][a-z]/i;

/**
 * Returns a filename in ASCII, for old mail programs: drops accents and collapses white space, as Flask-Mail does for
 * `MAIL_ASCII_ATTACHMENTS`. An empty result becomes `attachment`.
 */
export function asciiFilename(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/[^\u0020-\u007e]/g, '')
    // A full-width slash decomposes into a real one.
    .replaceAll(/[/\\]/g, '_')
    .replaceAll(/ +/g, ' ')
    .trim();
  const stemLost = ascii === '' || (ascii.startsWith('.') && !name.startsWith('.'));
  return stemLost ? `attachment${ascii}` : ascii;
}
