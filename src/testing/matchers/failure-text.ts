import type { RenderedMessage } from '../../message/message.js';
import {
  describeMail,
  describeMails,
  describeNearest,
  describePattern,
  differencesOf,
  type MailPattern,
} from '../../message/pattern/mail-pattern.js';
import type { CapturedMails } from './captured-mails.js';

/** The mails that a matcher looked at, by whether its pattern matches. */
export interface Sighting {
  readonly verb: 'sent' | 'queued';
  readonly pattern: MailPattern;
  readonly matching: readonly RenderedMessage[];
  readonly others: readonly RenderedMessage[];
}

export function sight(
  verb: Sighting['verb'],
  messages: readonly RenderedMessage[],
  pattern: MailPattern,
): Sighting {
  const isMeant = (message: RenderedMessage): boolean => differencesOf(message, pattern).length === 0;
  return {
    verb,
    pattern,
    matching: messages.filter(isMeant),
    others: messages.filter((message) => !isMeant(message)),
  };
}

/** Explains a wrong count: the mails there were, and of the others the nearest first. */
export function unexpectedCount(expected: string, sighting: Sighting, isTooFew: boolean): string {
  const { verb, pattern, matching, others } = sighting;
  const total = matching.length + others.length;
  return [
    `Expected ${expected} to have been ${verb}${withFields(pattern)}`,
    total === 0 ? `but no mail was ${verb} at all.` : `but ${counted(matching)} ${verb}.`,
    ...describeMails(matching),
    ...(isTooFew && others.length > 0
      ? [`Others that were, the nearest first:`, ...describeNearest(others, pattern)]
      : []),
  ].join('\n');
}

/** A hint for a mail that was expected to be sent and still waits in the queue. */
export function queuedInstead({ queued }: CapturedMails, { pattern }: Sighting): string {
  const waiting = queued.filter(({ message }) => differencesOf(message, pattern).length === 0);
  if (waiting.length === 0) return '';
  return `\nIt was queued and has not been sent yet: await outbox.waitFor({ … }), or drain() of MailQueueService.`;
}

/** Explains where a sequence of mails broke off. */
export function brokenOrder(
  patterns: readonly MailPattern[],
  found: readonly RenderedMessage[],
  messages: readonly RenderedMessage[],
): string {
  return [
    'Expected mails to have been sent in this order:',
    ...patterns.map((pattern, index) => `  ${index + 1}. ${inline(pattern)}`),
    found.length === 0 ? 'but there is no 1.' : `but after ${found.length}. there is no ${found.length + 1}.`,
    messages.length === 0 ? 'No mail was sent at all.' : 'Sent were, the oldest first:',
    ...messages.map((message) => `  ${mark(found.indexOf(message))} ${describeMail(message)}`),
  ].join('\n');
}

function withFields(pattern: MailPattern): string {
  const fields = describePattern(pattern).map(([field, wanted]) => `\n  ${field}: ${wanted}`);
  return fields.length === 0 ? ',' : `, with${fields.join('')}`;
}

function inline(pattern: MailPattern): string {
  const fields = describePattern(pattern).map(([field, wanted]) => `${field}: ${wanted}`);
  return fields.join(', ') || 'any mail';
}

function counted({ length }: readonly unknown[]): string {
  if (length === 0) return 'none was';
  return length === 1 ? '1 was' : `${length} were`;
}

function mark(place: number): string {
  return place < 0 ? '- ' : `${place + 1}.`;
}
