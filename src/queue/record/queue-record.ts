import { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { AttemptRecord, QueueEntry, QueueFilter, QueueState } from '../mail-queue.js';

/** Of each state none. */
export const NO_STATES: Readonly<Record<QueueState, number>> = {
  waiting: 0,
  sending: 0,
  sent: 0,
  dead: 0,
  ambiguous: 0,
  expired: 0,
  cancelled: 0,
  corrupt: 0,
};

export const QUEUE_STATES: readonly string[] = Object.keys(NO_STATES);

export function isQueueState(text: string): text is QueueState {
  return Object.hasOwn(NO_STATES, text);
}

/** Whether nothing more happens to a mail in this state by itself. */
export function isDone(state: QueueState): boolean {
  return state !== 'waiting' && state !== 'sending';
}

/**
 * Envelope recipients that no attempt so far was accepted for, or refused for good.
 * @param forgiven how many of the first attempts' refusals do not count any more: somebody asked for a retry
 */
export function remainingOf(
  { envelope }: RenderedMessage,
  attempts: readonly AttemptRecord[],
  forgiven: number,
): readonly string[] {
  const accepted = attempts.flatMap((attempt) => attempt.accepted);
  const refusals = attempts.slice(forgiven).flatMap(({ rejected }) => rejected);
  const refused = refusals.filter(({ retryable }) => !retryable).map(({ address }) => address);
  const done = new Set([...accepted, ...refused]);
  return envelope.to.filter((address) => !done.has(address));
}

/** Whether a mail is one the filter asks for. */
export function matches(entry: QueueEntry, { state, mailer, to, template, before }: QueueFilter): boolean {
  return (
    (state === undefined || entry.state === state) &&
    (mailer === undefined || entry.mailer === mailer) &&
    (to === undefined || entry.to.includes(to)) &&
    (template === undefined || entry.template === template) &&
    (before === undefined || entry.queuedAt < before)
  );
}

export function closedQueue(): MailError {
  return new MailError('closed', 'The mail queue is closed: the application is shutting down.');
}
