import { isRegExp } from 'node:util/types';
import { refuseOthers } from '../values/fields.js';
import type { RenderedMessage } from '../message.js';

/** What test frameworks make: `expect.stringContaining('…')`. */
export interface ValueMatcher {
  asymmetricMatch(value: unknown): boolean;
  toString(): string;
}

/** Says what a text has to be: itself, an expression that finds something in it, or a matcher of the test framework. */
export type TextPattern = string | RegExp | ValueMatcher;

/** Says which mails are meant; all that is given has to match. */
export interface MailPattern {
  /** An envelope recipient, so cc and bcc count too; of an array, each. Letter case does not matter. */
  readonly to?: TextPattern | readonly TextPattern[] | undefined;
  /** The address in From. */
  readonly from?: TextPattern | undefined;
  readonly template?: TextPattern | undefined;
  /** A string: the whole subject. */
  readonly subject?: TextPattern | undefined;
  /** A string: some part of it. */
  readonly html?: TextPattern | undefined;
  /** A string: some part of it. */
  readonly text?: TextPattern | undefined;
  /** File names, each of them there; an empty array: no attachments. */
  readonly attachments?: readonly TextPattern[] | undefined;
  readonly locale?: TextPattern | undefined;
  /** Each of them there; an empty array: no tags. */
  readonly tags?: readonly TextPattern[] | undefined;
  /** Name of the mailer. */
  readonly mailer?: TextPattern | undefined;
}

/** A field that is not as the pattern says. */
export interface MailDifference {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

interface Field {
  readonly values: (message: RenderedMessage) => ReadonlyArray<string | undefined>;
  /** Whether a string of a pattern means this value. */
  readonly means: (wanted: string, value: string) => boolean;
}

const itself = (wanted: string, value: string): boolean => wanted === value;
const anyCase = (wanted: string, value: string): boolean => wanted.toLowerCase() === value.toLowerCase();
const within = (wanted: string, value: string): boolean => value.includes(wanted);

const FIELDS: { readonly [F in keyof MailPattern]-?: Field } = {
  to: { values: ({ envelope }) => envelope.to, means: anyCase },
  from: { values: ({ from }) => [from.address], means: anyCase },
  template: { values: ({ template }) => [template], means: itself },
  subject: { values: ({ subject }) => [subject], means: itself },
  html: { values: ({ html }) => [html], means: within },
  text: { values: ({ text }) => [text], means: within },
  attachments: {
    values: ({ attachments }) => attachments.map(({ filename }) => filename ?? ''),
    means: itself,
  },
  locale: { values: ({ locale }) => [locale], means: anyCase },
  tags: { values: ({ tags }) => tags, means: itself },
  mailer: { values: ({ mailer }) => [mailer], means: itself },
};
const NAMES = Object.keys(FIELDS).filter(isField);
/** Characters of a value that a difference shows. */
const SHOWN = 200;

/** @throws {MailError} `message-invalid` for a field no pattern has: it would match anything */
export function checkPattern(pattern: MailPattern): void {
  refuseOthers(pattern, 'pattern', { known: NAMES });
}

/** What of a message is not as the pattern says; nothing when it matches. */
export function differencesOf(message: RenderedMessage, pattern: MailPattern): readonly MailDifference[] {
  return NAMES.flatMap((name) => {
    const wanted = pattern[name];
    const { values, means } = FIELDS[name];
    const found = values(message).filter((value) => value !== undefined);
    if (wanted === undefined || matchesAll(wanted, found, means)) return [];
    return [{ field: name, expected: describe(wanted), found: found.map(quote).join(', ') || 'none' }];
  });
}

/** The fields a pattern names, as a failure shows them. */
export function describePattern(
  pattern: MailPattern,
): ReadonlyArray<readonly [field: string, wanted: string]> {
  return NAMES.flatMap((name) => {
    const wanted = pattern[name];
    return wanted === undefined ? [] : [[name, describe(wanted)] as const];
  });
}

function isField(name: string): name is keyof MailPattern {
  return Object.hasOwn(FIELDS, name);
}

type Wanted = TextPattern | readonly TextPattern[];

function matchesAll(wanted: Wanted, found: readonly string[], means: Field['means']): boolean {
  const each = isList(wanted) ? wanted : [wanted];
  if (each.length === 0) return found.length === 0;
  return each.every((text) => found.some((value) => matches(text, value, means)));
}

function matches(text: TextPattern, value: string, means: Field['means']): boolean {
  if (typeof text === 'string') return means(text, value);
  // Not `test`: an expression with `g` would remember where it stopped.
  return isRegExp(text) ? value.search(text) >= 0 : text.asymmetricMatch(value);
}

function isList(wanted: Wanted): wanted is readonly TextPattern[] {
  return Array.isArray(wanted);
}

function describe(wanted: Wanted): string {
  if (isList(wanted)) return wanted.length === 0 ? 'none' : wanted.map(describe).join(', ');
  if (typeof wanted === 'string') return quote(wanted);
  return isRegExp(wanted) ? String(wanted) : describeMatcher(wanted);
}

/** Jest and Vitest name their matchers so, with what they look for in `sample`. */
function describeMatcher(matcher: ValueMatcher): string {
  const name = matcher.toString();
  const sample: unknown = Reflect.get(matcher, 'sample');
  return sample === undefined
    ? name
    : `${name} ${isRegExp(sample) ? String(sample) : JSON.stringify(sample)}`;
}

function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const cut = line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
  return JSON.stringify(cut);
}

/** Messages that a failure shows. */
const MOST_SHOWN = 5;

/** Messages that a pattern does not match, each with what differs: those nearest to it first, then the newest. */
export function describeNearest(
  messages: readonly RenderedMessage[],
  pattern: MailPattern,
): readonly string[] {
  const ranked = messages
    .toReversed()
    .map((message) => ({ message, differences: differencesOf(message, pattern) }))
    .toSorted((a, b) => a.differences.length - b.differences.length);
  const shown = ranked.slice(0, MOST_SHOWN).flatMap(({ message, differences }) => {
    const lines = differences.map(
      ({ field, expected, found }) => `      ${field}: expected ${expected}, got ${found}`,
    );
    return [`  - ${describeMail(message)}`].concat(lines);
  });
  return [...shown, ...andMore(messages.length - MOST_SHOWN)];
}

/** Messages by one line each, the newest first. */
export function describeMails(messages: readonly RenderedMessage[]): readonly string[] {
  const newest = messages.toReversed().slice(0, MOST_SHOWN);
  return [
    ...newest.map((message) => `  - ${describeMail(message)}`),
    ...andMore(messages.length - MOST_SHOWN),
  ];
}

/** A message by its subject, recipients and template. */
export function describeMail({ subject, envelope, template }: RenderedMessage): string {
  const by = template === undefined ? '' : ` (template ${template})`;
  return `${JSON.stringify(subject)} to ${envelope.to.join(', ')}${by}`;
}

function andMore(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more`] : [];
}
