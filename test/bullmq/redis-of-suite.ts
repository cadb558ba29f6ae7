import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { getMailQueueName } from 'nest-mailroom/bullmq';
import { BullMqQueue, type BullMqQueueOptions } from '../../src/bullmq/bullmq-queue.js';
import { afterCleanup, cleanup } from '../support/application.js';
import { RedisServer } from '../support/redis-server.js';

/** A Redis of a suite's own, which is empty before each test. */
export interface RedisOfSuite {
  readonly server: RedisServer;
  /** A connection to it. */
  readonly redis: Redis;
  /** A queue in it until the test is over; what it reports fails the test, unless `options` say otherwise. */
  open(options?: Partial<BullMqQueueOptions>): Promise<BullMqQueue>;
}

/** Where jobs are. */
export interface JobsOf {
  readonly mailer?: string;
  readonly prefix?: string;
}

/** The locks of jobs run out, as they would with time, and BullMQ notices. */
export async function lapse(
  redis: Redis,
  ids: readonly string[],
  { mailer = 'default', prefix = 'test' }: JobsOf = {},
): Promise<void> {
  if (ids.length === 0) return;
  const key = `${prefix}:${getMailQueueName(mailer)}`;
  const left = new Set(ids.map((id) => id.slice(id.lastIndexOf('.') + 1)));
  await redis.del(`${key}:stalled-check`, ...[...left].map((id) => `${key}:${id}:lock`));
  const worker = new Worker(getMailQueueName(mailer), null, {
    connection: redis.duplicate({ maxRetriesPerRequest: null }),
    prefix,
    stalledInterval: 1,
    maxStalledCount: 1_000,
  });
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('stalled', (id) => {
      left.delete(id);
      if (left.size === 0) resolve();
    });
    void worker.startStalledCheckTimer();
  });
  await worker.close(true);
}

/** Call it at the top of a suite. */
export function redisOfSuite(): RedisOfSuite {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    await redis.quit();
    await server.close();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await cleanup();
    await redis.flushall();
  });
  return {
    get server() {
      return server;
    },
    get redis() {
      return redis;
    },
    async open(options = {}) {
      const queue = new BullMqQueue({
        ...OPTIONS,
        place: () => ({ target: server.url, prefix: 'test' }),
        ...options,
      });
      afterCleanup(() => queue.close());
      await queue.open();
      return queue;
    },
  };
}

export const OPTIONS: Omit<BullMqQueueOptions, 'place'> = {
  maxBacklog: 1000,
  retention: 1000,
  failedRetention: 5000,
  // As BullMQ asks for it: a test may have set it.
  now: () => new Date(Date.now()),
  mailers: ['default'],
  report: (what) => expect(what).toBe('nothing'),
  raise: ({ message }) => expect(message).toBe('nothing'),
};
