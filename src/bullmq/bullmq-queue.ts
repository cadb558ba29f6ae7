import { randomUUID } from 'node:crypto';
import type {
  Claim,
  ClaimRequest,
  MailQueue,
  MailSelection,
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
import { Claims } from './claims.js';
import { countBacklog, statsOf } from './counts.js';
import type { Lane } from './lane.js';
import { dropBody, neederOf, prune, type Retention } from './prune.js';
import type { Note } from './record/mail-job.js';
import { RedisSession, type RedisSessionOptions } from './redis/redis-session.js';
import { isIndexed, type RedisStore } from './redis/redis-store.js';
import { eachMail, entryWith, type FoundMail, listMails } from './search.js';
import { endClaim, type HeldClaim, unlessGone } from './settlement.js';

export interface BullMqQueueOptions extends RedisSessionOptions, Retention {
  /** Mails that may wait. */
  readonly maxBacklog: number;
  readonly now: () => Date;
}

/** Milliseconds until it is asked again for mails that BullMQ holds back for a reason it does not tell. */
const HELD_BACK_MS = 500;

/**
 * Queued mails in Redis, a BullMQ queue for each mailer: mails are its jobs, claims its locks, attempts its stack traces.
 * Only BullMQ moves a job, and what has to happen with the move travels in it. What BullMQ has no place for stands
 * beside its keys: it is written before it is needed, and `prune` puts it right when a process dies in between.
 */
export class BullMqQueue implements MailQueue {
  readonly name = 'bullmq';
  readonly #options: BullMqQueueOptions;
  readonly #session: RedisSession;
  readonly #backlog: Backlog;
  /** Of this process: what it claims is locked with it. */
  readonly #token = randomUUID();
  readonly #held = new Map<string, HeldClaim>();
  /** Settlements that are asked for and not known to be carried out. */
  readonly #moving = new Set<Promise<unknown>>();
  /** Of each mailer, how many waited when it was last looked at. */
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
      await this.#backlog.admit(() => countBacklog(store));
      return addMail(store, mail, this.#now());
    });
  }

  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const settled = Promise.allSettled(this.#moving);
    return this.#session.call(async (store) => {
      await settled;
      const lane = await store.lane(request.mailer);
      const claims = await this.#claimsOf(store).take(lane, request);
      if (claims.length === 0) await this.#session.noticeLoss(store, () => this.#lastCounted);
      return claims;
    });
  }

  #claimsOf(store: RedisStore): Claims {
    return new Claims({
      store,
      token: this.#token,
      held: this.#held,
      onCorrupt: (mailer, id, reason) => {
        const message = `The queued mail ${id} cannot be read and was set aside: ${reason}. The others go on; find out what changed it in Redis.`;
        this.#options.raise({ kind: 'corrupt', message, mailers: [mailer], id });
      },
    });
  }

  extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]> {
    const lease = Math.max(1, Math.trunc(leasedUntil.getTime() - this.#now().getTime()));
    return this.#session.call(async () => {
      const extended = ids.map(async (id) => {
        const held = this.#held.get(id);
        if (!held || (await held.mail.job.extendLock(this.#token, lease)) === 0) return [];
        held.leasedUntil = leasedUntil.getTime();
        return [id];
      });
      return (await Promise.all(extended)).flat();
    });
  }

  async settle(id: string, settlement: Settlement): Promise<void> {
    const held = this.#held.get(id);
    // At once, so that a claim that is asked for next waits for it.
    const move = this.#session.call(async (store) => held && this.#move(store, held, settlement));
    this.#moving.add(move);
    const isMoved = await move.finally(() => this.#moving.delete(move));
    if (!held) return;
    if (this.#held.get(id) === held) this.#held.delete(id);
    // It is settled, whatever becomes of what is left to do: `prune` finds that.
    const tidied = isMoved && this.#session.call((store) => this.#tidyUp(store, held, settlement));
    await Promise.allSettled([tidied]);
  }

  async #move(store: RedisStore, held: HeldClaim, settlement: Settlement): Promise<boolean> {
    const { state } = settlement;
    const { mailer, jobId, mail } = held.mail;
    // What is held as ambiguous and not in its index would be removed as dead one day.
    if (isIndexed(state)) await store.ids(mailer, state).add(jobId, mail.order);
    // Over one connection, and so before the move: nobody has to wait for the answer.
    const [, moved] = await Promise.allSettled([
      state === 'sent' && store.ids(mailer, 'bodies').add(jobId, mail.order),
      endClaim(held, settlement, this.#token),
    ]);
    if (moved.status === 'rejected') throw moved.reason;
    return moved.value;
  }

  async #tidyUp(store: RedisStore, { mail, rateUntil }: HeldClaim, { state }: Settlement): Promise<void> {
    const { mailer, jobId } = mail;
    if (state === 'sent') await dropBody(store, mail);
    if (state === 'released' && rateUntil) await store.rateOf(mailer)?.giveBack(1, rateUntil);
    // It was given up before, and a dashboard ran it again.
    const before = mail.log.findLast((entry) => entry.state !== 'waiting')?.state;
    if (before && isIndexed(before) && before !== state) await store.ids(mailer, before).remove([jobId]);
  }

  nextDueAt(mailer: string): Promise<Date | undefined> {
    return this.#session.call(async (store) => {
      const lane = await store.lane(mailer);
      const backlog = await lane.backlog();
      this.#waiting.set(mailer, backlog);
      const times = backlog === 0 ? [] : await this.#timesOf(store, lane);
      return times.length > 0 ? new Date(Math.min(...times)) : undefined;
    });
  }

  /** When mails can be claimed: those in their lanes, the first that is delayed, and those this process has. */
  async #timesOf(store: RedisStore, lane: Lane): Promise<readonly number[]> {
    const now = this.#now();
    const [ready, delayed] = await Promise.all([
      lane.queue.getJobCountByTypes('waiting', 'prioritized'),
      lane.nextDelayed(now),
    ]);
    // BullMQ moves what is due into its lane when it is asked for the next job.
    const due = delayed && delayed <= now ? delayed : undefined;
    const held = [...this.#held.values()].filter(({ mail }) => mail.mailer === lane.mailer);
    return [
      ...(ready > 0 || due ? await this.#readyAt(store, lane, due ?? now) : []),
      ...(delayed && !due ? [delayed.getTime()] : []),
      ...held.map(({ leasedUntil }) => leasedUntil),
    ];
  }

  /** @param due when the first of them was due */
  async #readyAt(store: RedisStore, lane: Lane, due: Date): Promise<readonly number[]> {
    if (await lane.queue.isPaused()) return [];
    const now = this.#now();
    const allowed = await store.rateOf(lane.mailer)?.endsAt(now);
    const heldBack = lane.wasEmpty ? now.getTime() + HELD_BACK_MS : undefined;
    return [allowed?.getTime() ?? heldBack ?? due.getTime()];
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

  close(): Promise<void> {
    return this.#session.close();
  }

  get #lastCounted(): number {
    const looked = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    return Math.max(looked, this.#backlog.last);
  }

  #now(): Date {
    return this.#options.now();
  }
}
