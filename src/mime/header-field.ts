import { buildHeaderValue, parseHeaderValue } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import type { Headers, Mailbox } from '../message/message.js';
import { encodedPhrases, isStructured } from '../message/headers/structured.js';
import { encodedText, encodedWords, isPlain } from './encoded-text.js';

/** RFC 5322 §2.1.1: longer lines are folded where they can be. */
const MAX_LINE = 76;
/** A name that needs no quotes. */
const PLAIN_NAME = /^[\w ]+$/;
/** An address that no rule of IDNA (RFC 5890) or of quoting (RFC 5322 §3.4.1) changes. */
const PLAIN_ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d]+[.-])*[a-z][a-z\d]*$/;
/** A parameter with one of these is quoted (RFC 2045 §5.1); every encoded word has some. */
const NEEDS_QUOTES = /[\s'"\\;:/=(),<>@[\]?]|^-/;
/** White space and the word behind it. */
const WORD = /[ \t]*[^ \t]+/g;
/** White space that no line could hold; in a structured field it means one space. */
const LONG_SPACE = /(?<![ \t])[ \t]{80,}/g;

/** Whose addresses are written here; it holds nothing of them. */
const node = new MimeNode();

/** A finished header field, folded, its CRLF included; nothing for a value of spaces. */
export function headerField(name: string, value: string): string {
  if (value.trim() === '') return '';
  const isShort = name.length + value.length + 2 < MAX_LINE;
  return isShort ? `${name}: ${value}\r\n` : `${folded(`${name}:`, value)}\r\n`;
}

/** The first word stands behind the name, however long: a line of a name alone is lost on some servers. */
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

/** A field of free text, encoded where it must be (RFC 2047). */
export function textField(name: string, value: string): string {
  return headerField(name, encodedText(value));
}

/** A field of mailboxes; nothing for an empty list. */
export function addressField(name: string, mailboxes: readonly Mailbox[]): string {
  return headerField(name, mailboxes.map(mailboxValue).join(', '));
}

/** Further headers, in their order; several values are several fields. */
export function headerFields(headers: Headers): string {
  let fields = '';
  for (const [key, values] of Object.entries(headers)) {
    const name = headerName(key);
    for (const value of typeof values === 'string' ? [values] : values) fields += anyField(name, value);
  }
  return fields;
}

/** A Content-Type; the name of a file goes into it as well, for clients that look there only. */
export function contentTypeField(type: string, filename?: string): string {
  const { value, params } = parseHeaderValue(type, { stripComments: true });
  if (!filename) return headerField('Content-Type', buildHeaderValue({ value, params }));
  const { name: _, ...others } = params;
  const described = buildHeaderValue({ value, params: others });
  return headerField('Content-Type', `${described}; name=${nameParameter(filename)}`);
}

/** A Content-Disposition (RFC 2183), the name of the file encoded where it must be (RFC 2231). */
export function dispositionField(disposition: string, filename?: string): string {
  // A name that looks like an encoded word is decoded by programs even out of the form of RFC 2231, so it
  // goes in the other form that all of them read: decoded once, it is what was given.
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

/** A display name that is no plain words: quoted, or encoded where a reader's program would decode it. */
function nameWords(name: string): string {
  return isPlain(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : encodedWords(name);
}

/** A quote is encoded as well, since some clients lose one that stands in a parameter. */
function nameParameter(filename: string): string {
  const encoded = filename.includes('"') ? encodedWords(filename) : encodedText(filename);
  return NEEDS_QUOTES.test(encoded) ? JSON.stringify(encoded) : encoded;
}

/** Words written in capitals: at the head of a name, at its end. */
const FIRST = new Set(['mime', 'dkim', 'arc', 'bimi']);
const LAST = new Set(['spf', 'fbl', 'id', 'md5']);
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['x-smtpapi', 'X-SMTPAPI'],
  ['otp-token', 'OTP-Token'],
  ['content-features', 'Content-features'],
]);

/** A header name as it is usually written: `x-entity-ref-id` is `X-Entity-Ref-ID`. */
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
