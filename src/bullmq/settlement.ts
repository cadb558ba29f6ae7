import { ErrorCode } from 'bullmq';
import type { AttemptRecord, Settlement } from '../queue/mail-queue.js';
import { LoggedEnd, type LogEntry } from './record/attempt-log.js';
import { dropBody } from './prune.js';
import type { MailJob } from './record/mail-job.js';
import { jobFault, unlessGone } from './redis/job-fault.js';
import { isIndexed, type RedisStore } from './redis/redis-store.js';

/** All endings but as sent, and as if there had been no claim. */
type Failure =
  | Extract<Settlement, { readonly state: 'waiting' }>
  | { readonly state: 'dead' | 'ambiguous' | 'expired'; readonly attempt?: AttemptRecord | undefined };

/** A job that this process has, with what is needed to end its claim. */
export interface HeldJob {
  readonly mail: MailJob;
  /** Of its lock. */
  readonly token: string;
  /** The Date it was handed out with, of a mail that was given none. */
  readonly date?: number | false | undefined;
}

/**
 * Writes down how a claim ended, in one move. Nothing happens when another process has the mail, or it is gone.
 * @returns whether the job was moved
 */
export async function settleJob(store: RedisStore, held: HeldJob, settlement: Settlement): Promise<boolean> {
  const { state } = settlement;
  const { mailer, jobId, mail } = held.mail;
  // What is held as ambiguous and not in its index would be removed as dead one day.
  if (isIndexed(state)) await store.ids(mailer, state).add(jobId, mail.order);
  // Over one connection, and so before the move: nobody has to wait for the answer.
  const [, moved] = await Promise.allSettled([
    state === 'sent' && store.ids(mailer, 'bodies').add(jobId, mail.order),
    endClaim(held, settlement),
  ]);
  if (moved.status === 'rejected') throw moved.reason;
  if (!moved.value && state === 'sent') await noteSent(store, held.mail);
  return moved.value;
}

/** The lock ran out, and the mail waits again: who begins with it now does not mail it again. */
async function noteSent(store: RedisStore, mail: MailJob): Promise<void> {
  const lane = await store.lane(mail.mailer);
  const [there, place] = await Promise.all([lane.read(mail.jobId), lane.queue.getJobState(mail.jobId)]);
  // Another mail may have come with its key.
  if (there?.mail.ref !== mail.mail.ref || place === 'unknown') return;
  if (there.stateIn(place) === 'waiting') await dropBody(store, mail);
}

/** What is left to do once a job is moved; `prune` does it if nobody else could. */
export async function tidyUp(store: RedisStore, { mail }: HeldJob, { state }: Settlement): Promise<void> {
  if (state === 'sent') await dropBody(store, mail);
  // It was given up before, and a dashboard ran it again.
  const before = mail.log.findLast((entry) => entry.state !== 'waiting')?.state;
  if (before && isIndexed(before) && before !== state) {
    await store.ids(mail.mailer, before).remove([mail.jobId]);
  }
}

/** Ends the claim's lock as a worker of BullMQ would, and writes down in the same move how it ended. */
async function moveJob(held: HeldJob, ending: Settlement, token: string): Promise<void> {
  const { job } = held.mail;
  if (ending.state === 'released') return release(held, ending.dueAt, token);
  const { state, attempt } = ending;
  if (state === 'sent') {
    await job.moveToCompleted(attempt ?? {}, token, false);
    return;
  }
  const failure = state === 'waiting' ? ending : { state, attempt };
  const entry = entryFor(held, failure);
  const { stacktrace, opts } = job;
  job.stacktrace = [...(stacktrace ?? [])];
  // A mail is stored with one attempt, so that it fails for good when another worker fails it. Here it has more.
  if (entry.dueAt !== undefined) {
    const delay = Math.max(0, entry.dueAt - Date.now());
    job.opts = { ...opts, attempts: Number.MAX_SAFE_INTEGER, backoff: { type: 'fixed', delay } };
  }
  try {
    await job.moveToFailed(new LoggedEnd(entry, reasonOf(failure)), token, false);
  } catch (error) {
    // The move may be asked for again: the job is as it was then.
    Object.assign(job, { stacktrace, opts });
    throw error;
  }
}

/**
 * Ahead of its lane, where workers of other processes find it within a second; or for later, which only its note tells
 * exactly: BullMQ shows a delay from a time it does not show.
 */
async function release({ mail }: HeldJob, dueAt: Date | undefined, token: string): Promise<void> {
  const { job, note, log } = mail;
  if (!dueAt) {
    await job.moveToWait(token);
    return;
  }
  // Over one connection, in this order: a note without the move says nothing wrong.
  const noted = job.updateProgress({ ...note, dueAt: Math.trunc(dueAt.getTime()), after: log.length });
  const [, moved] = await Promise.allSettled([noted, job.moveToDelayed(dueAt.getTime(), token)]);
  if (moved.status === 'rejected') throw moved.reason;
}

function entryFor({ mail, date }: HeldJob, ending: Failure): LogEntry {
  const { state, attempt } = ending;
  return {
    state,
    stalled: mail.job.stalledCounter,
    ...('dueAt' in ending && { dueAt: Math.trunc(ending.dueAt.getTime()) }),
    ...(attempt && typeof date === 'number' && { date }),
    ...(attempt && { attempt }),
  };
}

function reasonOf(ending: Failure): string {
  return (
    ending.attempt?.error?.message ??
    refusalsOf(ending.attempt) ??
    (ending.state === 'expired' ? 'its time was over' : 'no reason was given')
  );
}

function refusalsOf(attempt: AttemptRecord | undefined): string | undefined {
  const refused = attempt?.rejected.map(({ address, code, smtp }) =>
    smtp ? `${address}: ${smtp.code} ${smtp.text}` : `${address}: ${code}`,
  );
  return refused?.length ? refused.join('; ') : undefined;
}

/**
 * A lease that ran out while nobody else took the mail is no reason to forget what became of it: the job is moved without
 * its lock then.
 */
async function endClaim(held: HeldJob, ending: Settlement): Promise<boolean> {
  try {
    await moveJob(held, ending, held.token);
    return true;
  } catch (error) {
    if (jobFault(error) === undefined) throw error;
    if (jobFault(error) !== LOCK_GONE || !(await held.mail.job.isActive())) return false;
  }
  return unlessGone(moveJob(held, ending, NO_LOCK));
}

const LOCK_GONE: number = ErrorCode.JobLockNotExist;
/** As BullMQ writes a token that no lock is asked for. */
export const NO_LOCK = '0';
