import { Redis } from 'ioredis';
import { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import type { Claim, ClaimRequest } from '../../src/queue/mail-queue.js';
import { queueContract, type QueueUnderTest } from 'nest-mailroom/testing';
import { RedisServer } from '../support/redis-server.js';

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
afterEach(() => {
  jest.restoreAllMocks();
});

/**
 * BullMQ goes by the clock of the process and Redis ends leases by its own: claims of the suite that are made
 * at another time are made to happen then.
 */
class PunctualQueue extends BullMqQueue {
  override async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    jest.spyOn(Date, 'now').mockReturnValue(request.now.getTime());
    await endLeases(request.now);
    return super.claim(request);
  }
}

async function endLeases(now: Date): Promise<void> {
  for (const leases of await redis.keys('*:leases')) {
    for (const id of await redis.zrange(leases, '0', '-1')) {
      const ends = await redis.hget(`${leases.slice(0, -'leases'.length)}${id}`, 'until');
      if (Number(ends) <= now.getTime()) await redis.zadd(leases, '0', id);
    }
  }
}

let stores = 0;

async function harness(): Promise<QueueUnderTest> {
  const prefix = `store${(stores += 1)}`;
  const opened: BullMqQueue[] = [];
  const open = async (): Promise<BullMqQueue> => {
    const queue = new PunctualQueue({
      place: () => ({ target: server.url, prefix }),
      maxBacklog: 1_000_000,
      retention: 7 * 24 * 3_600_000,
      now: () => new Date(Date.now()),
      mailers: ['default'],
      rateLimits: new Map(),
      report: (what) => expect(what).toBe('nothing'),
      raise: ({ message }) => expect(message).toBe('nothing'),
    });
    opened.push(queue);
    await queue.open();
    return queue;
  };
  return {
    queue: await open(),
    another: open,
    remove: async () => {
      await Promise.all(opened.map((queue) => queue.close()));
      await redis.flushall();
    },
  };
}

for (const { title, run } of queueContract('bullmq', harness)) test(title, run);
