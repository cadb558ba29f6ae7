import { setTimeout as pause } from 'node:timers/promises';
import { Job, type Queue, WaitingError, Worker } from 'bullmq';
import { messageOf } from '../errors/mail-error.js';
import type { Claim, ConsumeOptions, Consumer, Settlement } from '../queue/mail-queue.js';
import { closedQueue } from '../queue/record/queue-record.js';
import { openMail, type OpenedMail } from './claim.js';
import { isTorn, isUnreadable } from './lane.js';
import { LoggedEnd } from './record/attempt-log.js';
import { getMailQueueName, mailIdOf } from './record/mail-queue-name.js';
import { unlessGone } from './redis/job-fault.js';
import { redisFault } from './redis/redis-fault.js';
import type { RedisStore } from './redis/redis-store.js';
import { type HeldJob, NO_LOCK, settleJob, tidyUp } from './settlement.js';

type BullJob = Job<unknown, unknown>;

export interface MailConsumerOptions extends ConsumeOptions {
  readonly mailer: string;
  /** Over connections of its own, which wait for a Redis that is away. */
  readonly store: RedisStore;
  readonly deliver: (claim: Claim) => Promise<Settlement>;
  /** Tells of a mail that was set aside. */
  readonly onCorrupt: (id: string, reason: string) => void;
  readonly now: () => Date;
}

/** Milliseconds a job stays with its process when that stops renewing its lock. */
const LOCK_MS = 15_000;
/** Milliseconds between two looks for jobs whose lock has run out; the second look that finds one moves it. */
const STALLED_MS = 5_000;
/** Seconds until a worker that waits looks by itself: it is not told of a mail that was given back for now. */
const WAIT_S = 1;
/** Milliseconds before a step that Redis refused is repeated. */
const RETRY_MS = 1_000;
/** Milliseconds between two looks of a worker that a global rate limit holds up: mails may be for later, and it may stop. */
const RATE_LOOK_MS = 1_000;
/** Milliseconds for which `stop` waits for a Redis that is away, once no mail is under way. */
const STOP_MS = 5_000;
/** Milliseconds between two looks whether it is over. */
const LOOK_MS = 5;

/**
 * Has a worker of BullMQ hand out the mails of one mailer: it takes, locks and renews, takes back what dead processes had,
 * waits and reconnects. How a job ends is written here and not by that worker, which would forget what became of a mail
 * whose lock ran out while Redis was away; the worker is told that its job was moved already.
 */
export class MailConsumer implements Consumer {
  readonly #options: MailConsumerOptions;
  readonly #worker: Worker<unknown, unknown>;
  /** Give up what waits for Redis. */
  readonly #givingUp = new Set<() => void>();
  #isAbandoned = false;
  #jobs = 0;
  /** Looks for jobs that cannot be read, one after the other: each finds what those before it left. */
  #looks = Promise.resolve();
  /** Mails whose delivery goes on. */
  readonly #delivering = new Set<Promise<unknown>>();
  #isRunning = false;
  #isStopping = false;

  constructor(options: MailConsumerOptions) {
    this.#options = options;
    const { mailer, store, concurrency, onStore } = options;
    this.#worker = new Worker<unknown, unknown>(
      getMailQueueName(mailer),
      (job, token = '') => this.#process(job, token),
      {
        ...store.bullOptions,
        autorun: false,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_MS,
        drainDelay: WAIT_S,
        runRetryDelay: RETRY_MS,
        maximumRateLimitDelay: RATE_LOOK_MS,
        // `decideBefore` decides how many crashes are too many.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      },
    );
    this.#worker.on('error', (error) => this.#meet(error));
    store.link.redis.on('ready', () => onStore('reading', undefined));
    this.setConcurrency(concurrency);
  }

  setConcurrency(concurrency: number): void {
    if (this.#isStopping) return;
    if (concurrency === 0) {
      if (this.#isRunning) void this.#worker.pause(true);
      return;
    }
    this.#worker.concurrency = concurrency;
    if (this.#isRunning) void this.#worker.resume();
    else this.#worker.run().catch((error: unknown) => this.#fail(error));
    this.#isRunning = true;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    void this.#worker.pause(true);
    await Promise.allSettled(this.#delivering);
    const isSettled = await this.#isTrueWithin(STOP_MS, () => this.#jobs === 0);
    if (!isSettled) this.#abandon();
    await this.#close();
  }

  /** Leaves the mails under way to their locks. */
  async abandon(): Promise<void> {
    this.#isStopping = true;
    this.#abandon();
    await this.#close();
  }

  async #close(): Promise<void> {
    // Its own way of waiting has no end while Redis is away.
    await this.#worker.close(true);
    // A mail that it was just fetching is given back.
    await this.#isTrueWithin(RETRY_MS, () => this.#jobs === 0 && !this.#worker.isRunning());
    this.#abandon();
    await this.#options.store.close();
  }

  async #isTrueWithin(ms: number, isTrue: () => boolean): Promise<boolean> {
    const end = performance.now() + ms;
    while (!isTrue() && performance.now() < end) await pause(LOOK_MS);
    return isTrue();
  }

  /** @throws {WaitingError} always: the job was moved, or is left to its lock */
  async #process(job: BullJob, token: string): Promise<never> {
    this.#jobs += 1;
    try {
      await this.#take(job, token);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#jobs -= 1;
    }
    throw new WaitingError();
  }

  async #take(job: BullJob, token: string): Promise<void> {
    const { mailer, store, now } = this.#options;
    const opened = await this.#insist('reading', () => openMail(mailer, job, store.attachments, now()));
    if (typeof opened === 'string') await this.#setAside(job, token, opened);
    else if (opened.claim) await this.#deliver(opened, opened.claim, token);
    // Somebody runs a mail again that is sent.
    else await unlessGone(job.moveToCompleted(opened.mail.mail.sent, token, false));
  }

