import type { MailerPause, MailQueueService } from '../../mail.queue.service.js';
import type { QueueEntry, QueueFilter, QueueState, QueueStats } from '../../queue/mail-queue.js';

/** A queued mail as it stands in the list. */
export interface QueuedMailView {
  readonly id: string;
  readonly state: QueueState;
  readonly to: readonly string[];
  readonly subject: string;
  readonly template?: string;
  readonly mailer: string;
  /** How many were made. */
  readonly attempts: number;
  readonly dueAt: Date;
  /** Of the last attempt. */
  readonly error?: string;
  /** It is through, and its mailer keeps its mails here: it was sent to nobody. */
  readonly captured?: true;
}

export interface QueuePage {
  readonly stats: QueueStats;
  /** Newest first. */
  readonly mails: readonly QueuedMailView[];
  /** Give it as `before` for the next page; absent on the last. */
  readonly next?: string;
  /** This process begins no further mail. */
  readonly paused: boolean;
  /** Mailers that wait for their mail server. */
  readonly pauses?: readonly PauseView[];
}

export interface PauseView {
  readonly mailer: string;
  readonly reason: string;
  /** One mail tries it again then. */
  readonly retryAt: string;
}

const PAGE = 50;
/** Mails queued in one millisecond, among which a page may end. */
const MOST_AT_ONCE = 100;

/**
 * A page of the queue.
 * @param captures whether a mailer keeps its mails here
 */
export async function queuePage(
  queue: MailQueueService,
  captures: (mailer: string) => boolean,
  filter: Pick<QueueFilter, 'state'>,
  cursor: QueueCursor | undefined,
): Promise<QueuePage> {
  const before = cursor && new Date(cursor.queuedAt + 1);
  const found = await queue.list({ ...filter, before, limit: PAGE + MOST_AT_ONCE });
  const seen = cursor ? found.findIndex(({ id }) => id === cursor.id) + 1 : 0;
  const mails = found.slice(seen, seen + PAGE);
  const last = mails.at(-1);
  const { pauses, ...stats } = await queue.stats();
  return {
    stats,
    mails: mails.map((mail) => viewOf(mail, mail.state === 'sent' && captures(mail.mailer))),
    ...(last && last !== found.at(-1) && { next: `${last.queuedAt.getTime()}-${last.id}` }),
    paused: queue.isPaused,
    ...(pauses.length > 0 && { pauses: pauses.map(pauseOf) }),
  };
}

/** The last mail of a page. */
export interface QueueCursor {
  readonly queuedAt: number;
  readonly id: string;
}

/** What `next` says; undefined for what it never said. */
export function readCursor(text: string): QueueCursor | undefined {
  const [, queuedAt, id] = /^(\d{1,15})-(.+)$/.exec(text) ?? [];
  return id === undefined ? undefined : { queuedAt: Number(queuedAt), id };
}

function pauseOf({ mailer, error, retryAt }: MailerPause): PauseView {
  return { mailer, reason: error.message, retryAt: retryAt.toISOString() };
}

function viewOf(entry: QueueEntry, captured: boolean): QueuedMailView {
  const { id, state, to, subject, template, mailer, attempts, dueAt } = entry;
  const error = attempts.at(-1)?.error?.message;
  return {
    id,
    state,
    to,
    subject,
    ...(template !== undefined && { template }),
    mailer,
    attempts: attempts.length,
    dueAt,
    ...(error !== undefined && { error }),
    ...(captured && { captured }),
  };
}
