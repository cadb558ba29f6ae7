import type {
  Claim,
  ConsumeOptions,
  Consumer,
  MailSelection,
  NewMail,
  PushQueue,
  QueuedMail,
  QueueEntry,
  QueueFilter,
  QueueState,
  QueueStats,
  Settlement,
} from '../queue/mail-queue.js';
import type { TurnStore } from '../queue/turn-store.js';
import { addMail } from './addition.js';
import { Backlog } from './backlog.js';
import { MailConsumer } from './consumer.js';
import { countBacklog, statsOf } from './counts.js';
import { neederOf, prune, type Retention } from './prune.js';
import type { Note } from './record/mail-job.js';
import { unlessGone } from './redis/job-fault.js';
import { RedisSession, type RedisSessionOptions } from './redis/redis-session.js';
import { isIndexed, type RedisStore } from './redis/redis-store.js';
import { eachMail, entryWith, type FoundMail, listMails } from './search.js';

export interface BullMqQueueOptions extends RedisSessionOptions, Retention {
  /** Mails that may wait. */
  readonly maxBacklog: number;
  readonly now: () => Date;
}

/** Milliseconds between two looks whether Redis still has what was queued. */
const WATCH_MS = 5_000;

/**
 * Queued mails in Redis, a BullMQ queue and worker for each mailer: mails are jobs, claims locks, attempts stack traces.
 * Only BullMQ moves a job, and what has to happen with the move travels in it. What BullMQ has no place for stands
 * beside its keys: it is written before it is needed, and `prune` puts it right when a process dies in between.
 */
export class BullMqQueue implements PushQueue {
  readonly name = 'bullmq';
  readonly turns: TurnStore = {
    take: (request) => {
      this.#session.begin();
      return this.#session.call((store) => store.takeTurns(request));
    },
  };
  readonly #options: BullMqQueueOptions;
  readonly #session: RedisSession;
  readonly #backlog: Backlog;
  /** How many mails waited when they were last counted. */
  #waiting = 0;
  #watching: NodeJS.Timeout | undefined;
  readonly #consumers: MailConsumer[] = [];
  #warnings: readonly string[] = [];

  constructor(options: BullMqQueueOptions) {
    this.#options = options;
    this.#session = new RedisSession(options);
    this.#backlog = new Backlog(options.maxBacklog);
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  get target(): string | undefined {
    return this.#session.target;
  }

  async open(): Promise<void> {
    this.#warnings = await this.#session.open();
  }

  add(mail: NewMail): Promise<QueuedMail> {
    return this.#session.call(async (store) => {
      await this.#backlog.admit(() => countBacklog(store));
      return addMail(store, mail, this.#now());
    });
  }

  consume(mailer: string, deliver: (claim: Claim) => Promise<Settlement>, options: ConsumeOptions): Consumer {
    this.#watching ??= setInterval(() => void this.#watch(), WATCH_MS).unref();
    const { now } = this.#options;
    const consumer = new MailConsumer({
      ...options,
      mailer,
      store: this.#session.patientStore(),
      deliver,
      onCorrupt: (id, reason) => this.#setAside(mailer, id, reason),
      now,
    });
    this.#consumers.push(consumer);
    return consumer;
  }

  #setAside(mailer: string, id: string, reason: string): void {
    const message = `The queued mail ${id} cannot be read and was set aside: ${reason}. The others go on; find out what changed it in Redis.`;
    this.#options.raise({ kind: 'corrupt', message, mailers: [mailer], id });
  }

  /** Looks for a loss of everything: workers that wait would not notice it. */
  async #watch(): Promise<void> {
    try {
      await this.#session.call(async (store) => {
        await this.#session.noticeLoss(store, () => Math.max(this.#waiting, this.#backlog.last));
        this.#waiting = await countBacklog(store);
      });
    } catch {
      // Redis is away, which the workers tell.
    }
  }

  nextDueAt(mailer: string): Promise<Date | undefined> {
    return this.#session.call(async (store) => {
      const lane = await store.lane(mailer);
      const now = this.#now();
      const [ready, delayed] = await Promise.all([
        lane.queue.getJobCountByTypes('waiting', 'prioritized'),
        lane.nextDelayed(now),
      ]);
      // BullMQ moves what is due into its lane when it is asked for the next job.
      if (ready === 0 && (!delayed || delayed > now)) return delayed;
      if (await lane.queue.isPaused()) return undefined;
      const limitedMs = await lane.queue.getRateLimitTtl();
      return limitedMs > 0 ? new Date(now.getTime() + limitedMs) : (delayed ?? now);
    });
  }

  stats(): Promise<QueueStats> {
    return this.#session.call((store) => statsOf(store, this.#now()));
  }

  list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]> {
    return this.#session.call((store) => listMails(store, filter, limit, this.#now()));
  }

  get(id: string): Promise<QueueEntry | undefined> {
    return this.#session.call((store) => entryWith(store, id, this.#now()));
  }

  retry(selection: MailSelection, expiresAt: Date): Promise<number> {
    const waiting: readonly QueueState[] = selection.id === undefined ? [] : ['waiting'];
    const states: readonly QueueState[] = [...waiting, 'dead', 'ambiguous', 'expired'];
    return this.#session.call((store) =>
      eachMail(store, selection, states, this.#now(), (mail) => this.#retry(store, mail, expiresAt)),
    );
  }

  async #retry(store: RedisStore, { found, place, entry }: FoundMail, expiresAt: Date): Promise<boolean> {
    const { job, log, mail, note } = found;
    const now = this.#now().getTime();
    const isFailed = place === 'failed';
    const changed: Note = {
      ...note,
      dueAt: now,
      after: log.length,
      ...(mail.hasDefaultDate && !found.isTried && { date: now }),
      ...(isFailed && { expiresAt: expiresAt.getTime(), retried: log.length }),
    };
    if (!(await unlessGone(job.updateProgress(changed)))) return false;
    if (isFailed && !(await unlessGone(job.retry('failed')))) return false;
    if (place === 'delayed') await unlessGone(job.promote());
    if (isIndexed(entry.state)) await store.ids(found.mailer, entry.state).remove([found.jobId]);
    return true;
  }

  cancel(selection: MailSelection): Promise<number> {
    return this.#session.call((store) =>
      eachMail(store, selection, ['waiting', 'ambiguous'], this.#now(), (mail) => this.#cancel(store, mail)),
    );
  }

  /** A job cannot be cancelled: it is removed, and a record of it kept. */
  async #cancel(store: RedisStore, { lane, found, entry }: FoundMail): Promise<boolean> {
    const { jobId, mailer, id, mail } = found;
    const cancelled = store.cancelled(lane.mailer);
    await cancelled.put(found, this.#now());
    if ((await lane.queue.remove(jobId)) !== 1) {
      await cancelled.drop([jobId]);
      return false;
    }
    if (isIndexed(entry.state)) await store.ids(mailer, entry.state).remove([jobId]);
    await store.attachments.release(mail.files, neederOf(id, mail.ref));
    return true;
  }

  prune(now: Date): Promise<void> {
    return this.#session.call((store) => prune(store, now, this.#options));
  }

  async close(): Promise<void> {
    clearInterval(this.#watching);
    await Promise.all(this.#consumers.map((consumer) => consumer.abandon()));
    await this.#session.close();
  }

  #now(): Date {
    return this.#options.now();
  }
}
