import type { MailerPause, MailQueueService } from '../../mail.queue.service.js';
import type { QueueEntry, QueueFilter } from '../../queue/mail-queue.js';
import type { PauseView, QueuedMailView, QueuePage } from '../api/queue.js';
import { refusal } from '../http/reply.js';

const PAGE_SIZE = 50;
/** Most mails with the same time of queueing that a page break can split. */
const MAX_SAME_TIME = 100;

/**
 * Reads a page of the queue.
 * @param captures whether a mailer keeps its mails here
 */
export async function pageOf(
  queue: MailQueueService,
  captures: (mailer: string) => boolean,
  filter: Pick<QueueFilter, 'state'>,
  cursor: QueueCursor | undefined,
): Promise<QueuePage> {
  const before = cursor && new Date(cursor.queuedAt + 1);
  const found = await queue.list({ ...filter, before, limit: PAGE_SIZE + MAX_SAME_TIME });
  const seen = cursor ? found.findIndex(({ id }) => id === cursor.id) + 1 : 0;
  const mails = found.slice(seen, seen + PAGE_SIZE);
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

/** Identifies the last mail of a page. */
export interface QueueCursor {
  readonly queuedAt: number;
  readonly id: string;
}

/**
 * Parses `next` of a page.
 * @throws {HttpException} 400 if the text is not a cursor
 */
export function readCursor(text: string): QueueCursor {
  const [, queuedAt, id] = /^(\d{1,15})-(.+)$/.exec(text) ?? [];
  if (id === undefined) throw refusal(400, 'before: expected `next` of the previous page.');
  return { queuedAt: Number(queuedAt), id };
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
    transport: attempts.at(-1)?.transport,
    ...(captured && { captured }),
  };
}
