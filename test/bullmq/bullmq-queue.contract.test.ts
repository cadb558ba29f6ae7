import { BullMqQueue, type BullMqQueueOptions } from '../../src/bullmq/bullmq-queue.js';
import { queueContract, type QueueUnderTest } from 'nest-mailroom/testing';
import { lapse, OPTIONS, redisOfSuite } from './redis-of-suite.js';

const DAY = 24 * 3_600_000;

const suite = redisOfSuite();

let stores = 0;

async function harness(): Promise<QueueUnderTest> {
  const prefix = `store${(stores += 1)}`;
  const opened: BullMqQueue[] = [];
  const options: BullMqQueueOptions = {
    ...OPTIONS,
    place: () => ({ target: suite.server.url, prefix }),
    maxBacklog: 1_000_000,
    retention: 7 * DAY,
    failedRetention: 30 * DAY,
  };
  const open = async (): Promise<BullMqQueue> => {
    const queue = new BullMqQueue(options);
    opened.push(queue);
    await queue.open();
    return queue;
  };
  return {
    queue: await open(),
    another: open,
    // BullMQ goes by the clock of the process, and Redis ends locks by its own.
    clock: {
      set: (now) => void jest.spyOn(Date, 'now').mockReturnValue(now.getTime()),
      lapse: (mailer, ids) => lapse(suite.redis, ids, { mailer, prefix }),
    },
    remove: async () => {
      await Promise.all(opened.map((queue) => queue.close()));
      await suite.redis.flushall();
    },
  };
}

for (const { title, run } of queueContract('bullmq', harness)) test(title, run);
