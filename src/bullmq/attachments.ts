import type { Redis } from 'ioredis';
import type { RedisKeys } from './redis/redis-keys.js';

/** The last mail that needs it takes it along. */
const RELEASE = `
redis.call('ZREM', KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 1 then return end
redis.call('DEL', KEYS[2])
redis.call('SREM', KEYS[3], ARGV[2])
`;

/** Large attachments, each stored once for all mails that have it. A mail's `needer` names it among all that ever were. */
export class Attachments {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Before the mail is queued: it never lacks one. Who needs a file is written first, so that nobody removes it meanwhile. */
  async keep(files: ReadonlyMap<string, Buffer>, needer: string, now: Date): Promise<void> {
    const written = [...files].flatMap(([digest, content]) => [
      this.#redis.zadd(this.#keys.needers(digest), now.getTime(), needer),
      this.#redis.sadd(this.#keys.files, digest),
      this.#redis.set(this.#keys.file(digest), content, 'NX'),
    ]);
    await Promise.all(written);
  }

  /** Undefined when it is gone. */
  async read(digest: string): Promise<Buffer | undefined> {
    return (await this.#redis.getBuffer(this.#keys.file(digest))) ?? undefined;
  }

  async release(digests: Iterable<string>, needer: string): Promise<void> {
    await Promise.all([...digests].map((digest) => this.#release(digest, needer)));
  }

  async #release(digest: string, needer: string): Promise<void> {
    const keys = [this.#keys.needers(digest), this.#keys.file(digest), this.#keys.files];
    await this.#redis.eval(RELEASE, keys.length, ...keys, needer, digest);
  }

  /** Takes them from mails that do not need them any more. */
  async prune(isNeeded: (needer: string, queuedAt: number) => Promise<boolean>): Promise<void> {
    for (const digest of await this.#redis.smembers(this.#keys.files)) {
      const found = await this.#redis.zrange(this.#keys.needers(digest), '0', '-1', 'WITHSCORES');
      for (let from = 0; from < found.length; from += AT_ONCE * 2) {
        const some = found.slice(from, from + AT_ONCE * 2);
        const checks = some.map(async (needer, index) => {
          // Each name is followed by its time.
          if (index % 2 === 1 || (await isNeeded(needer, Number(some[index + 1])))) return;
          await this.#release(digest, needer);
        });
        await Promise.all(checks);
      }
      // A file that was written for a mail that never came has nobody.
      if (found.length === 0) await this.#release(digest, '');
    }
  }
}

const AT_ONCE = 200;
