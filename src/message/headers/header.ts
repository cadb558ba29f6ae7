import { show } from '../../errors/show.js';
import { isObject } from '../values/fields.js';
import { parseLine } from '../values/line.js';
import type { Headers } from '../message.js';
import { invalid } from '../values/refusal.js';
import { isStructured, unwritableIn } from './structured.js';

/**
 * Longer than a line of 998 octets (RFC 5322 §2.1.1), because a header folds at its spaces; each word has to fit into a
 * line.
 */
const MAX_VALUE = 8192;
const MAX_UNBROKEN = 900;
const MAX_NAME = 76;
const MAX_LINES = 100;

/** A token of RFC 9110, narrower than RFC 5322: every server passes it on. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Headers with a field of their own in a mail. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['to', 'to'],
  ['cc', 'cc'],
  ['bcc', 'bcc'],
  ['from', 'from'],
  ['sender', 'sender'],
  ['reply-to', 'replyTo'],
  ['subject', 'subject'],
  ['date', 'date'],
  ['message-id', 'messageId'],
  ['return-path', 'envelope.from'],
  ['content-type', 'html, text, attachments or alternatives'],
]);

/** Headers that composing makes from fields of the mail. */
const MADE: ReadonlyMap<string, string> = new Map([
  ['in-reply-to', 'inReplyTo'],
  ['references', 'references'],
  ['list-unsubscribe', 'listUnsubscribe'],
  ['list-unsubscribe-post', 'listUnsubscribe'],
  ['x-original-to', 'nothing: the recipient guard writes it'],
]);

/** Headers that servers write on the way, or that would address the mail a second time. */
const TRACE =
  /^(?:mime-version|content-.*|dkim-signature|received|received-spf|authentication-results|arc-.*|resent-.*|apparently-to|delivered-to|envelope-to|x-envelope-.*)$/;

/** Headers of a part that have a field of the attachment. */
const PART_FIELDS: ReadonlyMap<string, string> = new Map([
  ['content-type', 'contentType'],
  ['content-disposition', 'disposition and filename'],
  ['content-id', 'cid'],
  ['content-transfer-encoding', 'nothing: it is chosen from the content'],
]);

/**
 * Reads the extra headers of a mail.
 * @throws {MailError} `message-invalid` for a name that is not a token or has a field of its own, and for a value that is not
 * text, has a line break or cannot be folded
 */
export function parseHeaders(value: unknown, field: string): Headers {
  return parse(value, field, (name) => mailHeaderFault(name) ?? ownField(MADE.get(name)));
}

/** Reads the headers of a composed message, including those made from fields of the mail. */
export function parseMadeHeaders(value: unknown, field: string): Headers {
  return parse(value, field, mailHeaderFault);
}

/** Reads the headers of an attachment. */
export function parsePartHeaders(value: unknown, field: string): Headers {
  return parse(value, field, (name) => {
    if (PART_FIELDS.has(name)) return ownField(PART_FIELDS.get(name));
    return name.startsWith('content-') ? undefined : mailHeaderFault(name);
  });
}

/**
 * Merges sets of headers.
 * @throws {MailError} `message-invalid` if two of them have the same name
 */
export function mergeHeaders(field: string, ...sets: readonly Headers[]): Headers {
  const entries = sets.flatMap((set) => Object.entries(set));
  refuseTwice(
    field,
    entries.map(([name]) => name),
  );
  return Object.fromEntries(entries);
}

type NameFault = (lowerCaseName: string) => string | undefined;

function parse(value: unknown, field: string, nameFault: NameFault): Headers {
  if (!isObject(value)) {
    throw invalid({ field, expected: 'an object of header names and values', found: show(value) });
  }
  const entries = Object.entries(value).filter(([, found]) => found !== undefined);
  const headers = entries.map(([name, found]: [string, unknown]) => {
    checkName(name, field, nameFault);
    const values = parseValues(found, `${field}.${name}`);
    if (isStructured(name)) refuseUnwritable(values, `${field}.${name}`);
    return [name, values] as const;
  });
  const lines = headers.reduce((sum, [, found]) => sum + (typeof found === 'string' ? 1 : found.length), 0);
  if (lines > MAX_LINES) {
    throw invalid({ field, expected: `at most ${MAX_LINES} header lines`, found: `${lines}` });
  }
  return mergeHeaders(field, Object.fromEntries(headers));
}

function checkName(name: string, field: string, nameFault: NameFault): void {
  const expected = `a header name of letters, digits and hyphens, at most ${MAX_NAME} characters`;
  if (name.length > MAX_NAME || !TOKEN.test(name)) throw invalid({ field, expected, found: show(name) });
  const fault = nameFault(name.toLowerCase());
  if (fault !== undefined) {
    throw invalid({
      field: `${field}.${name}`,
      expected: 'a header of your own',
      found: 'a reserved one',
      fix: fault,
    });
  }
}

function mailHeaderFault(name: string): string | undefined {
  if (FIELDS.has(name)) return ownField(FIELDS.get(name));
  return TRACE.test(name) ? 'It is written by the module or by mail servers; leave it out' : undefined;
}

function ownField(field: string | undefined): string | undefined {
  return field === undefined ? undefined : `Use ${field}`;
}

function parseValues(value: unknown, field: string): string | readonly string[] {
  if (!Array.isArray(value)) return parseValue(value, field);
  return Array.from(value, (item: unknown, index) => parseValue(item, `${field}[${index}]`));
}

function parseValue(value: unknown, field: string): string {
  if (typeof value !== 'string') {
    throw invalid({ field, expected: 'text or an array of texts', found: show(value) });
  }
  const line = parseLine(value, field, MAX_VALUE);
  const longest = Math.max(...line.split(' ').map((word) => word.length));
  if (longest > MAX_UNBROKEN) {
    const expected = `a space after at most ${MAX_UNBROKEN} characters, where the line can be folded`;
    throw invalid({ field, expected, found: `${longest} characters without one` });
  }
  return line;
}

/** True for a value in angle brackets: it is not text, so it cannot be encoded as text. */
function refuseUnwritable(values: string | readonly string[], field: string): void {
  for (const value of [values].flat()) {
    if (unwritableIn(value) === undefined) continue;
    const expected = 'ASCII between "<" and ">", or a domain that IDNA knows';
    throw invalid({ field, expected, found: 'other characters there' });
  }
}

function refuseTwice(field: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) {
      const fix = 'Several values of one header are an array; a header made from a field is not given again';
      throw invalid({ field: `${field}.${name}`, expected: 'each header once', found: 'it twice', fix });
    }
    seen.add(lower);
  }
}
