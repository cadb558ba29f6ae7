import { randomUUID } from 'node:crypto';
import type {
  Claim,
  ClaimRequest,
  MailQueue,
  NewMail,
  QueuedMail,
  QueueEntry,
  QueueFilter,
  QueueState,
  QueueStats,
  Settlement,
} from '../queue/mail-queue.js';
import { addMail } from './addition.js';
import { Backlog } from './backlog.js';
import { Claims, type Claimed, type HeldClaim } from './claims.js';
import { Counts } from './counts.js';
import { mailIdOf } from './record/mail-queue-name.js';
import { Outgoing } from './outgoing.js';
import { prune, type Retention } from './prune.js';
import { RedisSession, type RedisSessionOptions } from './redis/redis-session.js';
import type { RedisStore } from './redis/redis-store.js';
import { numberOf, textOf, textsOf } from './redis/reply.js';
import { entryOf, search, type Which } from './search.js';
import type { StoredEntry } from './record/stored-entry.js';
import { dueAfter, type Ending, movement } from './settlement.js';

export interface BullMqQueueOptions extends RedisSessionOptions, Retention {
  /** Mails that may wait. */
  readonly maxBacklog: number;
  readonly now: () => Date;
}

/**
 * Queued mails in Redis, a BullMQ queue for each mailer: mails are its jobs, claims its locks. What BullMQ
 * does not have (see `lua/common`) stands beside and changes with it in one script.
 */
