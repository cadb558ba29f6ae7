import { setTimeout as pause } from 'node:timers/promises';

/** At most `max` in any span of `per` milliseconds. */
export interface RateLimit {
  /** From 1 to 100 000. */
  readonly max: number;
  /** Milliseconds. */
  readonly per: number;
}

/**
 * Limits the rate exactly, by a sliding window: a turn comes `per` milliseconds after the turn `max` before it. Turns may be
 * reserved ahead, and come in the order of their requests.
 */
export class RateLimiter {
  readonly limit: RateLimit;
  readonly #monotonic: () => number;
  /** Times of the last `max` turns, as a ring: the next one overwrites the oldest. */
  readonly #turns: Float64Array;
  #oldest = 0;

  /** @param monotonic milliseconds that never go back */
  constructor(limit: RateLimit, monotonic: () => number) {
    this.limit = limit;
    this.#monotonic = monotonic;
    this.#turns = new Float64Array(limit.max).fill(Number.NEGATIVE_INFINITY);
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
    const wait = this.reserve(withinMs, turns);
    if (wait === undefined) return false;
    // The signal's own reason says more than the timer's.
    if (wait > 0) await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    return true;
  }

  /** @param ahead number of turns that are taken before that one */
  #msUntil(ahead: number): number {
    const before = this.#turns[(this.#oldest + ahead) % this.limit.max] ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, before + this.limit.per - this.#monotonic());
  }
}
