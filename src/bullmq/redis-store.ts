import { Queue, type RedisQueueBackend } from 'bullmq';
import type { RateLimit } from '../deliver/pace.js';
import { getMailQueueName } from './mail-queue-name.js';
import { textsOf } from './reply.js';
import { RedisLink, type RedisTarget } from './redis-link.js';
import { SCRIPTS, type ScriptName } from './scripts.js';

type Argument = string | number | Buffer;

/** Milliseconds until a lease takes the place of the lock that BullMQ hands a job out under. */
const LOCK_MS = 10_000;

type Transaction = ReturnType<RedisLink['client']['multi']>;

/** A command of BullMQ, to run in one transaction with ours. */
export type BullMqCommand = (backend: RedisQueueBackend, transaction: Transaction) => void;

/** A BullMQ queue for each mailer over one connection, and what is kept beside them. */
export class RedisStore {
  readonly link: RedisLink;
  readonly #prefix: string;
  readonly #rateLimits: ReadonlyMap<string, RateLimit>;
  readonly #queues = new Map<string, Promise<Queue>>();

  constructor(target: RedisTarget, prefix: string, rateLimits: ReadonlyMap<string, RateLimit>) {
    this.link = new RedisLink(target);
    this.#prefix = prefix;
    this.#rateLimits = rateLimits;
  }

  /** @throws {Error} when Redis is gone while the queue is set up; the next call tries again */
  queueOf(mailer: string): Promise<Queue> {
    const known = this.#queues.get(mailer);
    if (known) return known;
    const queue = this.#newQueue(mailer).catch((error: unknown) => {
      this.#queues.delete(mailer);
      throw error;
    });
    this.#queues.set(mailer, queue);
    return queue;
  }

  async #newQueue(mailer: string): Promise<Queue> {
    const limit = this.#rateLimits.get(mailer);
    // These are not in the type of a queue's options, but where BullMQ looks when it hands a job out.
    const handingOut = {
      lockDuration: LOCK_MS,
      ...(limit && { limiter: { max: limit.max, duration: limit.per } }),
    };
    const options = { connection: this.link.client, prefix: this.#prefix, ...handingOut };
    const queue = new Queue(getMailQueueName(mailer), options);
    // Whoever asks for something hears of it.
    queue.on('error', () => undefined);
    await queue.waitUntilReady();
    return queue;
  }

  /** Mails that may be handed out in a time; 0 for any number. */
  mostOf(mailer: string): number {
    return this.#rateLimits.get(mailer)?.max ?? 0;
  }

  async run(script: ScriptName, mailer: string, args: readonly Argument[]): Promise<unknown> {
    const reply: unknown = await this.link.client.runCommand(script, [
      ...this.#keys(script, mailer),
      ...args,
    ]);
    return reply;
  }

  /** Adds a job and files it, as one. With what the script answers. */
  add(mailer: string, script: readonly Argument[], command: BullMqCommand): Promise<unknown> {
    return this.#transact(mailer, (transaction, backend) => {
      command(backend, transaction);
      transaction.runCommand('mail:add', [...this.#keys('mail:add', mailer), ...script]);
    });
  }

  /** Writes down how a claim ends and moves its job, as one. */
  async settle(mailer: string, script: readonly Argument[], command: BullMqCommand): Promise<void> {
    await this.#transact(mailer, (transaction, backend) => {
      // First: BullMQ takes the lock away by which it is known who holds the claim.
      transaction.runCommand('mail:settle', [...this.#keys('mail:settle', mailer), ...script]);
      command(backend, transaction);
    });
  }

  /** With the last answer. */
  async #transact(
    mailer: string,
    fill: (transaction: Transaction, backend: RedisQueueBackend) => void,
  ): Promise<unknown> {
    const backend = (await this.queueOf(mailer)).getBackend();
    const transaction = this.link.client.multi();
    fill(transaction, backend);
    const replies = await transaction.exec();
    const failed = replies?.find(([error]) => error !== null)?.[0];
    if (failed) throw failed;
    const last: unknown = replies?.at(-1)?.[1];
    return last;
  }

  /** All that ever had a mail here. */
  async mailers(): Promise<readonly string[]> {
    return textsOf(await this.link.redis.smembers(this.#mailersKey));
  }

  /** Ids of a list or a sorted set of the queue, the last ones first. */
  async page(mailer: string, set: string, from: number, count: number): Promise<readonly string[]> {
    const key = `${this.#queueKey(mailer)}${set}`;
    return set === 'active'
      ? this.link.redis.lrange(key, from, from + count - 1)
      : this.link.redis.zrevrange(key, from, from + count - 1);
  }

  /** @throws {Error} when it is gone */
  async attachment(digest: string): Promise<Buffer> {
    const bytes = await this.link.redis.getBuffer(`${this.#filesKey}${digest}`);
    if (!bytes) throw new Error('an attachment of it is missing');
    return bytes;
  }

  /** The mark of the store: another one when everything in it was lost. */
  async mark(fresh: string): Promise<string> {
    await this.link.redis.set(this.#markKey, fresh, 'NX');
    return (await this.link.redis.get(this.#markKey)) ?? fresh;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map(async (queue) => (await queue).close()));
    this.link.close();
  }

  #keys(script: ScriptName, mailer: string): readonly string[] {
    const others = script === 'mail:add' ? [this.#mailersKey, `${this.#prefix}:mail-count`] : [this.#markKey];
    const keys = [this.#queueKey(mailer), this.#filesKey, ...others];
    return keys.slice(0, SCRIPTS[script].numberOfKeys);
  }

  #queueKey(mailer: string): string {
    return `${this.#prefix}:${getMailQueueName(mailer)}:`;
  }

  get #markKey(): string {
    return `${this.#prefix}:mail-store`;
  }

  get #filesKey(): string {
    return `${this.#prefix}:mail-files:`;
  }

  get #mailersKey(): string {
    return `${this.#prefix}:mail-mailers`;
  }
}
