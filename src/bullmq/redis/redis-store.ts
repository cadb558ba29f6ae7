import { Queue } from 'bullmq';
import type { RateLimit } from '../../deliver/limits/rate-limiter.js';
import type { Argument, BullMqCall } from '../scripts/joined-script.js';
import { getMailQueueName } from '../record/mail-queue-name.js';
import { textsOf } from './reply.js';
import { RedisLink, type RedisTarget } from './redis-link.js';
import { SCRIPTS, type ScriptName } from '../scripts/scripts.js';

/** Milliseconds until a lease takes the place of the lock that BullMQ hands a job out under. */
const LOCK_MS = 10_000;

type Pipeline = ReturnType<RedisLink['client']['pipeline']>;

/** Puts one command of BullMQ into a pipeline; it is taken from there, to run in a script of ours. */
export type BullMqCommand = (queue: Queue, pipeline: Pipeline) => void;

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

  /** Milliseconds of the time for which mails are counted; no end where there is no limit. */
  periodOf(mailer: string): number {
    return this.#rateLimits.get(mailer)?.per ?? Number.MAX_SAFE_INTEGER;
  }

  /** Mails that may be handed out in a time; 0 for any number. */
  mostOf(mailer: string): number {
    return this.#rateLimits.get(mailer)?.max ?? 0;
  }

  run(script: ScriptName, mailer: string, args: readonly Argument[]): Promise<unknown> {
    return this.link.run(script, this.#keys(script, mailer), args);
  }

  /**
   * Runs a script in which a command of BullMQ is called.
   * @param sent is called when it is on its way
   */
  async runWith(
    command: BullMqCommand,
    script: ScriptName,
    mailer: string,
    args: readonly Argument[],
    sent?: () => void,
  ): Promise<unknown> {
    const call = this.#caught(await this.queueOf(mailer), command);
    const reply = this.link.runJoined(script, this.#keys(script, mailer), args, call);
    sent?.();
    return reply;
  }

  /** What BullMQ would send. */
  #caught(queue: Queue, command: BullMqCommand): BullMqCall {
    const pipeline = this.link.client.pipeline();
    const calls: BullMqCall[] = [];
    pipeline.runCommand = (name: string, args: Argument[]) => {
      calls.push({ name, args });
      return pipeline;
    };
    command(queue, pipeline);
    const [call] = calls;
    if (!call) throw new Error('BullMQ has not said what it would send');
    return call;
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

  /** Undefined when it is gone. */
  async attachment(digest: string): Promise<Buffer | undefined> {
    return (await this.link.redis.getBuffer(`${this.#filesKey}${digest}`)) ?? undefined;
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
