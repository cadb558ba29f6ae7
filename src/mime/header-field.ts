import { buildHeaderValue, foldLines, parseHeaderValue } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import type { Mailbox } from '../message/mailbox.js';
import type { Headers } from '../message/message.js';
import { headerName } from './header-name.js';

/** RFC 5322 §2.1.1. */
const MAX_LINE = 76;
/** Goes out as it is: printable ASCII; a quote is encoded, since some clients lose it. */
const PLAIN = /^[\t !#-~]*$/;
/** A name that needs no quotes. */
const PLAIN_NAME = /^[\w ]+$/;
/** An address that no rule of IDNA (RFC 5890) or of quoting (RFC 5322 §3.4.1) changes. */
const PLAIN_ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d]+[.-])*[a-z][a-z\d]*$/;
/** Headers whose value is more than text. */
const STRUCTURED: ReadonlySet<string> = new Set(['In-Reply-To', 'References', 'OTP-Token']);
/** A parameter with one of these is quoted (RFC 2045 §5.1); every encoded word has some. */
const NEEDS_QUOTES = /[\s'"\\;:/=(),<>@[\]?]|^-/;

/** Whose headers are encoded here; it holds nothing of them. */
const node = new MimeNode();

/** A finished header field, folded, its CRLF included; nothing for a value of spaces. */
export function headerField(name: string, value: string): string {
  if (value.trim() === '') return '';
  const line = `${name}: ${value}`;
  return `${line.length < MAX_LINE ? line : foldLines(line, MAX_LINE)}\r\n`;
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
  const value = buildHeaderValue(parseHeaderValue(type, { stripComments: true }));
  return headerField('Content-Type', filename ? `${value}; name=${nameParameter(filename)}` : value);
}

/** A Content-Disposition (RFC 2183), the name of the file encoded where it must be (RFC 2231). */
export function dispositionField(disposition: string, filename?: string): string {
  const params: Record<string, string> = filename ? { filename } : {};
  return headerField('Content-Disposition', buildHeaderValue({ value: disposition, params }));
}

function anyField(name: string, value: string): string {
  if (STRUCTURED.has(name)) return headerField(name, node.encodeHeaderValue(name, value));
  return textField(name, value);
}

function encodedText(value: string): string {
  if (PLAIN.test(value) && !value.includes('=?')) return value;
  return node.encodeHeaderValue('Subject', value);
}

function mailboxValue({ address, name = '' }: Mailbox): string {
  if (!PLAIN_ADDRESS.test(address)) return node.encodeHeaderValue('To', [{ address, name }]);
  if (name === '') return address;
  if (PLAIN_NAME.test(name)) return `${name} <${address}>`;
  return node.encodeHeaderValue('To', [{ address, name }]);
}

function nameParameter(filename: string): string {
  const encoded = encodedText(filename);
  return NEEDS_QUOTES.test(encoded) ? JSON.stringify(encoded) : encoded;
}
