import { type IRedisClient, Queue } from 'bullmq';
import { fieldOf } from '../errors/mail-error.js';
import { getMailQueueName } from './record/mail-queue-name.js';
import { MailJob } from './record/mail-job.js';

export interface LaneOptions {
  readonly connection: IRedisClient;
  readonly prefix: string;
}

/** The BullMQ queue of one mailer, with what this process knows of it. */
export class Lane {
  readonly mailer: string;
  readonly queue: Queue<unknown, unknown>;
  /** The first of the delayed jobs when it was last looked at. */
  #head: { readonly id: string; readonly dueAt: number } | undefined;
  /** It is in the list of mailers. */
  isListed = false;

  private constructor(mailer: string, options: LaneOptions) {
    this.mailer = mailer;
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
    await this.queue.close();
  }
}

/** BullMQ parses what a job holds: this is how it says that it cannot, or that nothing is there. */
export function isUnreadable(error: unknown): boolean {
  return isTorn(error) || fieldOf(error, 'name') === 'TypeError';
}

export function isTorn(error: unknown): boolean {
  return fieldOf(error, 'name') === 'SyntaxError';
}
