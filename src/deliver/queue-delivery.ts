import { messageOf } from '../mail.errors.js';
import type { MailQueue, NewMail, QueuedMail } from '../queue/mail-queue.js';
import type { QueueWorker } from './queue-worker.js';

export interface QueueDeliveryOptions {
  readonly queue: MailQueue;
  /** Whose mails are queued. */
  readonly mailers: readonly string[];
  /** One for each mailer; none where others deliver. */
  readonly workers: readonly QueueWorker[];
  readonly now: () => Date;
  readonly onFault: (what: string) => void;
  readonly onWarning: (what: string) => void;
}

/** Milliseconds between two clearings of what is done. */
const PRUNE_MS = 600_000;

/** A queue and those who deliver from it. */
export class QueueDelivery {
  readonly queue: MailQueue;
  readonly mailers: readonly string[];
  readonly workers: readonly QueueWorker[];
  readonly now: () => Date;
  readonly #onFault: (what: string) => void;
  readonly #onWarning: (what: string) => void;
  #opening: Promise<void> | undefined;
  #pruning: NodeJS.Timeout | undefined;

  constructor({ queue, mailers, workers, now, onFault, onWarning }: QueueDeliveryOptions) {
    this.queue = queue;
    this.mailers = mailers;
    this.workers = workers;
    this.now = now;
    this.#onFault = onFault;
    this.#onWarning = onWarning;
  }

  /**
   * Opens the queue and begins to deliver; once, and again after it failed.
   * @throws {MailError} `config`
   */
  async open(): Promise<void> {
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
    return this.queue.add(mail);
  }

  /** Mails of the mailer, or of all, were added or made to wait again. */
  wake(mailer?: string): void {
    for (const worker of this.workers) if (mailer === undefined || worker.mailer === mailer) worker.wake();
  }

  /** Takes no further mail from the queue, and resolves when those under way are settled. */
  async stop(): Promise<void> {
    // What is opened only now must not begin to work behind our back.
    await this.#opening?.catch(() => undefined);
    clearInterval(this.#pruning);
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  async close(): Promise<void> {
    if (this.#opening) await this.queue.close();
  }

  async #open(): Promise<void> {
    await this.queue.open();
    for (const warning of this.queue.warnings) this.#onWarning(warning);
    for (const worker of this.workers) worker.start();
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_MS);
    await this.#prune();
  }

  async #prune(): Promise<void> {
    try {
      await this.queue.prune(this.now());
    } catch (error) {
      this.#onFault(`The mail queue could not be cleared of what is done: ${messageOf(error)}`);
    }
  }
}
