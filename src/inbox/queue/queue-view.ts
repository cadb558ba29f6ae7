import type { MailerPause, MailQueueService } from '../../mail.queue.service.js';
import type { QueueEntry, QueueFilter } from '../../queue/mail-queue.js';
import type { PauseView, QueuedMailView, QueuePage } from '../api/queue.js';

const PAGE = 50;
/** Mails queued in one millisecond, among which a page may end. */
const MOST_AT_ONCE = 100;

/**
 * A page of the queue.
 * @param captures whether a mailer keeps its mails here
 */
export async function pageOf(
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
  const { pauses, states, oldestDueAt } = await queue.stats();
  return {
    stats: { states, oldestDueAt: oldestDueAt?.toISOString() },
    mails: mails.map((mail) => viewOf(mail, mail.state === 'sent' && captures(mail.mailer))),
    next: last && last !== found.at(-1) ? `${last.queuedAt.getTime()}-${last.id}` : undefined,
    paused: queue.isPaused,
    pauses: pauses.length > 0 ? pauses.map(pauseOf) : undefined,
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
  return {
    id,
    state,
    to,
    subject,
    template,
    mailer,
    attempts: attempts.length,
    dueAt: dueAt.toISOString(),
    error: attempts.at(-1)?.error?.message,
    ...(captured && { captured }),
  };
}
