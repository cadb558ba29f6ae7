import { MailError } from '../../errors/mail-error.js';
import type { MailPriority, QueueEntry, QueueState } from '../mail-queue.js';
import type { STORE } from '../store.options.js';
import type { MailSummary } from './summary.js';

/**
 * States by their numbers in a spool: never renumber. A mail in one of the first two can be claimed, now or
 * later; the spool's indexes rest on that.
 */
export const STATES = [
  'waiting',
  'sending',
  'sent',
  'dead',
  'ambiguous',
  'expired',
  'cancelled',
  'corrupt',
] as const satisfies readonly QueueState[];

/** Number of the first state that a claim cannot take. */
export const FIRST_ENDED = STATES.indexOf('sent');

/** Priorities by their numbers in a spool, in the order in which mails are claimed: never renumber. */
export const PRIORITIES = ['high', 'normal', 'low'] as const satisfies readonly MailPriority[];

/** States that `retry` makes wait again. */
export const RETRIED = ['dead', 'ambiguous', 'expired'] as const satisfies readonly QueueState[];

/** States that `cancel` ends. */
export const CANCELLED = ['waiting', 'ambiguous'] as const satisfies readonly QueueState[];

/** States in which a mail may still be sent, by itself or by a retry: it needs its body. */
export const SENDABLE = ['waiting', 'sending', ...RETRIED] as const satisfies readonly QueueState[];

/** Each state from which a mail is removed in the end, with the option that says after how long. */
export const KEPT_BY = [
  ['sent', 'retention'],
  ['cancelled', 'retention'],
  ['dead', 'failedRetention'],
  ['expired', 'failedRetention'],
  ['corrupt', 'failedRetention'],
] as const satisfies ReadonlyArray<readonly [QueueState, keyof typeof STORE]>;

/**
 * Milliseconds that a clock may go back before waiting mails follow it. A due time or a lease that is relative to a
 * clock which was then set back moves back with it, so that a mail waits as long as it was meant to, from now on.
 */
export const CLOCK_LEAP_MS = 1_000;

export const stateNumber = (state: QueueState): number => STATES.indexOf(state);
export const priorityNumber = (priority: MailPriority): number => PRIORITIES.indexOf(priority);

export function priorityOf(number: number): MailPriority {
  const priority = PRIORITIES[number];
  if (priority === undefined) throw new RangeError(`no mail priority has the number ${number}`);
  return priority;
}

export const QUEUE_STATES: readonly string[] = STATES;

export function isQueueState(text: string): text is QueueState {
  return QUEUE_STATES.includes(text);
}

/** True if nothing more happens to a mail in this state by itself. */
export function isDone(state: QueueState): boolean {
  return state !== 'waiting' && state !== 'sending';
}

export function countStates(count: (state: QueueState) => number): Readonly<Record<QueueState, number>> {
  return {
    waiting: count('waiting'),
    sending: count('sending'),
    sent: count('sent'),
    dead: count('dead'),
    ambiguous: count('ambiguous'),
    expired: count('expired'),
    cancelled: count('cancelled'),
    corrupt: count('corrupt'),
  };
}

/** Zero for every state. */
export const NO_STATES = countStates(() => 0);

/** The parts of a stored mail that its claims change. */
export interface ClaimCounts {
  /** Attempts begun. */
  readonly attempt: number;
  /** Consecutive attempts during which the process crashed. */
  readonly crashes: number;
  /** Number of its last claim. It only grows: an earlier claim cannot settle the mail any more. */
  readonly claim: number;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** Number of the claim that fixed the Date; 0 if the message has its own; undefined while it is open. */
  readonly datedBy: number | undefined;
}

export interface ClaimedCounts extends ClaimCounts {
  readonly datedBy: number;
}

/** Counts a claim. `isLapsed`: the lease of the last claim ran out. */
export function claimed(mail: ClaimCounts, isLapsed: boolean, now: number): ClaimedCounts {
  const { attempt, crashes, date, datedBy } = mail;
  const claim = mail.claim + 1;
  return {
    attempt: attempt + 1,
    crashes: crashes + (isLapsed ? 1 : 0),
    claim,
    date: datedBy === undefined ? Math.min(date, now) : date,
    datedBy: datedBy ?? claim,
  };
}

/** A queued mail as operators see it. */
export function entryOf(
  mail: Omit<QueueEntry, keyof MailSummary>,
  { messageId, to, subject, template }: MailSummary,
): QueueEntry {
  const { id, state, mailer, priority, queuedAt, dueAt, expiresAt, attempts } = mail;
  return {
    id,
    state,
    mailer,
    messageId,
    to: [...to],
    subject,
    ...(template !== undefined && { template }),
    priority,
    queuedAt,
    dueAt,
    expiresAt,
    attempts,
  };
}

/** The fields of a mail that a filter looks at, with states and times as its store has them. */
interface Filterable<S, T extends Date | number> {
  readonly state: S;
  readonly mailer: string;
  readonly to: readonly string[];
  readonly template?: string | undefined;
  readonly queuedAt: T;
}

/** Selects mails; every given field has to match. */
export interface Filter<S, T extends Date | number> {
  readonly state?: S | undefined;
  readonly mailer?: string | undefined;
  readonly to?: string | undefined;
  readonly template?: string | undefined;
  readonly before?: T | undefined;
}

export function matches<S, T extends Date | number>(
  mail: Filterable<S, T>,
  { state, mailer, to, template, before }: Filter<S, T>,
): boolean {
  return (
    (state === undefined || mail.state === state) &&
    (mailer === undefined || mail.mailer === mailer) &&
    (to === undefined || mail.to.includes(to)) &&
    (template === undefined || mail.template === template) &&
    (before === undefined || mail.queuedAt < before)
  );
}

export function closedQueue(): MailError {
  return new MailError('closed', 'The mail queue is closed: the application is shutting down.');
}
