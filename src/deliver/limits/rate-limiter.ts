import { setTimeout as pause } from 'node:timers/promises';

/** At most `max` in any span of `per` milliseconds. */
export interface RateLimit {
  /** From 1 to 100 000. */
  readonly max: number;
  /** Milliseconds. */
  readonly per: number;
}

/**
 * Keeps to a rate limit exactly, as a sliding window: the next turn comes `per` after the one `max` turns before it.
 * Turns may be reserved ahead, and come in the order they were asked for.
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

  /** How many of `wanted` turns there are now. */
  available(wanted: number): number {
    let count = 0;
    while (count < Math.min(wanted, this.limit.max) && this.#msUntil(count) === 0) count += 1;
    return count;
  }

  /**
   * Milliseconds until there are so many turns at once. More than a span has are never there at once: these open with
   * all of it, and keep those after them away for the longer.
   */
  msUntilNext(turns = 1): number {
    return this.#msUntil(Math.min(turns, this.limit.max) - 1);
  }

  /** Takes a turn if there is one now. */
  tryAcquire(): boolean {
    return this.reserve(0) !== undefined;
  }

  /**
   * Takes the next turn, or so many at once, be it later.
   * @param withinMs not when it is later than that
   * @returns milliseconds until then, undefined when none was taken
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
   * Waits for a turn, or for so many at once.
   * @param withinMs at most so long: else no turn is taken, and the answer is false at once
   * @throws the signal's reason
   */
  async acquire(withinMs: number, signal: AbortSignal, turns = 1): Promise<boolean> {
    const wait = this.reserve(withinMs, turns);
    if (wait === undefined) return false;
    // The signal's own reason says more than the timer's.
    if (wait > 0) await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    return true;
  }

  /** @param ahead how many turns are taken before that one */
  #msUntil(ahead: number): number {
    const before = this.#turns[(this.#oldest + ahead) % this.limit.max] ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, before + this.limit.per - this.#monotonic());
  }
}
