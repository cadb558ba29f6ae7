import { bidiControlIn, controlIn, halfCharacterIn, trimSpaces } from '../values/text.js';
import { show } from '../../errors/show.js';
import { addressFault, asciiAddress, normalAddress, parseAddress, recipientIn } from './address.js';
import type { Mailbox } from '../message.js';
import { isObject, readFields } from '../values/fields.js';
import { parseLine } from '../values/line.js';
import { invalid } from '../values/refusal.js';

const EXPECTED = `one mailbox: 'ada@example.test', 'Ada <ada@example.test>' or { address, name }`;
const MAX_NAME = 255;
/** Most characters: a quoted name with every character escaped, two quotes, an address in brackets, spaces. */
const MAX_TEXT = 2 * MAX_NAME + 300;

const FIELDS = { known: ['address', 'name'] } as const;

/** Specials of RFC 5322, which need quotes, without the dot that people write in "Dr. Ada". */
const NEEDS_QUOTES = /[()<>[\]:;@\\,"]/;
/** RFC 2047 §2. */
const ENCODED_WORD = /=\?[^?]+\?[bq]\?[^?]*\?=/i;
const QUOTED = /^"(?:[^"\\]|\\.)*"$/;

/**
 * Reads one mailbox, a string or `{ address, name }`. Refuses groups, routes, comments and lists.
 * @param field its path for an error: `to[2]`
 * @throws {MailError} `message-invalid`
 */
export function parseMailbox(value: unknown, field: string): Mailbox {
  if (typeof value === 'string') return parseText(value, field);
  if (isObject(value)) return parseParts(value, field);
  throw invalid({ field, expected: EXPECTED, found: show(value) });
}

/**
 * Reads one mailbox or an array of them.
 * @throws {MailError} `message-invalid`, with the index in the field
 */
export function parseMailboxes(value: unknown, field: string): readonly Mailbox[] {
  if (!Array.isArray(value)) return [parseMailbox(value, field)];
  return Array.from(value, (item: unknown, index) => parseMailbox(item, `${field}[${index}]`));
}

/**
 * Shows a mailbox in one line, for logs and pages. The name is quoted if it must be, and the domain is in ASCII, so that a
 * look-alike of another domain shows. It is not encoded for a header.
 */
export function formatMailbox(mailbox: Mailbox): string {
  const address = asciiAddress(mailbox.address);
  if (mailbox.name === undefined) return address;
  return `${NEEDS_QUOTES.test(mailbox.name) ? quoted(mailbox.name) : mailbox.name} <${address}>`;
}

function parseText(value: string, field: string): Mailbox {
  const recipient = recipientIn(field, bareAddress(value));
  const refuse: Refuse = (reason, fix) =>
    invalid({ field, expected: EXPECTED, found: `${show(value)}, ${reason}`, fix, recipient });
  if (value.length > MAX_TEXT) throw refuse(`which has ${value.length} characters`);
  const control = controlIn(value);
  if (control !== undefined) throw refuse(`with the control character ${control}`);
  const text = trimSpaces(value);
  if (!text.endsWith('>')) return checked(text, undefined, refuse);
  const open = text.lastIndexOf('<');
  if (open < 0) throw refuse('which has a ">" without "<"');
  const address = text.slice(open + 1, -1);
  const name = nameIn(trimSpaces(text.slice(0, open)), trimSpaces(address), refuse);
  return checked(address, name, refuse);
}

/** Returns the text in angle brackets at the end, or else the whole text; unchecked. */
function bareAddress(text: string): string {
  const trimmed = trimSpaces(text);
  return trimmed.endsWith('>') ? trimmed.slice(trimmed.lastIndexOf('<') + 1, -1) : trimmed;
}

type Refuse = (reason: string, fix?: string) => Error;

function checked(text: string, name: string | undefined, refuse: Refuse): Mailbox {
  const address = trimSpaces(text);
  const fault = addressFault(address);
  if (fault !== undefined) throw refuse(fault);
  return mailbox(normalAddress(address), name);
}

/** Reads the display name of `name <address>`: quoted, or free of characters that would need quotes. */
function nameIn(text: string, address: string, refuse: Refuse): string {
  const name = QUOTED.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
  // Programs repeat an address as its name when they know none.
  if (name.toLowerCase() === address.toLowerCase()) return name;
  if (name === text && NEEDS_QUOTES.test(text)) {
    throw refuse(
      'whose name has characters that need quotes',
      'Pass { address, name }, which takes any name',
    );
  }
  // It may be meant to be decoded, or to be shown as it is: only `{ name }` tells.
  const fault = ENCODED_WORD.test(name)
    ? 'whose name is an encoded word; give it in plain text'
    : nameFault(name);
  if (fault !== undefined) throw refuse(fault);
  // "ceo@bank.test" <other@evil.test>: mail programs show the name only.
  if (/\S@\S/.test(name.normalize('NFKC'))) {
    throw refuse('whose name is itself an address', 'Pass { address, name } if that is meant');
  }
  return name;
}

function parseParts(value: object, field: string): Mailbox {
  const fields = readFields(value, field, FIELDS);
  const address = parseAddress(fields.get('address'), `${field}.address`);
  if (!fields.has('name')) return mailbox(address, undefined);
  const name = parseLine(fields.get('name'), `${field}.name`, MAX_NAME);
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw invalid({ field: `${field}.name`, expected: 'a display name', found: `${show(name)}, ${fault}` });
  }
  return mailbox(address, name);
}

function nameFault(name: string): string | undefined {
  if (name.length > MAX_NAME) return `whose name is longer than ${MAX_NAME} characters`;
  const half = halfCharacterIn(name);
  if (half !== undefined) return `whose name has half a character, ${half}`;
  const bidi = bidiControlIn(name);
  return bidi === undefined ? undefined : `whose name reorders its text with ${bidi}`;
}

function mailbox(address: string, name: string | undefined): Mailbox {
  const shown = trimSpaces(name ?? '');
  return shown === '' ? { address } : { address, name: shown };
}

function quoted(name: string): string {
  return `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
}
