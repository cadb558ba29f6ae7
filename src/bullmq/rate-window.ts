import type { Redis } from 'ioredis';
import type { RateLimit } from '../deliver/limits/rate-limiter.js';

/** How many mails may be begun now, and until when (by `performance.now`) one that is given back counts for others. */
export interface Grant {
  readonly count: number;
  readonly until: number;
}

/** A rate limit that all processes keep together: a counter in Redis, which begins with the first mail and ends with the time. */
export class RateWindow {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #limit: RateLimit;

  constructor(redis: Redis, key: string, limit: RateLimit) {
    this.#redis = redis;
    this.#key = key;
    this.#limit = limit;
  }

  async take(wanted: number): Promise<Grant> {
    const { max, per } = this.#limit;
    const [, used, left] = await this.#change(per, wanted);
    const until = performance.now() + (left ?? 0);
    const count = Math.max(0, Math.min(wanted, max - ((used ?? 0) - wanted)));
    await this.giveBack(wanted - count, until);
    return { count, until };
  }

  /** Nothing once the time is over. */
  async giveBack(count: number, until: number): Promise<void> {
    if (count > 0 && performance.now() < until) await this.#change(1, -count);
  }

  /** When the next mail may begin, if none may now. */
  async endsAt(now: Date): Promise<Date | undefined> {
    const [used, left] = await Promise.all([this.#redis.get(this.#key), this.#redis.pttl(this.#key)]);
    return Number(used) >= this.#limit.max && left > 0 ? new Date(now.getTime() + left) : undefined;
  }

  /** All or nothing: a counter without an end would hold mails up for ever. */
  async #change(per: number, count: number): Promise<readonly number[]> {
    const replies = await this.#redis
      .multi()
      .set(this.#key, 0, 'PX', per, 'NX')
      .incrby(this.#key, count)
      .pttl(this.#key)
      .exec();
    return (replies ?? []).map(([error, value]) => {
      if (error) throw error;
      return Number(value);
    });
  }
}
