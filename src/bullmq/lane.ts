import { createRedisBackend, type IRedisClient, Queue, Worker } from 'bullmq';
import { fieldOf } from '../errors/mail-error.js';
import { getMailQueueName } from './record/mail-queue-name.js';
import { MailJob } from './record/mail-job.js';

/** Milliseconds a job stays with the process that took it, unless the lease says otherwise. */
export const LOCK_MS = 15_000;
/** Milliseconds between two looks for jobs whose lock has run out; the second look that finds one moves it. */
const STALLED_MS = 5_000;

export interface LaneOptions {
  readonly connection: IRedisClient;
  readonly prefix: string;
}

/** The BullMQ queue of one mailer, with what this process knows of it. */
export class Lane {
  readonly mailer: string;
  readonly queue: Queue<unknown, unknown>;
  readonly #options: LaneOptions;
  #worker: Promise<Worker<unknown, unknown>> | undefined;
  /** The first of the delayed jobs when it was last looked at. */
  #head: { readonly id: string; readonly dueAt: number } | undefined;
  /** Claims that are being made. */
  claiming = 0;
  /** The last claim got all it asked for: there may be more. */
  wasFull = false;
  /** The last claim got nothing. */
  wasEmpty = false;
  /** Redis may have handed jobs out to this process, and the answer was lost. */
  isUnsure = false;
  /** It is in the list of mailers. */
  isListed = false;

  private constructor(mailer: string, options: LaneOptions) {
    this.mailer = mailer;
    this.#options = options;
    this.queue = new Queue<unknown, unknown>(getMailQueueName(mailer), options);
    // Each caller gets the error of its own call.
    this.queue.on('error', () => undefined);
  }

  /** @throws {Error} when Redis is gone meanwhile */
  static async open(mailer: string, options: LaneOptions): Promise<Lane> {
    const lane = new Lane(mailer, options);
    await lane.queue.waitUntilReady();
    return lane;
  }

  /** Takes jobs and looks for stalled ones; processes that only queue have none. */
  worker(): Promise<Worker<unknown, unknown>> {
    this.#worker ??= this.#newWorker().catch((error: unknown) => {
      this.#worker = undefined;
      throw error;
    });
    return this.#worker;
  }

  async #newWorker(): Promise<Worker<unknown, unknown>> {
    const options = {
      ...this.#options,
      autorun: false,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      // The worker that delivers decides how many crashes are too many.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    };
    // It never blocks, so it needs no second connection.
    const worker = new Worker<unknown, unknown>(this.queue.name, null, options, (name, given) =>
      createRedisBackend(name, given),
    );
    worker.on('error', () => undefined);
    await worker.startStalledCheckTimer();
    return worker;
  }

  /** The mail of this id. Undefined when there is no such job, or none that can be read. */
  async read(jobId: string): Promise<MailJob | undefined> {
    const job = await this.queue.getJob(jobId).catch((error: unknown): undefined => {
      if (!isUnreadable(error)) throw error;
    });
    try {
      return job && new MailJob(this.mailer, jobId, job);
    } catch {
      return undefined;
    }
  }

  /** Mails that are still to be sent. */
  backlog(): Promise<number> {
    return this.queue.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active');
  }

  /** When the next delayed mail is due. */
  async nextDelayed(now: Date): Promise<Date | undefined> {
    const [id] = await this.queue.getRanges(['delayed'], 0, 0, true);
    if (id === undefined) return undefined;
    // One that is due by now should have been promoted: its time was changed.
    if (this.#head?.id !== id || this.#head.dueAt <= now.getTime()) {
      const dueAt = (await this.read(id))?.dueAt ?? now.getTime();
      this.#head = { id, dueAt };
    }
    return new Date(this.#head.dueAt);
  }

  async close(): Promise<void> {
    const worker = await this.#worker?.catch(() => undefined);
    await worker?.close(true);
    await this.queue.close();
  }
}

/** BullMQ parses what a job holds: this is how it says that it cannot. */
export function isUnreadable(error: unknown): boolean {
  return fieldOf(error, 'name') === 'SyntaxError';
}
