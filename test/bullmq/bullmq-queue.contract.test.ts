import { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import type { Claim, ClaimRequest } from '../../src/queue/mail-queue.js';
import { queueContract, type QueueUnderTest } from 'nest-mailroom/testing';
import { OPTIONS, redisOfSuite } from './redis-of-suite.js';

const DAY = 24 * 3_600_000;

const suite = redisOfSuite();

/**
 * BullMQ goes by the clock of the process and Redis ends leases by its own: claims of the suite that are made
 * at another time are made to happen then, by both.
 */
class PunctualQueue extends BullMqQueue {
  override async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    jest.spyOn(Date, 'now').mockReturnValue(request.now.getTime());
    await moveLeases(request.now);
    return super.claim(request);
  }
}

/** Those that have not ended get some time more: the clock of Redis goes on meanwhile. */
async function moveLeases(now: Date): Promise<void> {
  for (const leases of await suite.redis.keys('*:leases')) {
    for (const id of await suite.redis.zrange(leases, '0', '-1')) {
      const until = await suite.redis.hget(`${leases.slice(0, -'leases'.length)}${id}`, 'until');
      const left = Number(until) - now.getTime();
      await suite.redis.zadd(leases, (await redisTime()) + left + (left > 0 ? 500 : 0), id);
    }
  }
}

async function redisTime(): Promise<number> {
  const [seconds, micros] = await suite.redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

let stores = 0;

async function harness(): Promise<QueueUnderTest> {
  const prefix = `store${(stores += 1)}`;
  const opened: BullMqQueue[] = [];
  const open = async (): Promise<BullMqQueue> => {
    const queue = new PunctualQueue({
      ...OPTIONS,
      place: () => ({ target: suite.server.url, prefix }),
      maxBacklog: 1_000_000,
      retention: 7 * DAY,
      failedRetention: 30 * DAY,
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
      await suite.redis.flushall();
    },
  };
}

for (const { title, run } of queueContract('bullmq', harness)) test(title, run);
