import { trimSpaces } from '../values/text.js';
import { asciiDomain } from '../address/domain.js';

/** Headers with a syntax of their own (RFC 5322, RFC 2369, RFC 2919, RFC 8098, …). Only phrases in them are text. */
const STRUCTURED: ReadonlySet<string> = new Set([
  'in-reply-to', 'references', 'keywords', 'x-original-to', 'original-recipient', 'archived-at', 'auto-submitted',
  'list-id', 'list-help', 'list-subscribe', 'list-unsubscribe', 'list-unsubscribe-post', 'list-post', 'list-owner',
  'list-archive', 'disposition-notification-to', 'disposition-notification-options', 'return-receipt-to',
  'x-confirm-reading-to', 'errors-to', 'mail-followup-to', 'mail-reply-to', 'mail-copies-to',
  'content-location', 'content-base', 'content-language', 'content-md5',
]); // prettier-ignore

/** An address or a URL in brackets. An open one ends at the next bracket: linear cost. */
const BRACKETED = /<[^<>]*>/g;
/** The same, or a run of words and quoted strings between separators and comments. An open quote ends with the text. */
const PIECE = /<[^<>]*>|(?:"(?:[^"\\]|\\.?)*(?:"|$)|[^<>,;:()"])+|[^]/g;
const QUOTED = /"((?:[^"\\]|\\.?)*)(?:"|$)/g;
const BEYOND_ASCII = /[^\u0000-\u007f]/;

export function isStructured(name: string): boolean {
  return STRUCTURED.has(name.toLowerCase());
}

/** Finds the first address or URL of a structured value that cannot be written in ASCII. */
export function unwritableIn(value: string): string | undefined {
  return (value.match(BRACKETED) ?? []).find((text) => BEYOND_ASCII.test(inAscii(text)));
}

/**
 * Encodes the phrases of a structured value with `encode`. A quoted string in a changed phrase loses its quotes: an encoded
 * word must not stand in quotes (RFC 2047 §5).
 */
export function encodedPhrases(value: string, encode: (text: string) => string): string {
  return value.replaceAll(PIECE, (piece) => (piece.startsWith('<') ? inAscii(piece) : phrase(piece, encode)));
}

function phrase(piece: string, encode: (text: string) => string): string {
  const words = trimSpaces(piece);
  const address = wireAddress(words);
  if (address !== undefined) return piece.replace(words, () => address);
  if (encode(words) === words) return piece;
  const text = words.replaceAll(QUOTED, (_, quoted: string) => quoted.replaceAll(/\\(.)/g, '$1'));
  return piece.replace(words, () => encode(text));
}

/** Encodes the text in brackets: the domain of an address or a list in ASCII, a URL percent-encoded. */
function inAscii(bracketed: string): string {
  if (!BEYOND_ASCII.test(bracketed)) return bracketed;
  const text = bracketed.slice(1, -1);
  if (/^[a-z][a-z\d+.-]*:/i.test(text)) return `<${encodeURI(text).replaceAll('%25', '%')}>`;
  return `<${wireAddress(text) ?? (asciiDomain(text) || text)}>`;
}

/** Returns an address with its domain in ASCII; undefined if it is not an address. */
function wireAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  if (at < 1 || /[\s"]/.test(text) || !BEYOND_ASCII.test(text)) return undefined;
  const domain = asciiDomain(text.slice(at + 1));
  return domain === '' ? undefined : `${text.slice(0, at)}@${domain}`;
}
