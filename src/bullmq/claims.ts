import type { Queue } from 'bullmq';
import { messageOf } from '../mail.errors.js';
import type { Claim, ClaimRequest } from '../queue/mail-queue.js';
import { remainingOf } from '../queue/queue-record.js';
import { mailIdOf } from './mail-queue-name.js';
import type { RedisStore } from './redis-store.js';
import { dateOf, listOf, numberOf, textOf } from './reply.js';
import { attemptsOf } from './stored-entry.js';
import { decodeMail, decodeMessage, labelOf } from './stored-mail.js';

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
/** Data beyond this wait for the next claim, so that large mails do not come all at once. */
const MAX_BYTES = 32 * 1024 ** 2;

/** Takes mails from BullMQ under one token: that of this process. */
export class Claims {
  readonly #store: RedisStore;
  readonly #token: string;

  constructor(store: RedisStore, token: string) {
    this.#store = store;
    this.#token = token;
  }

  async take(request: ClaimRequest): Promise<readonly Claimed[]> {
    const { mailer, limit } = request;
    const queue = await this.#store.queueOf(mailer);
    const claimed: Claimed[] = [];
    let bytes = 0;
    while (claimed.length < limit && bytes < MAX_BYTES) {
      const wanted = Math.min(AT_ONCE, limit - claimed.length);
      const jobs = await this.#next(queue, wanted);
      const begun = await this.#begin(jobs, request);
      claimed.push(...begun);
      bytes += begun.reduce((sum, item) => sum + sizeOf(item), 0);
      if (jobs.length < wanted) break;
    }
    return claimed;
  }

  async #next(queue: Queue, count: number): Promise<readonly Job[]> {
    const backend = queue.getBackend();
    const replies: unknown[] = await Promise.all(
      Array.from({ length: count }, () => backend.moveToActive(this.#token, this.#token)),
    );
    return replies.flatMap((reply) => jobOf(reply) ?? []);
  }

  /** A job whose lock has run out meanwhile is left out: it comes back. */
  async #begin(
    jobs: readonly Job[],
    { mailer, now, leasedUntil }: ClaimRequest,
  ): Promise<readonly Claimed[]> {
    if (jobs.length === 0) return [];
    const lease = Math.max(0, Math.trunc(leasedUntil.getTime() - now.getTime()));
    const args = [this.#token, lease, leasedUntil.getTime(), ...jobs.map(({ id }) => id)];
    const replies = listOf(await this.#store.run('mail:begin', mailer, args));
    const held = jobs.map((job, index) => ({ job, reply: listOf(replies[index]) }));
    return Promise.all(
      held.filter(({ reply }) => reply.length > 0).map(({ job, reply }) => this.#claimed(job, mailer, reply)),
    );
  }

  async #claimed(job: Job, mailer: string, reply: readonly unknown[]): Promise<Claimed> {
    const place = { mailer, jobId: job.id, due: numberOf(reply[0]) };
    try {
      const claim = await this.#claimOf(job, mailer, reply);
      return { held: { ...place, label: labelOf(decodeMail(job.data)) }, claim };
    } catch (error) {
      return { held: { ...place, label: '' }, claim: messageOf(error) };
    }
  }

  async #claimOf({ id, data, starts }: Job, mailer: string, reply: readonly unknown[]): Promise<Claim> {
    const [, expires, mark, given, forgiven, attempts] = reply;
    const { priority, queuedAt, expiresAt } = decodeMail(data);
    const message = await decodeMessage(data, (digest) => this.#store.attachment(digest));
    return {
      id: mailIdOf(mailer, id),
      message,
      priority,
      remaining: remainingOf(message, attemptsOf(attempts), numberOf(forgiven)),
      attempt: starts - numberOf(given),
      // Starts after which nothing was heard: neither an outcome, nor that it was given back.
      crashes: starts - 1 - numberOf(mark),
      queuedAt: new Date(queuedAt),
      expiresAt: dateOf(expires) ?? new Date(expiresAt),
    };
  }
}

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

function sizeOf({ claim }: Claimed): number {
  if (typeof claim === 'string') return 0;
  const { html = '', text = '', attachments, alternatives } = claim.message;
  const parts = [...attachments, ...alternatives];
  return parts.reduce((sum, { content }) => sum + content.byteLength, html.length + text.length);
}
