import { setTimeout as pause } from 'node:timers/promises';
import type { QueueDelivery } from './deliver/worker/queue-delivery.js';
import { MailError } from './errors/mail-error.js';
import { show } from './errors/show.js';
import { LIFETIME_MS } from './queue/queue-options.js';
import type { MailQueue, QueueEntry, QueueFilter, QueueStats } from './queue/mail-queue.js';

export interface QueueListOptions extends QueueFilter {
  /** Number of mails at most, newest first. @default 100 */
  readonly limit?: number | undefined;
}

/** A mailer whose mails wait because its transport is at fault, as this process found. */
export interface MailerPause {
  readonly mailer: string;
  readonly error: MailError;
  /** Time of the next attempt. */
  readonly retryAt: Date;
}

/** The number of mails by state, and the mailers that are held up. */
export interface QueueOverview extends QueueStats {
  /** Mailers of this process; empty where other processes deliver. */
  readonly pauses: readonly MailerPause[];
}

/** Milliseconds between two looks at the queue while draining. */
const LOOK_MS = 50;
/** Milliseconds within which a mail counts as due while draining. */
const SOON_MS = 1_000;

/**
 * Shows and changes queued mails. Inject it: `constructor(private readonly queue: MailQueueService)`.
 * Every method rejects with `MailError` `config` if there is no queue.
 */
export class MailQueueService {
  readonly #delivery: QueueDelivery;

  /** Made by `MailModule`. */
  constructor(delivery: QueueDelivery) {
    this.#delivery = delivery;
  }

  /** Counts the mails in each state, over all processes that share the queue, and lists mailers held up in this one. */
  async stats(): Promise<QueueOverview> {
    const stats = await (await this.#opened()).stats();
    return { ...stats, pauses: this.#pauses() };
  }

  #pauses(): readonly MailerPause[] {
    const now = this.#delivery.now().getTime();
    return this.#delivery.workers.flatMap(({ deliveries: { holds } }) =>
      holds.map(({ mailer, error, opensIn }) => ({ mailer, error, retryAt: new Date(now + opensIn) })),
    );
  }

  /** Lists the mails that match every field of the filter. */
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
   * Tries mails again that were given up or held, at once and for 48 hours. A waiting mail is tried now
   * if it is named by its id, even while its mailer waits for a mail server.
   * @param which an id, or a filter
   * @returns the number of mails
   */
  async retry(which: string | QueueFilter): Promise<number> {
    const queue = await this.#opened();
    const count = await queue.retry(byId(which), new Date(this.#delivery.now().getTime() + LIFETIME_MS));
    if (typeof which === 'string' && count > 0) this.#delivery.tryNow();
    else this.#delivery.wake();
    return count;
  }

  /**
   * Cancels waiting mails, and those held as `ambiguous`; mails under way are not stopped.
   * @returns the number of mails
   */
  async cancel(which: string | QueueFilter): Promise<number> {
    return (await this.#opened()).cancel(byId(which));
  }

  /** Stops this process from starting further mails until `resume`. Mails are queued as before. */
  pause(): void {
    for (const { deliveries } of this.#delivery.workers) deliveries.pause();
  }

  /** Whether this process was paused. */
  get isPaused(): boolean {
    return this.#delivery.workers.some(({ deliveries }) => deliveries.isPaused);
  }

  resume(): void {
    for (const { deliveries } of this.#delivery.workers) deliveries.resume();
  }

  /**
   * Resolves when no mail is under way and none is due within a second, whichever process delivers them; mails of
   * committed transactions count too, mails for later do not.
   */
  async drain({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const queue = await this.#opened();
    await this.#delivery.relay();
    while (await this.#isBusy(queue)) {
      signal?.throwIfAborted();
      await pause(LOOK_MS);
    }
  }

  /** Looks for due mails before and after: a mail may be claimed or put back between two looks. */
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
