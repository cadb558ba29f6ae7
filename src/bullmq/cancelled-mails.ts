import type { Redis } from 'ioredis';
import type { QueueEntry } from '../queue/mail-queue.js';
import { attemptOf } from './record/attempt-log.js';
import { entryOf, type MailJob } from './record/mail-job.js';
import { decodeMail, summaryOf } from './record/stored-mail.js';
import type { IdSet } from './redis/id-set.js';

/** What is kept of a mailer's cancelled mails, which are no jobs any more: without their bodies, by when it was. */
export class CancelledMails {
  readonly #redis: Redis;
  readonly #mailer: string;
  readonly #key: string;
  /** The ids of its mails, by when they were cancelled. */
  readonly times: IdSet;

  constructor(redis: Redis, mailer: string, key: string, times: IdSet) {
    this.#redis = redis;
    this.#mailer = mailer;
    this.#key = key;
    this.times = times;
  }

  async put(found: MailJob, now: Date): Promise<void> {
    const { dueAt, expiresAt, attempts } = found.entryIn('delayed', now);
    const record = JSON.stringify({ mail: summaryOf(found.mail), dueAt, expiresAt, attempts });
    await Promise.all([
      this.#redis.hset(this.#key, found.jobId, record),
      this.times.add(found.jobId, now.getTime()),
    ]);
  }

  async drop(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await Promise.all([this.times.remove(ids), this.#redis.hdel(this.#key, ...ids)]);
  }

  async read(id: string): Promise<QueueEntry | undefined> {
    const record = await this.#redis.hget(this.#key, id);
    if (record === null) return undefined;
    const stored: unknown = JSON.parse(record);
    if (!isCancelled(stored)) return undefined;
    return entryOf(this.#mailer, id, decodeMail(stored.mail), {
      state: 'cancelled',
      dueAt: Date.parse(stored.dueAt),
      expiresAt: Date.parse(stored.expiresAt),
      attempts: stored.attempts.map(attemptOf),
    });
  }
}

interface CancelledMail {
  readonly mail: unknown;
  readonly dueAt: string;
  readonly expiresAt: string;
  readonly attempts: readonly unknown[];
}

/** Not more: nobody but this module writes them. */
function isCancelled(value: unknown): value is CancelledMail {
  return typeof value === 'object' && value !== null && 'mail' in value && 'attempts' in value;
}
