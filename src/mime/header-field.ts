import { buildHeaderValue, parseHeaderValue } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import type { Headers, Mailbox } from '../message/message.js';
import { encodedPhrases, isStructured } from '../message/headers/structured.js';
import { encodedText, encodedWords, isPlain } from './encoded-text.js';

/** Longer lines are folded where possible (RFC 5322 §2.1.1). */
const MAX_LINE = 76;
/** A name that needs no quotes. */
const PLAIN_NAME = /^[\w ]+$/;
/** An address that needs neither IDNA (RFC 5890) nor quotes (RFC 5322 §3.4.1). */
const PLAIN_ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d]+[.-])*[a-z][a-z\d]*$/;
/** Characters that need a quoted parameter (RFC 2045 §5.1); every encoded word has some. */
const NEEDS_QUOTES = /[\s'"\\;:/=(),<>@[\]?]|^-/;
/** White space and the word after it. */
const WORD = /[ \t]*[^ \t]+/g;
/** White space that no line could hold; a structured field treats it as one space. */
const LONG_SPACE = /(?<![ \t])[ \t]{80,}/g;

/** Writes addresses; it keeps nothing of a mail. */
const node = new MimeNode();

/** Writes a folded header field with its CRLF; nothing for a value of spaces. */
export function headerField(name: string, value: string): string {
  if (value.trim() === '') return '';
  const isShort = name.length + value.length + 2 < MAX_LINE;
  return isShort ? `${name}: ${value}\r\n` : `${folded(`${name}:`, value)}\r\n`;
}

/** Keeps the first word beside the name, however long: some servers lose a line with only a name. */
function folded(start: string, value: string): string {
  let text = '';
  let line = start;
  for (const [index, word] of (` ${value}`.match(WORD) ?? []).entries()) {
    if (index > 0 && line.length + word.length >= MAX_LINE) {
      text += `${line}\r\n`;
      line = '';
    }
    line += word;
  }
  return text + line;
}

/** Writes a field of free text, encoded if it must be (RFC 2047). */
export function textField(name: string, value: string): string {
  return headerField(name, encodedText(value));
}

/** Writes a field of mailboxes; nothing for an empty list. */
export function addressField(name: string, mailboxes: readonly Mailbox[]): string {
  return headerField(name, mailboxes.map(mailboxValue).join(', '));
}

/** Writes further headers in their order; several values are several fields. */
export function headerFields(headers: Headers): string {
  let fields = '';
  for (const [key, values] of Object.entries(headers)) {
    const name = headerName(key);
    for (const value of typeof values === 'string' ? [values] : values) fields += anyField(name, value);
  }
  return fields;
}

/** Writes a Content-Type. It repeats the name of the file, for clients that look only there. */
export function contentTypeField(type: string, filename?: string): string {
  const { value, params } = parseHeaderValue(type, { stripComments: true });
  if (!filename) return headerField('Content-Type', buildHeaderValue({ value, params }));
  const { name: _, ...others } = params;
  const described = buildHeaderValue({ value, params: others });
  return headerField('Content-Type', `${described}; name=${nameParameter(filename)}`);
}

/** Writes a Content-Disposition (RFC 2183), with the name of the file encoded if it must be (RFC 2231). */
export function dispositionField(disposition: string, filename?: string): string {
  // Programs decode a name that looks like an encoded word even in the form of RFC 2231. So it goes as an
  // encoded word, which all of them decode once, to the given name.
  if (filename?.includes('=?')) {
    return headerField('Content-Disposition', `${disposition}; filename=${nameParameter(filename)}`);
  }
  const params: Record<string, string> = filename ? { filename } : {};
  return headerField('Content-Disposition', buildHeaderValue({ value: disposition, params }));
}

function anyField(name: string, value: string): string {
  if (!isStructured(name)) return textField(name, value);
  return headerField(name, encodedPhrases(value, phraseText).replaceAll(LONG_SPACE, ' '));
}

const phraseText = (text: string) => (isPlain(text) ? text : encodedWords(text));

function mailboxValue({ address, name = '' }: Mailbox): string {
  const wire = PLAIN_ADDRESS.test(address) ? address : node.encodeHeaderValue('To', [{ address, name: '' }]);
  if (name === '') return wire;
  const shown = PLAIN_NAME.test(name) ? name : nameWords(name);
  return wire.endsWith('>') ? `${shown} ${wire}` : `${shown} <${wire}>`;
}

/** Writes a display name that is not plain words: quoted, or encoded if a mail program would decode it. */
function nameWords(name: string): string {
  return isPlain(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : encodedWords(name);
}

/** Encodes quotes as well, because some clients lose them in a parameter. */
function nameParameter(filename: string): string {
  const encoded = filename.includes('"') ? encodedWords(filename) : encodedText(filename);
  return NEEDS_QUOTES.test(encoded) ? JSON.stringify(encoded) : encoded;
}

/** Words in capitals: at the start of a name, at its end. */
const FIRST = new Set(['mime', 'dkim', 'arc', 'bimi']);
const LAST = new Set(['spf', 'fbl', 'id', 'md5']);
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['x-smtpapi', 'X-SMTPAPI'],
  ['otp-token', 'OTP-Token'],
  ['content-features', 'Content-features'],
]);

/** Writes a header name in the usual case: `x-entity-ref-id` becomes `X-Entity-Ref-ID`. */
function headerName(name: string): string {
  const lower = name.toLowerCase();
  return WHOLE.get(lower) ?? lower.split('-').map(word).join('-');
}

function word(text: string, index: number, all: readonly string[]): string {
  const first = index === 0;
  const last = !first && index === all.length - 1;
  const capitals = (first && FIRST.has(text)) || (last && LAST.has(text));
  return capitals ? text.toUpperCase() : text.charAt(0).toUpperCase() + text.slice(1);
}