export class BullMqQueue implements MailQueue {
  readonly name = 'bullmq';
  readonly #options: BullMqQueueOptions;
  readonly #session: RedisSession;
  readonly #backlog: Backlog;
  /** Of this process: what it claims is locked with it. */
  readonly #token = randomUUID();
  readonly #held = new Map<string, HeldClaim>();
  /** What may be claimed without anybody knowing: to be given back. */
  readonly #adrift = new Set<HeldClaim>();
  readonly #settlements = new Outgoing();
  /** Of each mailer, when it was last looked at. */
  readonly #waiting = new Map<string, number>();
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
      await this.#backlog.admit(async () => (await Counts.ofAll(store, this.#now())).backlog);
      return addMail(store, mail, this.#now());
    });
  }

  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const flushed = this.#settlements.flushed();
    return this.#session.call(async (store) => {
      await flushed;
      await this.#giveBack(store);
      // Sent together: those that come back can be among those that are taken.
      const [reclaimed, taken] = await Promise.allSettled([
        this.#reclaim(store, request.mailer),
        new Claims(store, this.#token, this.#adrift).take(request),
      ]);
      if (taken.status === 'rejected') throw taken.reason;
      const claims = taken.value.flatMap((claimed) => this.#hold(claimed) ?? []);
      const others = await Promise.allSettled(taken.value.map((claimed) => this.#setAside(store, claimed)));
      const failed = [reclaimed, ...others].find(({ status }) => status === 'rejected');
      // Claims that are not told of would lapse, as if their mails had ended the process.
      if (failed?.status === 'rejected' && claims.length === 0) throw failed.reason;
      return claims;
    });
  }

  extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]> {
    const until = Math.trunc(leasedUntil.getTime());
    const lease = Math.max(1, until - this.#now().getTime());
    const claims = ids.flatMap((id) => this.#held.get(id) ?? []);
    const mailers = new Set(claims.map(({ mailer }) => mailer));
    return this.#session.call(async (store) => {
      const extended = await Promise.all(
        [...mailers].map(async (mailer) => {
          const own = claims.filter((claim) => claim.mailer === mailer).map(({ jobId }) => jobId);
          const args = [this.#token, lease, until, ...own];
          return textsOf(await store.run('mail:extend', mailer, args)).map((id) => mailIdOf(mailer, id));
        }),
      );
      return extended.flat();
    });
  }

  settle(id: string, settlement: Settlement): Promise<void> {
    return this.#settlements.send((sent) =>
      this.#session.call(async (store) => {
        const held = this.#held.get(id);
        if (!held) return;
        await this.#end(store, held, settlement, sent);
        this.#held.delete(id);
      }),
    );
  }

  nextDueAt(mailer: string): Promise<Date | undefined> {
    return this.#session.call(async (store) => {
      const { backlog, claimableAt } = await Counts.of(store, mailer, this.#now());
      this.#waiting.set(mailer, backlog);
      return claimableAt;
    });
  }

  stats(): Promise<QueueStats> {
    return this.#session.call(async (store) => {
      const now = this.#now();
      const { states, waitsSince } = await Counts.ofAll(store, now);
      return waitsSince && waitsSince <= now ? { states, oldestDueAt: waitsSince } : { states };
    });
  }

  list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]> {
    return this.#session.call(async (store) =>
      (await search(store, filter, limit)).slice(0, limit).map(({ entry }) => entry),
    );
  }

  get(id: string): Promise<QueueEntry | undefined> {
    return this.#session.call(async (store) => (await entryOf(store, id))?.entry);
  }

  retry(which: Which, expiresAt: Date): Promise<number> {
    const waiting: readonly QueueState[] = which.id === undefined ? [] : ['waiting'];
    return this.#each(which, [...waiting, 'dead', 'ambiguous', 'expired'], (store, { entry, jobId }) =>
      store.run('mail:retry', entry.mailer, [jobId, this.#now().getTime(), expiresAt.getTime()]),
    );
  }

  cancel(which: Which): Promise<number> {
    return this.#each(which, ['waiting', 'ambiguous'], (store, { entry, jobId, label }) =>
      store.run('mail:cancel', entry.mailer, [jobId, this.#now().getTime(), label]),
    );
  }

  prune(now: Date): Promise<void> {
    return this.#session.call((store) => prune(store, now, this.#options));
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #giveBack(store: RedisStore): Promise<void> {
    const giving = [...this.#adrift].map(async (held) => {
      // At once: when two claims gave it back, the second could take it from whoever has got it meanwhile.
      this.#adrift.delete(held);
      await this.#end(store, held, { state: 'released' }).catch((error: unknown) => {
        this.#adrift.add(held);
        throw error;
      });
    });
    await Promise.all(giving);
  }

  /** Mails whose lease ran out, anybody's, wait again. */
  async #reclaim(store: RedisStore, mailer: string): Promise<void> {
    const args = [this.#now().getTime(), store.periodOf(mailer)];
    await this.#session.noticeLoss(
      store,
      async () => textOf(await store.run('mail:reclaim', mailer, args)),
      () => this.#lastCounted,
    );
  }

  get #lastCounted(): number {
    const looked = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    return Math.max(looked, this.#backlog.last);
  }

  async #end(store: RedisStore, held: HeldClaim, ending: Ending, sent?: () => void): Promise<void> {
    const { mailer, jobId } = held;
    const { state } = ending;
    const attempt = 'attempt' in ending && ending.attempt ? JSON.stringify(ending.attempt) : '';
    const label = state === 'sent' ? held.label : '';
    const now = this.#now().getTime();
    const script = [jobId, this.#token, state, dueAfter(ending, held), now, attempt, label] as const;
    const move = movement(ending, held, this.#token);
    await store.runWith(move, 'mail:settle', mailer, script, sent);
  }

  #hold({ held, claim }: Claimed): Claim | undefined {
    if (typeof claim === 'string') return undefined;
    this.#held.set(claim.id, held);
    return claim;
  }

  /** If it cannot be read. */
  async #setAside(store: RedisStore, { held, claim: reason }: Claimed): Promise<void> {
    if (typeof reason !== 'string') return;
    await this.#end(store, held, { state: 'corrupt' });
    const id = mailIdOf(held.mailer, held.jobId);
    const message = `The queued mail ${id} cannot be read and was set aside: ${reason}. The others go on; find out what changed it in Redis.`;
    this.#options.raise({ kind: 'corrupt', message, mailers: [held.mailer], id });
  }

  /** Does something with every mail that matches in one of the states; resolves with how often it had an effect. */
  #each(
    which: Which,
    states: readonly QueueState[],
    work: (store: RedisStore, mail: StoredEntry) => Promise<unknown>,
  ): Promise<number> {
    return this.#session.call(async (store) => {
      let count = 0;
      for (const state of states) {
        if (which.state !== undefined && which.state !== state) continue;
        // All are found before any is changed: that would move the rest.
        const found = await search(store, { ...which, state });
        for (const mail of found) count += numberOf(await work(store, mail));
      }
      return count;
    });
  }

  #now(): Date {
    return this.#options.now();
  }
}
