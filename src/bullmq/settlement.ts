import { ErrorCode } from 'bullmq';
import { fieldOf } from '../errors/mail-error.js';
import type { AttemptRecord, Settlement } from '../queue/mail-queue.js';
import { LoggedEnd, type LogEntry } from './record/attempt-log.js';
import type { MailJob } from './record/mail-job.js';

/** All endings but as sent, and as if there had been no claim. */
type Failure =
  | Extract<Settlement, { readonly state: 'waiting' }>
  | { readonly state: 'dead' | 'ambiguous' | 'expired'; readonly attempt?: AttemptRecord | undefined };

/** A claim of this process, with what is needed to end it. */
export interface HeldClaim {
  readonly mail: MailJob;
  /** Milliseconds since 1970. */
  leasedUntil: number;
  /** The Date it was handed out with, of a mail that was given none. */
  readonly date?: number | undefined;
  /** Until when a mail that is given back counts no more against the rate limit. */
  readonly rateUntil?: number | undefined;
}

/** Ends the claim's lock as a worker of BullMQ would, and writes down in the same move how it ended. */
export async function moveJob(held: HeldClaim, ending: Settlement, token: string): Promise<void> {
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

/** Ahead of its lane; or for later, which only its note tells exactly: BullMQ shows a delay from a time it does not show. */
async function release({ mail }: HeldClaim, dueAt: Date | undefined, token: string): Promise<void> {
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

function entryFor({ mail, date }: HeldClaim, ending: Failure): LogEntry {
  const { state, attempt } = ending;
  return {
    state,
    stalled: mail.job.stalledCounter,
    ...('dueAt' in ending && { dueAt: Math.trunc(ending.dueAt.getTime()) }),
    ...(attempt && date !== undefined && { date }),
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

/** What BullMQ says of a job that is not as a move needs it; undefined for all other errors. */
export function jobFault(error: unknown): number | undefined {
  const code = fieldOf(error, 'code');
  return typeof code === 'number' ? code : undefined;
}

/** Nothing was done: the job is gone, or somebody else has it. */
export async function unlessGone(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (jobFault(error) === undefined) throw error;
    return false;
  }
}

/**
 * Ends a claim. Nothing happens when another process has the mail, or it is gone. A lease that ran out while nobody else
 * took the mail is no reason to forget what became of it: the job is moved without its lock then.
 */
export async function endClaim(held: HeldClaim, ending: Settlement, token: string): Promise<boolean> {
  try {
    await moveJob(held, ending, token);
    return true;
  } catch (error) {
    if (jobFault(error) === undefined) throw error;
    if (jobFault(error) !== LOCK_GONE || !(await held.mail.job.isActive())) return false;
  }
  return unlessGone(moveJob(held, ending, NO_LOCK));
}

const LOCK_GONE: number = ErrorCode.JobLockNotExist;
/** As BullMQ writes a token that no lock is asked for. */
const NO_LOCK = '0';
