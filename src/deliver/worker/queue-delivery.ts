import { setTimeout as pause } from 'node:timers/promises';
import type { MailLog } from '../../log/mail-log.js';
import { MailError } from '../../errors/mail-error.js';
import { describeMessage, type PublishMailEvent } from '../../mail.events.js';
import type { MailerChoice, MailQueue, NewMail, QueuedMail } from '../../queue/mail-queue.js';
import { closedQueue } from '../../queue/record/queue-record.js';
import { MemoryQueue } from '../../queue/memory-queue.js';
import { DisabledQueue } from '../../queue/disabled-queue.js';
import type { SqlExecutor } from '../../queue/outbox/sql-executor.js';
import type { OutboxRelay } from './outbox-relay.js';
import type { QueueWorker } from './queue-worker.js';

export interface QueueDeliveryOptions {
  readonly queue: MailQueue;
  /** Mailers with queued mails. */
  readonly mailers: readonly MailerChoice[];
  /** One for each of them; empty if other processes deliver. */
  readonly workers: readonly QueueWorker[];
  /** Moves mails of transactions into the queue; undefined without a table for them. */
  readonly relay?: OutboxRelay | undefined;
  readonly publish: PublishMailEvent;
  /** Called for each mail that was added here, before it is delivered. */
  readonly onAdded?: ((mail: NewMail) => void) | undefined;
  readonly now: () => Date;
  readonly log: MailLog;
}

/** Milliseconds between two removals of old mails. */
const PRUNE_MS = 600_000;

/** Milliseconds for which a process is kept alive before that is checked again. */
const STAY_MS = 1_000;
/** The signals that Nest's `enableShutdownHooks` listens for. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** A queue and its workers. */
export class QueueDelivery {
  readonly queue: MailQueue;
  readonly mailers: readonly MailerChoice[];
  readonly workers: readonly QueueWorker[];
  readonly now: () => Date;
  readonly #relay: OutboxRelay | undefined;
  readonly #publish: PublishMailEvent;
  readonly #onAdded: ((mail: NewMail) => void) | undefined;
  readonly #log: MailLog;
  #opening: Promise<void> | undefined;
  #isStopped = false;
  #isClosed = false;
  #pruning: NodeJS.Timeout | undefined;

  /**
   * Keeps the process alive while it has mails to deliver, or while it listens for signals: then it is a worker, which has
   * nothing else to do and ends on a signal. An idle queue does not keep a script or a test that ends without `close`.
   */
  readonly #stay = (): void => {
    const isWorker = this.workers.length > 0 && SIGNALS.some((signal) => process.listenerCount(signal) > 0);
    if (isWorker || this.workers.some(({ deliveries }) => deliveries.isOwing))
      setTimeout(() => undefined, STAY_MS);
  };

  constructor(options: QueueDeliveryOptions) {
    this.queue = options.queue;
    this.mailers = options.mailers;
    this.workers = options.workers;
    this.now = options.now;
    this.#relay = options.relay;
    this.#publish = options.publish;
    this.#onAdded = options.onAdded;
    this.#log = options.log;
  }

  /**
   * Opens the queue and begins to deliver; once, and again after a failure. After `stop` it delivers nothing, but requests
   * that are still being answered may queue.
   * @throws {MailError} `config`, `closed` after `close`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw closedQueue();
    this.#opening ??= this.#open();
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** @throws {MailError} see `MailQueue.add` */
  async add(mail: NewMail): Promise<QueuedMail> {
    await this.open();
    // Created while the mail is written.
    const adding = this.queue.add(mail);
    const event = describeMessage(mail.message);
    const queued = await adding;
    if (queued.duplicate) return queued;
    this.#onAdded?.(mail);
    const { id, dueAt } = queued;
    this.#publish('mail.queued', { ...event, id, dueAt });
    for (const { deliveries } of this.workers) if (deliveries.takes(event.mailer)) deliveries.owe(id, dueAt);
    this.wake(event.mailer);
    return queued;
  }

  /**
   * Writes a mail in the transaction of `via`; it is added after the commit.
   * @throws {MailError} `config` without a table for it; see `OutboxTable.add`
   */
  async addVia(via: SqlExecutor, mail: NewMail): Promise<QueuedMail> {
    if (this.queue instanceof DisabledQueue) await this.queue.add();
    if (!this.#relay) throw noOutbox();
    await this.open();
    return this.#relay.add(mail, via);
  }

  /** Resolves when all mails of committed transactions are in the queue. */
  async relay(): Promise<void> {
    await this.#relay?.relay();
  }

  /** Wakes the workers of the mailer, or of all, because mails are waiting. */
  wake(mailer?: string): void {
    for (const { deliveries } of this.workers) {
      if (mailer === undefined || deliveries.takes(mailer)) deliveries.wake();
    }
  }

  /**
   * Number of mails that this process queued and nobody has tried, though they are due. A lower bound, if there are
   * thousands.
   */
  get owedCount(): number {
    return this.workers.reduce((count, { deliveries }) => count + deliveries.owedCount, 0);
  }

  /**
   * Resolves when the due mails that this process queued were tried, or after `timeLeft` milliseconds. Does not wait for
   * mails of a paused transport, or for mails that are queued meanwhile.
   */
  async finish(timeLeft: () => number): Promise<void> {
    if (!this.#opening || this.#isStopped) return;
    const limit = new AbortController();
    const waiting = pause(timeLeft(), undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([this.#finish(), waiting]);
    limit.abort();
  }

  async #finish(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    await this.relay();
    await Promise.all(this.workers.map(({ deliveries }) => deliveries.finish()));
  }

  /**
   * Number of mails that a shutdown leaves behind: due mails of this process, or all waiting mails if the queue ends
   * with the process.
   */
  async left(): Promise<{ readonly count: number; readonly isLost: boolean }> {
    const isLost = this.queue instanceof MemoryQueue;
    return { count: isLost ? (await this.queue.stats()).states.waiting : this.owedCount, isLost };
  }

  /** Lets one mail of each mailer probe its transport at once, because an operator asks for an attempt. */
  tryNow(): void {
    for (const { deliveries } of this.workers) deliveries.tryNow();
  }

  /** Takes no further mail from the queue, and resolves when the mails under way are settled. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    // A queue that opens only now must not begin to deliver after the shutdown.
    await this.#opening?.catch(() => undefined);
    clearInterval(this.#pruning);
    process.off('beforeExit', this.#stay);
    await Promise.all([this.#relay?.stop(), ...this.workers.map((worker) => worker.stop())]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#opening) await this.queue.close();
  }

  async #open(): Promise<void> {
    await this.queue.open();
    for (const warning of this.queue.warnings) this.#log.warning(warning);
    if (this.#isStopped) return;
    for (const worker of this.workers) worker.start();
    this.#relay?.start((mail) => this.add(mail));
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_MS).unref();
    process.on('beforeExit', this.#stay);
    await this.#prune();
  }

  async #prune(): Promise<void> {
    try {
      await this.queue.prune(this.now());
    } catch (error) {
      this.#log.fault('The mail queue could not be cleared of what is done', error);
    }
  }
}

function noOutbox(): MailError {
  return new MailError(
    'config',
    "queue(mail, { via }): nobody would send the mail after the commit. Give MailModule queue: { outbox: { dialect: 'postgres', execute } }, with a connection of its own.",
  );
}