  async #deliver({ mail, changes }: OpenedMail, claim: Claim, token: string): Promise<void> {
    const { deliver, onSettled, onUnsettled } = this.#options;
    if (Object.keys(changes).length > 0) {
      await this.#insist('writing', () => mail.job.updateProgress({ ...mail.note, ...changes }));
    }
    const date = mail.mail.hasDefaultDate && claim.message.date.getTime();
    try {
      const settlement = await this.#unlessAbandoned(this.#underWay(deliver(claim)));
      await this.#settle({ mail, date, token }, settlement);
    } catch (error) {
      onUnsettled(claim, error);
      return;
    }
    onSettled(claim);
  }

  async #settle(held: HeldJob, settlement: Settlement): Promise<void> {
    const { store } = this.#options;
    const isMoved = await this.#insist('writing', () => settleJob(store, held, settlement));
    // It is settled, also if the rest fails: `prune` does that later.
    if (isMoved) await tidyUp(store, held, settlement).catch((error: unknown) => this.#fail(error));
  }

  async #underWay<T>(work: Promise<T>): Promise<T> {
    this.#delivering.add(work);
    try {
      return await work;
    } finally {
      this.#delivering.delete(work);
    }
  }

  #meet(fault: unknown): void {
    if (isUnreadable(fault)) this.#looks = this.#looks.then(() => this.#setUnreadableAside());
    // Others may be mistakes of a program.
    if (!isTorn(fault)) this.#fail(fault);
  }

  /** Sets jobs aside that BullMQ cannot read: it would take and lose them again and again. */
  async #setUnreadableAside(): Promise<void> {
    const { mailer, store } = this.#options;
    try {
      const { queue } = await store.lane(mailer);
      for (const id of await queue.getRanges(['active'], 0, -1)) {
        const reason = await whyUnreadable(queue, id);
        const job = new Job<unknown, unknown>(queue, 'mail', undefined, {}, id);
        if (reason !== undefined) await this.#setAside(job, NO_LOCK, reason);
      }
    } catch (fault) {
      this.#fail(fault);
    }
  }

  /** Others may set it aside at the same time. Its id stays in the index then: `prune` removes it if nobody did. */
  async #setAside(job: BullJob, token: string, reason: string): Promise<void> {
    const { mailer, store, onCorrupt } = this.#options;
    const jobId = job.id ?? '';
    const index = store.ids(mailer, 'corrupt');
    const error = new LoggedEnd({ state: 'corrupt', stalled: job.stalledCounter }, reason);
    const isDone = await this.#insist('writing', async () => {
      await index.add(jobId, Date.now());
      return unlessGone(job.moveToFailed(error, token, false));
    });
    if (isDone) onCorrupt(mailIdOf(mailer, jobId), reason);
  }

  /** Again and again while Redis refuses it: an outcome must not get lost. A shutdown gives up. */
  async #insist<T>(operation: 'reading' | 'writing', work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await this.#unlessAbandoned(work());
        this.#options.onStore(operation, undefined);
        return result;
      } catch (error) {
        const fault = this.#told(error);
        this.#options.onStore(operation, fault);
        if (this.#isStopping) throw fault;
        await pause(RETRY_MS);
      }
    }
  }

  #abandon(): void {
    this.#isAbandoned = true;
    for (const giveUp of this.#givingUp) giveUp();
  }

  /** A command that waits for Redis may do so for ever, also once its connection is closed. */
  async #unlessAbandoned<T>(work: Promise<T>): Promise<T> {
    let giveUp = nothing;
    const abandoned = new Promise<never>((_, reject) => {
      giveUp = () => reject(closedQueue());
    });
    this.#givingUp.add(giveUp);
    if (this.#isAbandoned) giveUp();
    try {
      return await Promise.race([work, abandoned]);
    } finally {
      this.#givingUp.delete(giveUp);
    }
  }

  #fail(error: unknown): void {
    if (!this.#isStopping && !isLostLock(error)) this.#options.onStore('reading', this.#told(error));
  }

  #told(error: unknown): unknown {
    return redisFault(error, this.#options.store.link.place);
  }
}

async function whyUnreadable(queue: Queue<unknown, unknown>, id: string): Promise<string | undefined> {
  try {
    await queue.getJob(id);
    return undefined;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return messageOf(error);
  }
}

function nothing(): void {}

/** Another process has the mail by now, and tells how it ends. */
function isLostLock(error: unknown): boolean {
  return /^could not renew lock for job /i.test(messageOf(error));
}
