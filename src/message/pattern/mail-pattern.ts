import { isRegExp } from 'node:util/types';
import { refuseOthers } from '../values/fields.js';
import type { RenderedMessage } from '../message.js';

/** A matcher of a test framework: `expect.stringContaining('…')`. */
export interface ValueMatcher {
  asymmetricMatch(value: unknown): boolean;
  toString(): string;
}

/** Matches a text: by itself, by an expression that finds something in it, or by a matcher of the test framework. */
export type TextPattern = string | RegExp | ValueMatcher;

/** Matches mails; every given field has to match. */
export interface MailPattern {
  /** An envelope recipient, including cc and bcc; for an array, all of them. Letter case does not matter. */
  readonly to?: TextPattern | readonly TextPattern[] | undefined;
  /** The address in From. */
  readonly from?: TextPattern | undefined;
  readonly template?: TextPattern | undefined;
  /** A string matches the whole subject. */
  readonly subject?: TextPattern | undefined;
  /** A string matches a part of it. */
  readonly html?: TextPattern | undefined;
  /** A string matches a part of it. */
  readonly text?: TextPattern | undefined;
  /** Names of files that must all be attached; an empty array: no attachments. */
  readonly attachments?: readonly TextPattern[] | undefined;
  readonly locale?: TextPattern | undefined;
  /** Tags that must all be there; an empty array: no tags. */
  readonly tags?: readonly TextPattern[] | undefined;
  /** Name of the mailer. */
  readonly mailer?: TextPattern | undefined;
}

/** A field that does not match the pattern. */
export interface MailDifference {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

interface Field {
  readonly values: (message: RenderedMessage) => ReadonlyArray<string | undefined>;
  /** Returns whether a string of a pattern matches this value. */
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
/** Most characters of a value that a difference shows. */
const SHOWN = 200;

/** @throws {MailError} `message-invalid` for an unknown field: it would match anything */
export function checkPattern(pattern: MailPattern): void {
  refuseOthers(pattern, 'pattern', { known: NAMES });
}

/** Returns the fields of a message that do not match the pattern. */
export function differencesOf(message: RenderedMessage, pattern: MailPattern): readonly MailDifference[] {
  return NAMES.flatMap((name) => {
    const wanted = pattern[name];
    const { values, means } = FIELDS[name];
    const found = values(message).filter((value) => value !== undefined);
    if (wanted === undefined || matchesAll(wanted, found, means)) return [];
    return [{ field: name, expected: describe(wanted), found: found.map(quote).join(', ') || 'none' }];
  });
}

/** Describes the fields of a pattern for a failure. */
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

/** Matchers of Jest and Vitest have this name, and the expected value in `sample`. */
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

/** Most messages that a failure shows. */
const MOST_SHOWN = 5;

/** Describes messages that a pattern does not match, each with its differences: the nearest first, then the newest. */
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

/** Describes messages in one line each, the newest first. */
export function describeMails(messages: readonly RenderedMessage[]): readonly string[] {
  const newest = messages.toReversed().slice(0, MOST_SHOWN);
  return [
    ...newest.map((message) => `  - ${describeMail(message)}`),
    ...andMore(messages.length - MOST_SHOWN),
  ];
}

/** Describes a message by its subject, recipients and template. */
export function describeMail({ subject, envelope, template }: RenderedMessage): string {
  const by = template === undefined ? '' : ` (template ${template})`;
  return `${JSON.stringify(subject)} to ${envelope.to.join(', ')}${by}`;
}

function andMore(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more`] : [];
}
