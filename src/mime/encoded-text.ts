import { encodeWord } from 'nodemailer/lib/mime-funcs';
import { isMostlyLatin } from './transfer-encoding.js';

/** Printable ASCII and white space: goes out as it is. */
const PLAIN = /^[\t -~]*$/;
/** How a decoder finds an encoded word (RFC 2047 §2), and what lenient ones take for the start of one. */
const ENCODED = '=?';
/** A word, or white space, that would make a line of more than 998 octets (RFC 5322 §2.1.1). */
const TOO_LONG = /(?<![^ \t])[^ \t]{900}|(?<![ \t])[ \t]{80}/;
/** Of one encoded word, without its frame and within RFC 2047 §2's 75 characters. */
const MAX_WORD = 52;

/** Whether a reader sees this as it stands: nothing to encode, and nothing that a decoder would take for encoded. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !text.includes(ENCODED);
}

/** Free text, as a reader sees it once decoded: encoded where it must be, else as it stands. */
export function encodedText(text: string): string {
  return isPlain(text) && !TOO_LONG.test(text) ? text : encodedWords(text);
}

/** All of the text in encoded words (RFC 2047), in UTF-8. */
export function encodedWords(text: string): string {
  return encodeWord(text, isMostlyLatin(text) ? 'Q' : 'B', MAX_WORD);
}
