import type { Redis } from 'ioredis';

/** Ids in Redis, in the order of a number that each has. */
export class IdSet {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, key: string) {
    this.#redis = redis;
    this.#key = key;
  }

  async add(id: string, order: number): Promise<void> {
    await this.#redis.zadd(this.#key, order, id);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#redis.zrem(this.#key, ...ids);
  }

  count(): Promise<number> {
    return this.#redis.zcard(this.#key);
  }

  /** Those with the highest numbers first. */
  ids(from = 0, to = -1): Promise<readonly string[]> {
    return this.#redis.zrevrange(this.#key, from, to);
  }

  idsUpTo(order: number): Promise<readonly string[]> {
    return this.#redis.zrangebyscore(this.#key, 0, order);
  }
}
