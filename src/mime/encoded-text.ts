import { encodeWord } from 'nodemailer/lib/mime-funcs';
import { isMostlyLatin } from './transfer-encoding.js';

/** Printable ASCII and white space, which need no encoding. */
const PLAIN = /^[\t -~]*$/;
/** An encoded word (RFC 2047 §2), or a start that lenient decoders accept. */
const ENCODED = '=?';
/** A word, or white space, that would make a line of more than 998 octets (RFC 5322 §2.1.1). */
const TOO_LONG = /(?<![^ \t])[^ \t]{900}|(?<![ \t])[ \t]{80}/;
/** Bytes in one encoded word, whose frame makes it 75 characters at most (RFC 2047 §2). */
const MAX_WORD = 52;

/** Returns whether text needs no encoding: it is ASCII, and no decoder would take a part of it for an encoded word. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !text.includes(ENCODED);
}

/** Encodes free text if it must be encoded. */
export function encodedText(text: string): string {
  return isPlain(text) && !TOO_LONG.test(text) ? text : encodedWords(text);
}

/** Encodes the whole text in encoded words (RFC 2047), in UTF-8. */
export function encodedWords(text: string): string {
  return encodeWord(text, isMostlyLatin(text) ? 'Q' : 'B', MAX_WORD);
}
