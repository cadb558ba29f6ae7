import { setTimeout as pause } from 'node:timers/promises';

/** At most `max` in any span of `per` milliseconds. */
export interface RateLimit {
  /** From 1 to 100 000. */
  readonly max: number;
  /** Milliseconds. */
  readonly per: number;
}

/**
 * Keeps to a rate limit exactly: the next turn comes when the one `max` turns before it is `per` past.
 * Turns may be reserved ahead, and come in the order they were asked for.
 */
export class Pace {
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
  admits(wanted: number): number {
    let count = 0;
    while (count < Math.min(wanted, this.limit.max) && this.#opensIn(count) === 0) count += 1;
    return count;
  }

  /** Milliseconds until the next turn. */
  opensIn(): number {
    return this.#opensIn(0);
  }

  /** Takes a turn if there is one now. */
  take(): boolean {
    return this.reserve(0) !== undefined;
  }

  /**
   * Takes the next turn, be it later.
   * @param withinMs not when it is later than that
   * @returns milliseconds until then, undefined when none was taken
   */
  reserve(withinMs: number): number | undefined {
    const wait = this.opensIn();
    if (wait > withinMs) return undefined;
    this.#turns[this.#oldest] = this.#monotonic() + wait;
    this.#oldest = (this.#oldest + 1) % this.limit.max;
    return wait;
  }

  /**
   * Waits for a turn.
   * @param withinMs at most so long: else no turn is taken, and the answer is false at once
   * @throws the signal's reason
   */
  async turn(withinMs: number, signal: AbortSignal): Promise<boolean> {
    const wait = this.reserve(withinMs);
    if (wait === undefined) return false;
    // The signal's own reason says more than the timer's.
    if (wait > 0) await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    return true;
  }

  /** @param ahead how many turns are taken before that one */
  #opensIn(ahead: number): number {
    const before = this.#turns[(this.#oldest + ahead) % this.limit.max] ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, before + this.limit.per - this.#monotonic());
  }
}
