import { refusal } from '../safety/refusal.js';
import type { CapturedMail, CapturedStatus } from '../store/captured-mail.js';

/** Which mails are asked for; all that is given has to match. */
export interface MessageQuery {
  readonly to: readonly string[];
  readonly subject: readonly string[];
  readonly template: readonly string[];
  readonly tag: readonly string[];
  readonly status: readonly CapturedStatus[];
  readonly run: readonly string[];
  readonly hasAttachment: boolean;
  /** Free words: each stands somewhere in the mail. */
  readonly words: readonly string[];
}

/** Query parameters as a platform parsed them. */
export type Parameters = Readonly<Record<string, unknown>>;

const STATUSES: readonly string[] = [
  'captured',
  'sent',
  'queued',
  'deferred',
  'dead',
  'cancelled',
  'failed',
  'received',
] satisfies readonly CapturedStatus[];

/** `to:ada`, `subject:"Reset your password"`, `has:attachment`, or a word. `to:` alone is still being written. */
const TERM = /(?:(?<key>to|subject|template|tag|status|run|has):)?(?:"(?<quoted>[^"]*)"|(?<plain>[^\s"]*))/gi;

const LONGEST = 1_000;

/** @throws {HttpException} 400 for a parameter that makes no sense */
export function parseQuery(parameters: Parameters): MessageQuery {
  const terms = termsOf(textOf(parameters, 'q') ?? '');
  const all = (key: string): readonly string[] => {
    const parameter = textOf(parameters, key);
    return [...(parameter === undefined ? [] : [parameter]), ...(terms.get(key) ?? [])];
  };
  return {
    to: all('to').map(lower),
    subject: all('subject').map(lower),
    template: all('template'),
    tag: all('tag'),
    status: all('status').map(statusOf),
    run: all('run'),
    hasAttachment: all('has').map(hasAttachment).length > 0,
    words: terms.get('') ?? [],
  };
}

const lower = (text: string): string => text.toLowerCase();

/** The one text of a parameter; an empty one is none. */
export function textOf(parameters: Parameters, name: string): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= LONGEST) return value;
  throw refusal(400, `${name}: expected one text of at most ${LONGEST} letters.`);
}

/** A whole number of a parameter. */
export function numberOf(parameters: Parameters, name: string, fallback: number, max: number): number {
  const text = textOf(parameters, name);
  if (text === undefined) return fallback;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw refusal(400, `${name}: expected a whole number from 1 to ${max}.`);
  return Math.min(number, max);
}

export function matches(mail: CapturedMail, query: MessageQuery): boolean {
  return (
    query.to.every((part) => mail.to.some((address) => lower(address).includes(part))) &&
    query.subject.every((part) => lower(mail.subject).includes(part)) &&
    query.template.every((name) => mail.template === name) &&
    query.tag.every((tag) => mail.tags.includes(tag)) &&
    query.status.every((status) => mail.status === status) &&
    query.run.every((run) => mail.run === run) &&
    (!query.hasAttachment || mail.attachments > 0) &&
    query.words.every((word) => mail.words.includes(word))
  );
}

/** By key, free words under ''. */
function termsOf(search: string): ReadonlyMap<string, readonly string[]> {
  const terms = new Map<string, readonly string[]>();
  for (const { groups = {} } of search.matchAll(TERM)) {
    const key = groups['key']?.toLowerCase() ?? '';
    const value = groups['quoted'] ?? groups['plain'] ?? '';
    if (value !== '') terms.set(key, [...(terms.get(key) ?? []), key === '' ? value.toLowerCase() : value]);
  }
  return terms;
}

function statusOf(text: string): CapturedStatus {
  if (isStatus(text)) return text;
  throw refusal(400, `status: expected one of ${STATUSES.join(', ')}.`);
}

function isStatus(text: string): text is CapturedStatus {
  return STATUSES.includes(text);
}

function hasAttachment(text: string): true {
  if (/^attachments?$/i.test(text)) return true;
  throw refusal(400, 'has: expected attachment.');
}
