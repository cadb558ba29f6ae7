import { setTimeout as pause } from 'node:timers/promises';
import type { QueueDelivery } from './deliver/worker/queue-delivery.js';
import { MailError } from './errors/mail-error.js';
import { show } from './errors/config-report.js';
import { LIFETIME_MS } from './queue/queue-options.js';
import type { MailQueue, QueueEntry, QueueFilter, QueueStats } from './queue/mail-queue.js';

export interface QueueListOptions extends QueueFilter {
  /** At most so many, newest first. @default 100 */
  readonly limit?: number | undefined;
}

/** A mailer whose mails wait because its transport is at fault, as this process found. */
export interface MailerPause {
  readonly mailer: string;
  readonly error: MailError;
  /** When a mail tries it again. */
  readonly retryAt: Date;
}

/** What waits, and what holds it up. */
export interface QueueOverview extends QueueStats {
  /** Of this process alone; empty where others deliver. */
  readonly pauses: readonly MailerPause[];
}

/** Milliseconds between two looks at a queue that is waited for. */
const LOOK_MS = 50;
/** Milliseconds for which a mail may wait for its turn and is no mail for later. */
const SOON_MS = 1_000;

/**
 * What waits in the mail queue, and what became of it. Inject it: `constructor(private readonly queue: MailQueueService)`.
 * Every method rejects with `MailError` `config` where there is no queue.
 */
export class MailQueueService {
  readonly #delivery: QueueDelivery;

  /** Made by `MailModule`. */
  constructor(delivery: QueueDelivery) {
    this.#delivery = delivery;
  }

  /** How many mails are in each state, over all processes that share the queue, and which mailers of this one are held up. */
  async stats(): Promise<QueueOverview> {
    const stats = await (await this.#opened()).stats();
    return { ...stats, pauses: this.#pauses() };
  }

  #pauses(): readonly MailerPause[] {
    const now = this.#delivery.now().getTime();
    return this.#delivery.workers.flatMap(({ mailer, hold }) =>
      hold ? [{ mailer, error: hold.error, retryAt: new Date(now + hold.opensIn) }] : [],
    );
  }

  /** The mails that match all that is given. */
  async list({ limit = 100, ...filter }: QueueListOptions = {}): Promise<readonly QueueEntry[]> {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new MailError('message-invalid', `limit: expected a whole number from 1, got ${show(limit)}.`);
    }
    return (await this.#opened()).list(filter, limit);
  }

  /** Returns one mail with its attempts; undefined if it does not exist or was pruned. */
  async get(id: string): Promise<QueueEntry | undefined> {
    return (await this.#opened()).get(id);
  }

  /**
   * Tries mails again that were given up or held, at once and for 48 hours. A mail that waits is tried now
   * when it is named by its id, also while its mailer waits for a mail server.
   * @param which an id, or a filter
   * @returns how many
   */
  async retry(which: string | QueueFilter): Promise<number> {
    const queue = await this.#opened();
    const count = await queue.retry(byId(which), new Date(this.#delivery.now().getTime() + LIFETIME_MS));
    if (typeof which === 'string' && count > 0) this.#delivery.tryNow();
    else this.#delivery.wake();
    return count;
  }

  /**
   * Cancels mails that wait, and those held as `ambiguous`; those under way are not stopped.
   * @returns how many
   */
  async cancel(which: string | QueueFilter): Promise<number> {
    return (await this.#opened()).cancel(byId(which));
  }

  /** This process begins no further mail until `resume`. Mails are queued as before. */
  pause(): void {
    for (const worker of this.#delivery.workers) worker.pause();
  }

  /** Whether this process was told to pause. */
  get isPaused(): boolean {
    return this.#delivery.workers.some((worker) => worker.isPaused);
  }

  resume(): void {
    for (const worker of this.#delivery.workers) worker.resume();
  }

  /**
   * Resolves when no mail is under way and none is due within a second, whoever delivers them; those of
   * committed transactions included. Mails for later do not count.
   */
  async drain({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const queue = await this.#opened();
    await this.#delivery.relay();
    while (await this.#isBusy(queue)) {
      signal?.throwIfAborted();
      await pause(LOOK_MS);
    }
  }

  /** Looks at what is due before and after: a mail may be taken, or put back, between two looks. */
  async #isBusy(queue: MailQueue): Promise<boolean> {
    if (await this.#isDue(queue)) return true;
    return (await queue.stats()).states.sending > 0 || this.#isDue(queue);
  }

  async #isDue(queue: MailQueue): Promise<boolean> {
    const soon = new Date(this.#delivery.now().getTime() + SOON_MS);
    const due = await Promise.all(this.#delivery.mailers.map((mailer) => queue.nextDueAt(mailer)));
    return due.some((date) => date !== undefined && date <= soon);
  }

  async #opened(): Promise<MailQueue> {
    await this.#delivery.open();
    return this.#delivery.queue;
  }
}

function byId(which: string | QueueFilter): QueueFilter & { readonly id?: string } {
  return typeof which === 'string' ? { id: which } : which;
}
