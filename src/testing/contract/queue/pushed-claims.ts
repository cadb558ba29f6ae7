import { setTimeout as pause } from 'node:timers/promises';
import type { Claim, ClaimRequest, PushQueue, Settlement } from '../../../queue/mail-queue.js';

/** The time of a queue that hands mails out, which goes by its own clock and ends leases by itself. */
export interface QueueClock {
  /** Sets the time of the queue and its store. */
  set(now: Date): void;
  /** Ends the leases of mails, as their time would. */
  lapse(mailer: string, ids: readonly string[]): Promise<void>;
}

interface Lease {
  readonly mailer: string;
  readonly until: Date;
}

interface HeldClaim {
  readonly lease: Lease;
  readonly end: (settlement: Settlement) => void;
  readonly ended: Promise<void>;
}

/** What all queues on one store have in common. */
export class HandedOut {
  readonly leases = new Map<string, Lease>();
  /** Mails that nobody wanted any more, on their way back. */
  readonly returning = new Set<string>();
  /** How many of them there ever were. */
  returned = 0;
}

/** Milliseconds between two looks whether all mails have come. */
const LOOK_MS = 2;
const MANY = 10_000;

/** A claim of the mails of one mailer. */
export type OneMailerClaim = ClaimRequest & { readonly mailer: string };

/** Takes mails from a queue that hands them out, as if it were asked for them: so many at a time, each at its time. */
export class PushedClaims {
  readonly #queue: PushQueue;
  readonly #clock: QueueClock | undefined;
  readonly #handedOut: HandedOut;
  readonly #held = new Map<string, HeldClaim>();

  /** @param clock not needed if all claims are made now */
  constructor(queue: PushQueue, handedOut: HandedOut, clock?: QueueClock) {
    this.#queue = queue;
    this.#handedOut = handedOut;
    this.#clock = clock;
  }

  async claim({ mailer, limit, now, leasedUntil }: OneMailerClaim): Promise<readonly Claim[]> {
    await this.#setTime(mailer, now);
    // A consumer that has all it may have fetches no further mail while it stops.
    const wanted = Math.max(1, Math.min(limit, await this.#countDue(mailer, now)));
    const { leases, returning } = this.#handedOut;
    const claims: Claim[] = [];
    const settled = new Map<string, () => void>();
    let isOver = false;
    const deliver = (claim: Claim): Promise<Settlement> => {
      if (isOver) return this.#giveBack(claim);
      claims.push(claim);
      const lease = { mailer, until: leasedUntil };
      leases.set(claim.id, lease);
      return this.#hold(claim, lease, settled);
    };
    const done = ({ id }: Claim): void => {
      if (!returning.delete(id)) settled.get(id)?.();
    };
    const options = { concurrency: wanted, onSettled: done, onUnsettled: done, onStore: () => undefined };
    const consumer = this.#queue.consume(mailer, deliver, options);
    while (claims.length < wanted && !(await this.#haveCome(mailer, now))) await pause(LOOK_MS);
    isOver = true;
    const stopped = consumer.stop();
    if (claims.length === 0) await stopped;
    return claims;
  }

  /** A consumer that stops may be handed one more mail. */
  #giveBack({ id }: Claim): Promise<Settlement> {
    this.#handedOut.returning.add(id);
    this.#handedOut.returned += 1;
    return Promise.resolve({ state: 'released' });
  }

  #hold({ id }: Claim, lease: Lease, settled: Map<string, () => void>): Promise<Settlement> {
    return new Promise((end) => {
      const ended = new Promise<void>((resolve) => settled.set(id, resolve));
      this.#held.set(id, { lease, end, ended });
    });
  }

  async #countDue(mailer: string, now: Date): Promise<number> {
    const waiting = await this.#queue.list({ state: 'waiting', mailer }, MANY);
    return waiting.filter(({ dueAt }) => dueAt <= now).length;
  }

  /** Whether none is due, and none that was handed out is on its way. */
  async #haveCome(mailer: string, now: Date): Promise<boolean> {
    const { leases, returning, returned } = this.#handedOut;
    const due = await this.#queue.nextDueAt(mailer);
    if (due && due.getTime() <= Math.max(now.getTime(), Date.now())) return false;
    const sending = await this.#sending();
    const isSettled = returning.size === 0 && this.#handedOut.returned === returned;
    return isSettled && sending.every((id) => leases.has(id));
  }

  async #sending(): Promise<readonly string[]> {
    return (await this.#queue.list({ state: 'sending' }, MANY)).map(({ id }) => id);
  }

  async #setTime(mailer: string, now: Date): Promise<void> {
    this.#clock?.set(now);
    const { leases } = this.#handedOut;
    const over = [...leases].filter(([, lease]) => lease.mailer === mailer && lease.until <= now);
    const ids = over.map(([id]) => id);
    if (ids.length > 0) await this.#clock?.lapse(mailer, ids);
    // Also those that a test has let lapse itself.
    const sending = new Set(await this.#sending());
    for (const id of leases.keys()) if (!sending.has(id)) leases.delete(id);
  }

  async settle(id: string, settlement: Settlement): Promise<void> {
    const held = this.#held.get(id);
    held?.end(settlement);
    await held?.ended;
    const { leases } = this.#handedOut;
    // Another may have it by now.
    if (held && leases.get(id) === held.lease) leases.delete(id);
    if (held && this.#held.get(id) === held) this.#held.delete(id);
  }
}
