import { untilAborted } from '../../errors/abort.js';
import { MailError } from '../../errors/mail-error.js';
import type { TurnsReply, TurnStore, WantedTurns } from '../../queue/turn-store.js';
import { hasCome, type Limiter, RateLimiter, type RateLimit } from './rate-limiter.js';

export interface SharedRateLimiterOptions {
  /** Processes that name a limit alike share it. */
  readonly name: string;
  readonly limit: RateLimit;
  readonly store: TurnStore;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  /** Called for each answer that the store owes, and with `undefined` for each that it gives. */
  readonly onStore: (fault: unknown) => void;
}

/** Turns that a mail of this process waits for. */
interface Wanted extends WantedTurns {
  readonly resolve: (wait: number | undefined) => void;
}

/** Milliseconds that a store may take to answer; mails wait for it. */
const ANSWER_MS = 2_000;
/** Milliseconds after which a store that was away is asked again. */
const AGAIN_MS = 1_000;
/** Longest wait there is, for turns that were taken already. */
const ANY_TIME = Number.MAX_SAFE_INTEGER;
/** Mails that are claimed at once for the turns that seem free, as a part of the limit: others may be faster. */
const BLOCK = 1 / 10;
/** Milliseconds by which mails are claimed before their turn, as the claim takes time; at most this part of a span. */
const LEAD_MS = 100;

/**
 * A rate limit that several processes keep together. A turn is taken for a mail that is there: those of mails that ask at the same
 * time are taken in one exchange with the store, and a process that dies costs the turns its mails waited for. What it knows
 * of free turns is what the last answer said.
 */
export class SharedRateLimiter implements Limiter {
  readonly limit: RateLimit;
  readonly #options: SharedRateLimiterOptions;
  /** Ask in the next exchange. */
  readonly #wanted: Wanted[] = [];
  #isAsking = false;
  /** When one turn is free, and when several are, by their number. */
  #nextAt = Number.NEGATIVE_INFINITY;
  readonly #freeAt = new Map<number, number>();
  /** Times of this process's turns in the last span and ahead, oldest first. */
  readonly #own: number[] = [];
  /** How many turns it took that the store does not know of. */
  #untold = 0;
  /** Undefined while the store answers. */
  #alone: { readonly limiter: RateLimiter | undefined } | undefined;
  #askAgainAt = 0;

  constructor(options: SharedRateLimiterOptions) {
    this.#options = options;
    this.limit = options.limit;
  }

  get isIdle(): boolean {
    this.#forgetOld();
    return this.#own.length === 0 && !this.#isAsking && this.#nextAt <= this.#options.monotonic();
  }

  get isClosed(): boolean {
    return this.#alone !== undefined && this.#alone.limiter === undefined;
  }

