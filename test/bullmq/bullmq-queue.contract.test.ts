import { BullMqQueue, type BullMqQueueOptions } from '../../src/bullmq/bullmq-queue.js';
import type { Claim, ClaimRequest, Settlement } from '../../src/queue/mail-queue.js';
import { queueContract, type QueueUnderTest } from 'nest-mailroom/testing';
import { lapse, OPTIONS, redisOfSuite } from './redis-of-suite.js';

const DAY = 24 * 3_600_000;

const suite = redisOfSuite();

/** When the leases of a store end, as they were asked for. */
type Leases = Map<string, { readonly mailer: string; until: number }>;

/**
 * BullMQ goes by the clock of the process and Redis ends locks by its own: claims of the suite that are made
 * at another time are made to happen then, by both.
 */
class PunctualQueue extends BullMqQueue {
  constructor(
    options: BullMqQueueOptions,
    private readonly prefix: string,
    private readonly leases: Leases,
  ) {
    super(options);
  }

  override async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const { mailer, now, leasedUntil } = request;
    jest.spyOn(Date, 'now').mockReturnValue(now.getTime());
    const over = [...this.leases].filter(
      ([, lease]) => lease.mailer === mailer && lease.until <= now.getTime(),
    );
    const ids = over.map(([id]) => id);
    await lapse(suite.redis, ids, { mailer, prefix: this.prefix });
    for (const id of ids) this.leases.delete(id);
    const claims = await super.claim(request);
    for (const { id } of claims) this.leases.set(id, { mailer, until: leasedUntil.getTime() });
    return claims;
  }

  override async extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]> {
    const extended = await super.extend(ids, leasedUntil);
    for (const id of extended) {
      const lease = this.leases.get(id);
      if (lease) lease.until = leasedUntil.getTime();
    }
    return extended;
  }

  override async settle(id: string, settlement: Settlement): Promise<void> {
    await super.settle(id, settlement);
    if ((await this.get(id))?.state !== 'sending') this.leases.delete(id);
  }
}

let stores = 0;

async function harness(): Promise<QueueUnderTest> {
  const prefix = `store${(stores += 1)}`;
  const opened: BullMqQueue[] = [];
  const leases: Leases = new Map();
  const options: BullMqQueueOptions = {
    ...OPTIONS,
    place: () => ({ target: suite.server.url, prefix }),
    maxBacklog: 1_000_000,
    retention: 7 * DAY,
    failedRetention: 30 * DAY,
  };
  const open = async (): Promise<BullMqQueue> => {
    const queue = new PunctualQueue(options, prefix, leases);
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
