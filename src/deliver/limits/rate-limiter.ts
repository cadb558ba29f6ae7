import { setTimeout as pause } from 'node:timers/promises';

/** At most `max` in any span of `per` milliseconds. */
export interface RateLimit {
  /** From 1 to 100 000. */
  readonly max: number;
  /** Milliseconds. */
  readonly per: number;
  /** Whether a mail takes one turn, or one for each of its recipients. @default 'mails' */
  readonly count?: 'mails' | 'recipients' | undefined;
  /**
   * How a process goes on while the store that it shares the limit over, the spool or Redis, cannot be asked. `share`: as fast
   * as in its last span before that, so that all processes together stay within the limit; at least one turn a span. `open`:
   * as if the limit were its own. `closed`: nothing goes out.
   * @default 'share'
   */
  readonly whenUnavailable?: 'share' | 'open' | 'closed' | undefined;
}

/** Gives turns within a rate limit. */
export interface Limiter {
  readonly limit: RateLimit;
  /** True when no turn that was taken is of the last span. */
  readonly isIdle: boolean;
  /** True while no turns are given at all, however long one waits. */
  readonly isClosed: boolean;
  /** Returns how many of `wanted` turns are free now, as far as this process knows. */
  available(wanted: number): number;
  /** Returns the milliseconds until that many turns are free at once, as far as this process knows. */
  msUntilNext(turns?: number): number;
  /**
   * Takes the next turn, or several at once, even if they come later.
   * @param withinMs the longest wait: for a later turn, none is taken, and `msUntilNext` then tells when it comes
   * @returns milliseconds until the turn; undefined if none was taken
   */
  reserve(withinMs: number, turns?: number): number | undefined | Promise<number | undefined>;
  /**
   * Waits for a turn, or for several at once.
   * @param withinMs see `reserve`
   * @returns whether a turn was taken, at once if not
   * @throws the signal's reason
   */
  acquire(withinMs: number, signal: AbortSignal, turns?: number): Promise<boolean>;
}

/** Returns the turns that a mail with that many recipients takes. */
export function turnsOf({ count = 'mails' }: Pick<RateLimit, 'count'>, recipients: number): number {
  return count === 'recipients' ? Math.max(1, recipients) : 1;
}

/**
 * Limits the rate exactly, by a sliding window: a turn comes `per` milliseconds after the turn `max` before it. Turns may be
 * reserved ahead, and come in the order of their requests.
 */
export class RateLimiter implements Limiter {
  readonly limit: RateLimit;
  readonly isClosed = false;
  readonly #monotonic: () => number;
  /** Times of the last `max` turns, as a ring: the next one overwrites the oldest. */
  readonly #turns: Float64Array;
  #oldest = 0;

  /**
   * @param monotonic milliseconds that never go back
   * @param taken times of turns that were taken before, oldest first
   */
  constructor(limit: RateLimit, monotonic: () => number, taken: readonly number[] = []) {
    this.limit = limit;
    this.#monotonic = monotonic;
    this.#turns = new Float64Array(limit.max).fill(Number.NEGATIVE_INFINITY);
    const last = taken.slice(-limit.max);
    this.#turns.set(last, limit.max - last.length);
  }

  get isIdle(): boolean {
    return this.#msUntil(this.limit.max - 1) === 0;
  }

  /** Returns how many of `wanted` turns are free now. */
  available(wanted: number): number {
    let count = 0;
    while (count < Math.min(wanted, this.limit.max) && this.#msUntil(count) === 0) count += 1;
    return count;
  }

  /**
   * Returns the milliseconds until that many turns are free at once. More turns than a span has are never free at once: they
   * start with the whole span, and later turns wait longer.
   */
  msUntilNext(turns = 1): number {
    return this.#msUntil(Math.min(turns, this.limit.max) - 1);
  }

  /** Takes a turn if one is free now. */
  tryAcquire(): boolean {
    return this.reserve(0) !== undefined;
  }

  /**
   * Takes the next turn, or several at once, even if they come later.
   * @param withinMs the longest wait: for a later turn, none is taken
   * @returns milliseconds until the turn; undefined if none was taken
   */
  reserve(withinMs: number, turns = 1): number | undefined {
    const wait = this.msUntilNext(turns);
    if (wait > withinMs) return undefined;
    const at = this.#monotonic() + wait;
    for (let taken = 0; taken < turns; taken += 1) {
      const before = this.#turns[this.#oldest] ?? Number.NEGATIVE_INFINITY;
      this.#turns[this.#oldest] = Math.max(at, before + this.limit.per);
      this.#oldest = (this.#oldest + 1) % this.limit.max;
    }
    return wait;
  }

  /**
   * Waits for a turn, or for several at once.
   * @param withinMs the longest wait: for a later turn, none is taken
   * @returns whether a turn was taken, at once if not
   * @throws the signal's reason
   */
  async acquire(withinMs: number, signal: AbortSignal, turns = 1): Promise<boolean> {
    return hasCome(this.reserve(withinMs, turns), signal);
  }

  /** @param ahead number of turns that are taken before that one */
  #msUntil(ahead: number): number {
    const before = this.#turns[(this.#oldest + ahead) % this.limit.max] ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, before + this.limit.per - this.#monotonic());
  }
}

/**
 * Waits until a reserved turn has come.
 * @param wait milliseconds; undefined if none was reserved
 * @returns whether one was
 * @throws the signal's reason
 */
export async function hasCome(wait: number | undefined, signal: AbortSignal): Promise<boolean> {
  if (wait === undefined) return false;
  // The signal's own reason says more than the timer's.
  if (wait > 0) await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
  return true;
}
