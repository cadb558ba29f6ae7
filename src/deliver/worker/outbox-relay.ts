import { setTimeout as pause } from 'node:timers/promises';
import { MailError, messageOf } from '../../errors/mail-error.js';
import type { NewMail, QueuedMail } from '../../queue/mail-queue.js';
import type { OutboxTable, TakenMail } from '../../queue/outbox/outbox-table.js';
import type { SqlExecutor } from '../../queue/outbox/sql-executor.js';
import { jittered } from '../../transport/retry-hint.js';
import { Signal } from './signal.js';

export interface OutboxRelayOptions {
  readonly table: OutboxTable;
  /** Milliseconds between two checks of the table while no mail is expected. */
  readonly pollInterval: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onFault: (what: string) => void;
}

type Enqueue = (mail: NewMail) => Promise<unknown>;

/** The outcome for a mail of the table: it is in the queue, is refused for good, or cannot be queued now. */
type Relayed =
  | { readonly id: string; readonly state: 'queued' }
  | { readonly id: string; readonly state: 'unfit'; readonly problem: string }
  | { readonly id: string; readonly state: 'failed'; readonly error: unknown };

/** Milliseconds between the checks that follow a mail of this process: its commit comes in a moment. */
const SOON_MS: readonly number[] = [10, 20, 50, 100, 200];
/** Milliseconds before a failed check is repeated; doubled each time. */
const RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;
/** Failed checks in a row before they are reported: SQLite may be locked for a moment, a connection be renewed. */
const FAULTS_REPORTED = 3;
/** Milliseconds for which `stop` waits for a database that does not answer. */
const STOP_MS = 5_000;

/**
 * Moves committed mails of the application's transactions into the queue. A mail leaves the table when the queue has it.
 * If the process dies between the two, the next one adds the mail again, and the queue recognises it by its idempotency
 * key: its own, or its id.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #wake = new Signal();
  /** Pauses before the next checks; after them the usual interval holds. */
  #soon: readonly number[] = [];
  #running: Promise<void> | undefined;
  /** The last check; checks follow one another. */
  #look: Promise<void> = Promise.resolve();
  #preparing: Promise<void> | undefined;
  #enqueue: Enqueue | undefined;
  /** Failed checks in a row. */
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
   * Writes a mail in the transaction of `via`, and checks for its commit.
   * @throws {MailError} see `OutboxTable.add`
   */
  async add(mail: NewMail, via: SqlExecutor): Promise<QueuedMail> {
    // If the table could not be created, the statement itself reports it.
    await this.#preparing?.catch(() => undefined);
    const queued = await this.#options.table.add(mail, via);
    // While the next check is near, it need not come sooner.
    if (this.#soon.length === 0) this.#wake.notify();
    this.#soon = SOON_MS;
    return queued;
  }

  /** Resolves when all mails committed before the call are in the queue, or could not be queued now. */
  relay(): Promise<void> {
    this.#look = this.#look.then(() => this.#relayAll());
    return this.#look;
  }

  /** Takes no further mail; resolves when the taken mails are in the queue. */
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

  /** Prepares the table once, and again after a failure. */
  async #prepare(): Promise<void> {
    this.#preparing ??= this.#options.table.prepare();
    try {
      await this.#preparing;
    } catch (error) {
      this.#preparing = undefined;
      throw error;
    }
  }

  /** Reports a fault that lasts, once. */
  #fail(error: unknown): void {
    this.#faults += 1;
    this.#soon = [];
    if (this.#faults !== FAULTS_REPORTED || this.#stopped) return;
    const { table, onFault } = this.#options;
    onFault(
      `Mails wait in the table ${table.name} and do not get into the mail queue. This is tried again and again. ${messageOf(error)}`,
    );
  }

  /** @returns whether there may be more mails */
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
      return isOfMail(error)
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

/** True for a fault of the mail and not of the queue, which would be the same next time. */
function isOfMail(error: unknown): boolean {
  return MailError.is(error) && error.scope === 'mail' && !error.retryable;
}
