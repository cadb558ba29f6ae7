import { Job } from 'bullmq';
import { messageOf } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { Claim, ClaimRequest } from '../queue/mail-queue.js';
import { remainingOf } from '../queue/record/outcomes.js';
import { isUnreadable, LOCK_MS, type Lane } from './lane.js';
import type { Grant } from './rate-window.js';
import { LoggedEnd } from './record/attempt-log.js';
import { MailJob, type Note } from './record/mail-job.js';
import { mailIdOf } from './record/mail-queue-name.js';
import { decodeMail, decodeMessage } from './record/stored-mail.js';
import type { RedisStore } from './redis/redis-store.js';
import { type HeldClaim, unlessGone } from './settlement.js';

type BullJob = Job<unknown, unknown>;

/** Mails asked for at once. */
const AT_ONCE = 10;
/** Mails beyond so many bytes wait for the next claim, so that large ones do not come all at once. */
const MAX_BYTES = 32 * 1024 ** 2;

export interface ClaimsOptions {
  readonly store: RedisStore;
  /** Of this process: what it claims is locked with it. */
  readonly token: string;
  /** Claims of this process by the ids of their mails. */
  readonly held: Map<string, HeldClaim>;
  /** Tells of a mail that was set aside. */
  readonly onCorrupt: (mailer: string, id: string, reason: string) => void;
}

/** Takes mails from BullMQ under one token. */
export class Claims {
  readonly #options: ClaimsOptions;

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  async take(lane: Lane, request: ClaimRequest): Promise<readonly Claim[]> {
    lane.claiming += 1;
    try {
      return await this.#take(lane, request);
    } finally {
      lane.claiming -= 1;
    }
  }

