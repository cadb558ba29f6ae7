import { MESSAGE_STATUSES, type MessageStatus } from '../api/messages.js';
import { refusal } from '../http/reply.js';
import { type QueryParameters, textOf } from '../http/request.js';
import type { CapturedMail } from '../store/captured-mail.js';

/** Selects mails that match all conditions. */
export interface MessageQuery {
  readonly to: readonly string[];
  readonly subject: readonly string[];
  readonly template: readonly string[];
  readonly tag: readonly string[];
  readonly status: readonly MessageStatus[];
  readonly run: readonly string[];
  readonly hasAttachment: boolean;
  /** Words that must all occur in the mail. */
  readonly words: readonly string[];
}

/** Query parameters that select mails, with their descriptions. */
export const FILTER_PARAMETERS: Readonly<Record<string, string>> = {
  to: 'Part of a recipient address',
  subject: 'Part of the subject',
  template: 'Exact name of the template',
  tag: 'Exact name of one of its tags',
  status: MESSAGE_STATUSES.join(', '),
  run: 'Value of its X-Test-Run header',
  has: 'attachment',
  q: 'Free words, and to: subject: template: tag: status: run: has:attachment',
};
export const FILTER_NAMES = Object.keys(FILTER_PARAMETERS);

/** `to:ada`, `subject:"Reset your password"`, `has:attachment`, or a word; also `to:`, which is still being typed. */
const TERM = /(?:(?<key>to|subject|template|tag|status|run|has):)?(?:"(?<quoted>[^"]*)"|(?<plain>[^\s"]*))/gi;

/** @throws {HttpException} 400 for an invalid parameter */
export function parseQuery(parameters: QueryParameters): MessageQuery {
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

/** Terms by their key; free words have the key ''. */
function termsOf(search: string): ReadonlyMap<string, readonly string[]> {
  const terms = new Map<string, readonly string[]>();
  for (const { groups = {} } of search.matchAll(TERM)) {
    const key = groups['key']?.toLowerCase() ?? '';
    const value = groups['quoted'] ?? groups['plain'] ?? '';
    if (value !== '') terms.set(key, [...(terms.get(key) ?? []), key === '' ? value.toLowerCase() : value]);
  }
  return terms;
}

function statusOf(text: string): MessageStatus {
  const status = MESSAGE_STATUSES.find((known) => known === text);
  if (status) return status;
  throw refusal(400, `status: expected one of ${MESSAGE_STATUSES.join(', ')}.`);
}

function hasAttachment(text: string): true {
  if (/^attachments?$/i.test(text)) return true;
  throw refusal(400, 'has: expected attachment.');
}
