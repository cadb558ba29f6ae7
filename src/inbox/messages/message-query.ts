import { MESSAGE_STATUSES, type MessageStatus } from '../api/messages.js';
import { refusal } from '../http/refusal.js';
import { type Parameters, textOf } from '../http/request.js';
import type { CapturedMail } from '../store/captured-mail.js';

/** Selects mails; every given field has to match. */
export interface MessageQuery {
  readonly to: readonly string[];
  readonly subject: readonly string[];
  readonly template: readonly string[];
  readonly tag: readonly string[];
  readonly status: readonly MessageStatus[];
  readonly run: readonly string[];
  readonly hasAttachment: boolean;
  /** Free words: each stands somewhere in the mail. */
  readonly words: readonly string[];
}

/** Parameters that choose messages, each with its meaning. */
export const MATCHING: Readonly<Record<string, string>> = {
  to: 'Part of a recipient address',
  subject: 'Part of the subject',
  template: 'Name of the template',
  tag: 'One of its tags',
  status: MESSAGE_STATUSES.join(', '),
  run: 'Value of its X-Test-Run header',
  has: 'attachment',
  q: 'Free words, and to: subject: template: tag: status: run: has:attachment',
};
export const QUERY_NAMES = Object.keys(MATCHING);

/** `to:ada`, `subject:"Reset your password"`, `has:attachment`, or a word. `to:` alone is still being written. */
const TERM = /(?:(?<key>to|subject|template|tag|status|run|has):)?(?:"(?<quoted>[^"]*)"|(?<plain>[^\s"]*))/gi;

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

function statusOf(text: string): MessageStatus {
  const status = MESSAGE_STATUSES.find((known) => known === text);
  if (status) return status;
  throw refusal(400, `status: expected one of ${MESSAGE_STATUSES.join(', ')}.`);
}

function hasAttachment(text: string): true {
  if (/^attachments?$/i.test(text)) return true;
  throw refusal(400, 'has: expected attachment.');
}
