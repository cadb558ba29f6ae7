import { show } from '../mail.report.js';
import { parseLine } from './line.js';
import { invalid } from './refusal.js';

const MAX_FILENAME = 255;

/** All controls of direction, the harmless-looking marks included: they too can move an extension. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/**
 * The name of an attachment: no path, nothing that makes it read as another.
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
  return DIRECTION.test(name) ? 'which has a character that reorders its letters' : undefined;
}

/**
 * A filename in ASCII, for readers that know nothing else: accents dropped, white space collapsed
 * (what Flask-Mail does for `MAIL_ASCII_ATTACHMENTS`). A name of which nothing is left becomes `attachment`.
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
