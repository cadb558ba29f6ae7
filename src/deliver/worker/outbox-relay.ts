import { setTimeout as pause } from 'node:timers/promises';
import { MailError, messageOf } from '../../errors/mail-error.js';
import type { NewMail, QueuedMail } from '../../queue/mail-queue.js';
import type { OutboxTable, TakenMail } from '../../queue/outbox/outbox-table.js';
import type { SqlExecutor } from '../../queue/outbox/sql-executor.js';
import { jittered } from '../limits/backoff.js';
import { Signal } from './signal.js';

export interface OutboxRelayOptions {
  readonly table: OutboxTable;
  /** Milliseconds between two looks while nothing is known to come. */
  readonly pollInterval: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onFault: (what: string) => void;
}

/** Puts a mail into the queue. */
type Enqueue = (mail: NewMail) => Promise<unknown>;

/** The fate of a mail taken from the table: it is in the queue, is refused for good, or cannot be queued now. */
type Relayed =
  | { readonly id: string; readonly state: 'queued' }
  | { readonly id: string; readonly state: 'unfit'; readonly problem: string }
  | { readonly id: string; readonly state: 'failed'; readonly error: unknown };

/** Milliseconds between the looks that follow a mail of this process: its commit comes in a moment. */
const SOON_MS: readonly number[] = [10, 20, 50, 100, 200];
/** Milliseconds before a look that failed is tried again; doubled each time. */
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;
/** Looks in a row that fail before it is told: SQLite may be locked for a moment, a connection be renewed. */
const FAULTS_TOLD = 3;
/** Milliseconds a stop waits for a database that does not answer. */
const STOP_MS = 5_000;

/**
 * Brings mails that were written in their callers' transactions into the queue, once they are committed.
 * A mail leaves the table when the queue has it. A process that dies between the two leaves it for the
 * next, which the queue then tells that it has the mail: each has an idempotency key, its own or its id.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #wake = new Signal();
  /** Pauses before the next looks; then they are as long as usual. */
  #soon: readonly number[] = [];
  #running: Promise<void> | undefined;
  /** The last of the looks, which follow one another. */
  #look: Promise<void> = Promise.resolve();
  #preparing: Promise<void> | undefined;
  #enqueue: Enqueue | undefined;
  /** Looks in a row that failed. */
  #faults = 0;
  #stopped = false;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
  }

  start(enqueue: Enqueue): void {
    if (this.#stopped || this.#running) return;
    this.#enqueue = enqueue;
    this.#running = this.#run();
  }

  /**
   * Writes a mail in the transaction of `via`, and looks for it until that is committed.
   * @throws {MailError} see `OutboxTable.add`
   */
  async add(mail: NewMail, via: SqlExecutor): Promise<QueuedMail> {
    // A table that could not be made is missed by the statement itself.
    await this.#preparing?.catch(() => undefined);
    const queued = await this.#options.table.add(mail, via);
    // While looks are near, one more is not needed sooner.
    if (this.#soon.length === 0) this.#wake.notify();
    this.#soon = SOON_MS;
    return queued;
  }

  /** Resolves when what was committed before the call is in the queue, or was found not to get there now. */
  relay(): Promise<void> {
    this.#look = this.#look.then(() => this.#relayAll());
    return this.#look;
  }

  /** Takes no further mail; resolves when those taken are in the queue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.notify();
    const stopped = Promise.all([this.#running, this.#look]);
    await Promise.race([stopped, pause(STOP_MS, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.relay();
      await this.#wake.wait(this.#pauseMs());
    }
  }

  #pauseMs(): number {
    const { pollInterval, random } = this.#options;
    if (this.#faults > 0) {
      return jittered(Math.min(RETRY_MS * 2 ** (this.#faults - 1), LONGEST_RETRY_MS), random());
    }
    const [next = pollInterval, ...later] = this.#soon;
    this.#soon = later;
    return next;
  }

  async #relayAll(): Promise<void> {
    try {
      await this.#prepare();
      while (!this.#stopped && (await this.#relayGroup()));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Once, and again after it failed. */
  async #prepare(): Promise<void> {
    this.#preparing ??= this.#options.table.prepare();
    try {
      await this.#preparing;
    } catch (error) {
      this.#preparing = undefined;
      throw error;
    }
  }

  /** A fault that lasts is told, once. */
  #fail(error: unknown): void {
    this.#faults += 1;
    this.#soon = [];
    if (this.#faults !== FAULTS_TOLD || this.#stopped) return;
    const { table, onFault } = this.#options;
    onFault(
      `Mails wait in the table ${table.name} and do not get into the mail queue. This is tried again and again. ${messageOf(error)}`,
    );
  }

  /** @returns whether there may be more */
  async #relayGroup(): Promise<boolean> {
    const { table } = this.#options;
    const taken = await table.take();
    const relayed = await Promise.all(taken.map((mail) => this.#relayOne(mail)));
    await table.remove(idsOf(relayed, 'queued'));
    await table.giveBack(idsOf(relayed, 'failed'));
    for (const outcome of relayed) if (outcome.state === 'unfit') await this.#setAside(outcome);
    for (const outcome of relayed) if (outcome.state === 'failed') throw outcome.error;
    this.#faults = 0;
    return taken.length > 0;
  }

  async #relayOne(taken: TakenMail): Promise<Relayed> {
    const { id } = taken;
    if ('problem' in taken) return { id, state: 'unfit', problem: taken.problem };
    try {
      const idempotencyKey = taken.mail.idempotencyKey ?? `outbox:${id}`;
      await this.#enqueue?.({ ...taken.mail, idempotencyKey });
      return { id, state: 'queued' };
    } catch (error) {
      return isItsOwn(error)
        ? { id, state: 'unfit', problem: messageOf(error) }
        : { id, state: 'failed', error };
    }
  }

  async #setAside({ id, problem }: { readonly id: string; readonly problem: string }): Promise<void> {
    const { table, onFault } = this.#options;
    await table.setAside(id, problem);
    onFault(
      `The mail ${id} in the table ${table.name} is not sent: ${problem}. It stays there; once that is fixed, UPDATE ${table.name} SET problem = NULL WHERE id = '${id}'.`,
    );
  }
}

function idsOf(relayed: readonly Relayed[], state: Relayed['state']): readonly string[] {
  return relayed.filter((outcome) => outcome.state === state).map(({ id }) => id);
}

/** A fault of the mail and not of the queue: it would be the same the next time. */
function isItsOwn(error: unknown): boolean {
  return MailError.is(error) && error.scope === 'mail' && !error.retryable;
}