  async #take(lane: Lane, request: ClaimRequest): Promise<readonly Claim[]> {
    await this.#recover(lane);
    const rate = this.#options.store.rateOf(lane.mailer);
    const grant = (await rate?.take(request.limit)) ?? { count: request.limit, until: 0 };
    const jobs = await this.#jobs(lane, grant.count);
    const claimed = await this.#claimAll(lane, jobs, request, grant);
    lane.wasFull = jobs.length === request.limit;
    lane.wasEmpty = jobs.length === 0;
    try {
      await rate?.giveBack(grant.count - claimed.length, grant.until);
      await this.#recover(lane);
    } catch (error) {
      // Claims that are not told of would lapse, as if their mails had ended the process.
      if (claimed.length === 0) throw error;
    }
    return claimed;
  }

  /** Asks for one first while there seems to be nothing: each question costs Redis a dozen commands. */
  async #jobs(lane: Lane, limit: number): Promise<readonly BullJob[]> {
    const worker = await lane.worker();
    const next = async (): Promise<BullJob | undefined> =>
      worker.getNextJob(this.#options.token, { block: false });
    const taken: BullJob[] = [];
    let [wanted, room, largest] = [lane.wasFull ? AT_ONCE : 1, MAX_BYTES, 1];
    while (taken.length < limit && room > 0) {
      const count = Math.min(wanted, limit - taken.length, Math.max(1, Math.floor(room / largest)));
      const replies = await Promise.allSettled(Array.from({ length: count }, next));
      const jobs = replies.flatMap((reply) => (reply.status === 'fulfilled' ? (reply.value ?? []) : []));
      taken.push(...jobs);
      const failed = replies.filter((reply) => reply.status === 'rejected');
      // They are locked for this process, which does not know their ids.
      lane.isUnsure ||= failed.length > 0;
      const fault = failed.find(({ reason }) => !isUnreadable(reason));
      if (fault && taken.length === 0) throw fault.reason;
      if (fault || jobs.length + failed.length < count) break;
      const sizes = jobs.map(sizeOf);
      largest = Math.max(largest, ...sizes);
      room -= sizes.reduce((sum, size) => sum + size, 0);
      wanted = AT_ONCE;
    }
    return taken;
  }

  async #claimAll(
    lane: Lane,
    jobs: readonly BullJob[],
    request: ClaimRequest,
    grant: Grant,
  ): Promise<readonly Claim[]> {
    let room = MAX_BYTES;
    const claims = jobs.map((job) => {
      const hasRoom = room > 0;
      room -= sizeOf(job);
      return hasRoom ? this.#claim(lane, job, request, grant) : this.#putBack(job);
    });
    const settled = await Promise.allSettled(claims);
    const claimed = settled.flatMap((claim) => (claim.status === 'fulfilled' ? (claim.value ?? []) : []));
    const failed = settled.find(({ status }) => status === 'rejected');
    if (failed?.status !== 'rejected') return claimed;
    lane.isUnsure = true;
    if (claimed.length === 0) throw failed.reason;
    return claimed;
  }

  /** Ahead of its lane. */
  async #putBack(job: BullJob): Promise<undefined> {
    await unlessGone(job.moveToWait(this.#options.token));
  }

  async #claim(
    lane: Lane,
    job: BullJob,
    request: ClaimRequest,
    { until }: Grant,
  ): Promise<Claim | undefined> {
    const { token } = this.#options;
    const opened = await this.#open(lane, job, request.now);
    if (typeof opened === 'string') return this.#setAside(lane, job, opened);
    const { mail, claim, changes } = opened;
    if (!claim) {
      // Somebody runs a mail again that is sent.
      await unlessGone(job.moveToCompleted(mail.mail.sent, token, false));
      return undefined;
    }
    const lease = Math.trunc(request.leasedUntil.getTime() - request.now.getTime());
    const isUsual = lease === LOCK_MS;
    await Promise.all([
      isUsual ? undefined : job.extendLock(token, Math.max(1, lease)),
      Object.keys(changes).length > 0 ? job.updateProgress({ ...mail.note, ...changes }) : undefined,
    ]);
    const date = mail.mail.hasDefaultDate && claim.message.date.getTime();
    const leasedUntil = request.leasedUntil.getTime();
    this.#options.held.set(claim.id, { mail, leasedUntil, date, rateUntil: until });
    return claim;
  }

  /** The mail of a job, or why it cannot be read. */
  async #open(lane: Lane, job: BullJob, now: Date): Promise<OpenedMail | string> {
    try {
      const mail = new MailJob(lane.mailer, job.id ?? '', job);
      if (mail.mail.sent) return { mail, changes: {}, claim: undefined };
      const message = await this.#message(mail);
      const changes = changesOf(mail, message, now);
      return { mail, changes, claim: claimOf(mail, message, changes) };
    } catch (error) {
      // That is no fault of the mail.
      if (error instanceof StoreFault) throw error.cause;
      return messageOf(error);
    }
  }

  #message({ mail }: MailJob): Promise<RenderedMessage> {
    return decodeMessage(mail, async (digest) => {
      const bytes = await this.#options.store.attachments.read(digest).catch((cause: unknown) => {
        throw new StoreFault('Redis cannot be read', { cause });
      });
      if (!bytes) throw new Error('an attachment of it is missing');
      return bytes;
    });
  }

  async #setAside(lane: Lane, job: BullJob, reason: string): Promise<undefined> {
    const { store, token, onCorrupt } = this.#options;
    const jobId = job.id ?? '';
    const index = store.ids(lane.mailer, 'corrupt');
    await index.add(jobId, Date.now());
    const error = new LoggedEnd({ state: 'corrupt', stalled: job.stalledCounter }, reason);
    const isDone = await unlessGone(job.moveToFailed(error, token, false));
    if (isDone) onCorrupt(lane.mailer, mailIdOf(lane.mailer, jobId), reason);
    else await index.remove([jobId]);
  }

  /**
   * Gives back what Redis may have handed out while the answer was lost, and sets aside what BullMQ could not read. Others
   * have jobs among them; the lock tells whose a job is.
   */
  async #recover(lane: Lane): Promise<void> {
    // What another claim is being told of is not lost.
    if (!lane.isUnsure || lane.claiming > 1) return;
    // Before any wait: if two claims gave one job back, the second could take it from its next holder.
    lane.isUnsure = false;
    try {
      const ids = await lane.queue.getRanges(['active'], 0, -1);
      const unknown = ids.filter((id) => !this.#options.held.has(mailIdOf(lane.mailer, id)));
      await Promise.all(unknown.map((id) => this.#giveBack(lane, id)));
    } catch (error) {
      lane.isUnsure = true;
      throw error;
    }
  }

  async #giveBack(lane: Lane, id: string): Promise<void> {
    const job = new Job<unknown, unknown>(lane.queue, 'mail', undefined, {}, id);
    const reason = await lane.queue.getJob(id).then(() => undefined, whyUnreadable);
    await (reason === undefined ? this.#putBack(job) : this.#setAside(lane, job, reason));
  }
}

class StoreFault extends Error {}

interface OpenedMail {
  readonly mail: MailJob;
  readonly changes: Note;
  /** Undefined for a mail that is sent. */
  readonly claim: Claim | undefined;
}

/** What its claim changes about a mail. */
function changesOf(mail: MailJob, message: RenderedMessage, now: Date): Note {
  const { hasDefaultDate, dueAt, expiresAt } = mail.mail;
  const time = now.getTime();
  const isEarly = hasDefaultDate && !mail.isTried && time < (mail.date ?? message.date.getTime());
  // Not by this module, which would have noted until when: it lives as long again as it was to.
  const isRetried = mail.end && mail.note.retried !== mail.log.length;
  return {
    ...(isEarly && { date: time }),
    ...(isRetried && { retried: mail.log.length, expiresAt: time + expiresAt - dueAt }),
  };
}

function claimOf(mail: MailJob, message: RenderedMessage, changes: Note): Claim {
  const { hasDefaultDate, priority, queuedAt, hasDefaultExpiry } = mail.mail;
  const fixed = changes.date ?? mail.date;
  const date = hasDefaultDate && fixed !== undefined ? new Date(fixed) : message.date;
  const retriedUntil = changes.expiresAt ?? mail.note.expiresAt;
  return {
    id: mail.id,
    message: { ...message, date },
    priority,
    remaining: remainingOf(message, mail.attempts, mail.forgiven),
    attempt: mail.begun + 1,
    crashes: mail.crashes,
    queuedAt: new Date(queuedAt),
    expiresAt: new Date(retriedUntil ?? mail.mail.expiresAt),
    hasDefaultExpiry: retriedUntil !== undefined || hasDefaultExpiry === true,
  };
}

function whyUnreadable(error: unknown): string {
  if (!isUnreadable(error)) throw error;
  return messageOf(error);
}

/** 0 for a job that cannot be read. */
function sizeOf({ data }: BullJob): number {
  try {
    return decodeMail(data).bytes;
  } catch {
    return 0;
  }
}
