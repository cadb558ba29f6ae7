import type { Queue } from 'bullmq';
import { messageOf } from '../errors/mail-error.js';
import type { Claim, ClaimRequest } from '../queue/mail-queue.js';
import { remainingOf } from '../queue/record/outcomes.js';
import { mailIdOf } from './record/mail-queue-name.js';
import type { RedisStore } from './redis/redis-store.js';
import { dateOf, listOf, numberOf, textOf } from './redis/reply.js';
import { attemptsOf } from './record/stored-entry.js';
import { decodeMail, decodeMessage, labelOf } from './record/stored-mail.js';

/** A claim of this process, with what is needed to end it. */
export interface HeldClaim {
  readonly mailer: string;
  readonly jobId: string;
  /** Milliseconds since 1970. */
  readonly due: number;
  /** Its data without the body; '' when they cannot be read. */
  readonly label: string;
}

export interface Claimed {
  readonly held: HeldClaim;
  /** Or why the mail cannot be read. */
  readonly claim: Claim | string;
}

/** Mails asked for at once. */
const AT_ONCE = 10;
/** Mails beyond so many bytes wait for the next claim, so that large ones do not come all at once. */
const MAX_BYTES = 32 * 1024 ** 2;

/** Takes mails from BullMQ under one token: that of this process. */
export class Claims {
  readonly #store: RedisStore;
  readonly #token: string;
  readonly #adrift: Set<HeldClaim>;

  /** @param adrift gets those of which Redis has not said whether they were begun: nobody else gives them back soon */
  constructor(store: RedisStore, token: string, adrift: Set<HeldClaim>) {
    this.#store = store;
    this.#token = token;
    this.#adrift = adrift;
  }

  async take(request: ClaimRequest): Promise<readonly Claimed[]> {
    const claimed: Claimed[] = [];
    let room = MAX_BYTES;
    while (claimed.length < request.limit && room > 0) {
      const wanted = Math.min(AT_ONCE, request.limit - claimed.length);
      const batch = await this.#batch(request, wanted, room).catch((error: unknown) => {
        // Those of the batches before would lapse, as if their mails had ended the process.
        if (claimed.length === 0) throw error;
        return NOTHING;
      });
      claimed.push(...batch.claimed);
      room -= batch.bytes;
      if (batch.isLast) break;
    }
    return claimed;
  }

  /** @param room bytes: those that are beyond go back */
  async #batch(request: ClaimRequest, wanted: number, room: number): Promise<Batch> {
    const { mailer, now } = request;
    const jobs = await this.#next(await this.#store.queueOf(mailer), wanted);
    try {
      const begun = await this.#begin(jobs, request, room);
      const claimed = await Promise.all(begun.map(({ job, reply }) => this.#claimed(job, mailer, reply)));
      const bytes = begun.reduce((sum, { reply }) => sum + numberOf(reply.at(-1)), 0);
      return { claimed, bytes, isLast: jobs.length < wanted };
    } catch (error) {
      for (const { id } of jobs) this.#adrift.add({ mailer, jobId: id, due: now.getTime(), label: '' });
      throw error;
    }
  }

  async #next(queue: Queue, count: number): Promise<readonly Job[]> {
    const backend = queue.getBackend();
    const replies = await Promise.allSettled(
      Array.from({ length: count }, () => backend.moveToActive(this.#token, this.#token)),
    );
    const jobs = replies.flatMap((reply) => (reply.status === 'fulfilled' ? (jobOf(reply.value) ?? []) : []));
    const failed = replies.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected' && jobs.length === 0) throw failed.reason;
    return jobs;
  }

  /** A job whose lock has run out meanwhile is left out: it comes back. */
  async #begin(
    jobs: readonly Job[],
    { mailer, now, leasedUntil }: ClaimRequest,
    room: number,
  ): Promise<readonly Begun[]> {
    if (jobs.length === 0) return [];
    const lease = Math.max(0, Math.trunc(leasedUntil.getTime() - now.getTime()));
    const times = [lease, leasedUntil.getTime(), room, now.getTime()];
    const args = [this.#token, ...times, ...jobs.map(({ id }) => id)];
    const replies = listOf(await this.#store.run('mail:begin', mailer, args));
    return jobs
      .map((job, index) => ({ job, reply: listOf(replies[index]) }))
      .filter(({ reply }) => reply.length > 0);
  }

  async #claimed(job: Job, mailer: string, reply: readonly unknown[]): Promise<Claimed> {
    const place = { mailer, jobId: job.id, due: numberOf(reply[0]) };
    try {
      const claim = await this.#claimOf(job, mailer, reply);
      return { held: { ...place, label: labelOf(decodeMail(job.data)) }, claim };
    } catch (error) {
      // That is no fault of the mail.
      if (error instanceof StoreFault) throw error.cause;
      return { held: { ...place, label: '' }, claim: messageOf(error) };
    }
  }

  async #claimOf({ id, data, starts }: Job, mailer: string, reply: readonly unknown[]): Promise<Claim> {
    const [, expires, mark, given, forgiven, attempts, date] = reply;
    const { priority, queuedAt, expiresAt, hasDefaultExpiry } = decodeMail(data);
    const message = await decodeMessage(data, (digest) => this.#attachment(digest));
    const retriedUntil = dateOf(expires);
    return {
      id: mailIdOf(mailer, id),
      message: { ...message, date: dateOf(date) ?? message.date },
      priority,
      remaining: remainingOf(message, attemptsOf(attempts), numberOf(forgiven)),
      attempt: starts - numberOf(given),
      // Starts after which nothing was heard: neither an outcome, nor that it was given back.
      crashes: starts - 1 - numberOf(mark),
      queuedAt: new Date(queuedAt),
      expiresAt: retriedUntil ?? new Date(expiresAt),
      hasDefaultExpiry: retriedUntil !== undefined || hasDefaultExpiry === true,
    };
  }

  async #attachment(digest: string): Promise<Buffer> {
    const bytes = await this.#store.attachment(digest).catch((cause: unknown) => {
      throw new StoreFault('Redis cannot be read', { cause });
    });
    if (!bytes) throw new Error('an attachment of it is missing');
    return bytes;
  }
}

class StoreFault extends Error {}

interface Begun {
  readonly job: Job;
  /** What `mail:begin` says of it; its bytes at last. */
  readonly reply: readonly unknown[];
}

interface Batch {
  readonly claimed: readonly Claimed[];
  readonly bytes: number;
  /** There were no more. */
  readonly isLast: boolean;
}

const NOTHING: Batch = { claimed: [], bytes: 0, isLast: true };

interface Job {
  readonly id: string;
  readonly data: string;
  /** How often it was handed out, this time included. */
  readonly starts: number;
}

function jobOf(reply: unknown): Job | undefined {
  const [job, jobId] = listOf(reply);
  const id = textOf(jobId);
  if (id === undefined || typeof job !== 'object' || job === null) return undefined;
  return {
    id,
    data: textOf(Reflect.get(job, 'data')) ?? '',
    starts: numberOf(Reflect.get(job, 'attemptsStarted')),
  };
}
