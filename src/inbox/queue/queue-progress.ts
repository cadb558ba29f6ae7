import { acceptance, deferral, faults, keptHere, noted, type Progress } from '../capture/happening.js';
import type { Seen } from '../capture/mail-progress.js';
import type { CapturedMail } from '../store/captured-mail.js';
import type { AttemptRecord, QueueEntry, QueueState } from '../../queue/mail-queue.js';

type Reading = (entry: QueueEntry, attempt: AttemptRecord | undefined) => Progress;

/** What a state says of a mail whose events went elsewhere; `sending` says nothing yet. */
const READINGS: { readonly [S in QueueState]?: Reading } = {
  waiting: ({ dueAt }, attempt) => ({
    ...(attempt && { status: 'deferred' }),
    entries: attempt ? deferral(faultOf(attempt), dueAt) : [],
  }),
  sent: (_entry, attempt) => ({
    status: 'sent',
    entries: attempt
      ? acceptance('the mail server', attempt.accepted, attempt.response, attempt.rejected)
      : [{ kind: 'sent', text: 'Accepted' }],
  }),
  dead: (_entry, attempt) => ({ status: 'dead', entries: faults('dead', faultOf(attempt), 'Given up') }),
  ambiguous: (_entry, attempt) => ({
    status: 'dead',
    entries: faults('ambiguous', faultOf(attempt), 'Held: it may have been sent'),
  }),
  expired: (_entry, attempt) => ({
    status: 'dead',
    entries: faults('expired', faultOf(attempt), 'Not sent within its time'),
  }),
  cancelled: () => ({ status: 'cancelled', entries: [{ kind: 'cancelled', text: 'Cancelled' }] }),
  corrupt: () => ({ status: 'dead', entries: [{ kind: 'dead', text: 'Its record cannot be read' }] }),
};

/**
 * The mail with what the queue knows of it; the same when that is nothing new. The last attempt stands for
 * those before it.
 */
export function takenOver(mail: CapturedMail, entry: QueueEntry, { at: now, isKept }: Seen): CapturedMail {
  const attempt = entry.attempts.at(-1);
  const read = READINGS[entry.state]?.(entry, attempt);
  if (!read) return mail;
  const progress = isKept ? keptHere(read) : read;
  const known = mail.timeline.at(-1)?.at ?? mail.at;
  const isNew = attempt !== undefined && endOf(attempt).toISOString() > known;
  const { status = mail.status } = progress;
  // One that waits may do so since somebody had it tried again.
  if (!isNew && (status === mail.status || entry.state === 'waiting')) return mail;
  return noted(mail, progress, isNew ? endOf(attempt) : now);
}

function endOf({ startedAt, durationMs }: AttemptRecord): Date {
  return new Date(startedAt.getTime() + durationMs);
}

function faultOf(attempt: AttemptRecord | undefined): Parameters<typeof faults>[1] {
  if (!attempt) return undefined;
  const { error, rejected } = attempt;
  return { message: error?.message ?? 'Some recipients were refused', smtp: error?.smtp, rejected };
}