  available(wanted: number): number {
    const { max, per } = this.limit;
    if (this.#isAway()) return this.#alone?.limiter?.available(wanted) ?? 0;
    const lead = Math.min(LEAD_MS, per / 10);
    return this.#options.monotonic() < this.#nextAt - lead ? 0 : Math.min(wanted, Math.ceil(max * BLOCK));
  }

  msUntilNext(turns = 1): number {
    const now = this.#options.monotonic();
    if (!this.#isAway()) return Math.max(0, this.#nextAt - now, (this.#freeAt.get(turns) ?? 0) - now);
    // The store may be back before the turn.
    return Math.min(AGAIN_MS, this.#alone?.limiter?.msUntilNext(turns) ?? AGAIN_MS);
  }

  reserve(withinMs: number, turns = 1): Promise<number | undefined> {
    if (this.#isAway()) return Promise.resolve(this.#takeAlone({ withinMs, turns }));
    return new Promise((resolve) => {
      this.#wanted.push({ turns, withinMs, resolve });
      void this.#ask();
    });
  }

  async acquire(withinMs: number, signal: AbortSignal, turns = 1): Promise<boolean> {
    return hasCome(await this.reserve(withinMs, turns), signal);
  }

  /** One exchange at a time: mails that come meanwhile share the next one. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    // Mails that begin together ask together.
    await Promise.resolve();
    do await this.#exchange(this.#wanted.splice(0));
    while (this.#wanted.length > 0);
    this.#isAsking = false;
  }

  async #exchange(wanted: readonly Wanted[]): Promise<void> {
    const { name, store, onStore } = this.#options;
    const { max, per } = this.limit;
    const untold = this.#untold;
    const before = untold > 0 ? [{ turns: untold, withinMs: ANY_TIME }] : [];
    const asked = wanted.map(({ turns, withinMs }) => ({ turns, withinMs }));
    try {
      const reply = await inTime(store.take({ limit: name, max, per, wanted: [...before, ...asked] }));
      this.#untold -= untold;
      this.#alone = undefined;
      onStore(undefined);
      this.#learn(wanted, reply, reply.waits.slice(before.length));
    } catch (error) {
      onStore(error);
      this.#goAlone();
      for (const one of [...wanted, ...this.#wanted.splice(0)]) one.resolve(this.#takeAlone(one));
    }
  }

  #learn(wanted: readonly Wanted[], { next }: TurnsReply, waits: readonly number[]): void {
    const now = this.#options.monotonic();
    this.#nextAt = now + next;
    this.#forgetOld();
    for (const [index, { turns, withinMs, resolve }] of wanted.entries()) {
      const wait = waits[index] ?? ANY_TIME;
      const isTaken = wait <= withinMs;
      if (isTaken) this.#note(now + wait, turns);
      else if (turns > 1) this.#freeAt.set(turns, now + wait);
      resolve(isTaken ? wait : undefined);
    }
  }

  #note(at: number, turns: number): void {
    for (let taken = 0; taken < turns; taken += 1) this.#own.push(at);
  }

  #forgetOld(): void {
    const now = this.#options.monotonic();
    const kept = this.#own.findIndex((at) => at > now - this.limit.per);
    this.#own.splice(0, kept < 0 ? this.#own.length : kept);
    for (const [turns, at] of this.#freeAt) if (at <= now) this.#freeAt.delete(turns);
  }

  /** Has a store that is away asked again from time to time; no mail waits for that. */
  #isAway(): boolean {
    if (!this.#alone) return false;
    const now = this.#options.monotonic();
    if (now >= this.#askAgainAt && !this.#isAsking) {
      this.#askAgainAt = now + AGAIN_MS;
      void this.#ask();
    }
    return true;
  }

  #goAlone(): void {
    const { monotonic } = this.#options;
    if (this.#alone) return;
    this.#askAgainAt = monotonic() + AGAIN_MS;
    this.#forgetOld();
    const { per, max: whole, whenUnavailable = 'share' } = this.limit;
    const recent = this.#own.filter((at) => at <= monotonic()).length;
    const max = whenUnavailable === 'share' ? Math.max(1, Math.min(whole, recent)) : whole;
    const limiter =
      whenUnavailable === 'closed' ? undefined : new RateLimiter({ max, per }, monotonic, this.#own);
    this.#alone = { limiter };
  }

  #takeAlone({ withinMs, turns }: WantedTurns): number | undefined {
    const wait = this.#alone?.limiter?.reserve(withinMs, turns);
    if (wait === undefined) return undefined;
    this.#note(this.#options.monotonic() + wait, turns);
    this.#untold += turns;
    return wait;
  }
}

/** @throws {MailError} when the answer is late; turns that it then brings are lost */
function inTime(answer: Promise<TurnsReply>): Promise<TurnsReply> {
  const late = (): MailError =>
    new MailError('transport-unavailable', `It did not answer within ${ANSWER_MS} ms.`);
  return untilAborted(answer, AbortSignal.timeout(ANSWER_MS), late);
}
