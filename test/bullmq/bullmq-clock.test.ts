import { Redis } from 'ioredis';
import { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import type { Claim, MailQueue } from '../../src/queue/mail-queue.js';
import { dueMail } from '../queue/spool-mails.js';
import { afterCleanup, cleanup } from '../support/application.js';
import { RedisServer } from '../support/redis-server.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.now();
const LEASES = 'test:mail-default:leases';
const LIMITER = 'test:mail-default:limiter';

let server: RedisServer;
let redis: Redis;
let now: number;
beforeAll(async () => {
  server = await RedisServer.start();
  redis = new Redis(server.url);
});
afterAll(async () => {
  await redis.quit();
  await server.close();
});
beforeEach(() => {
  now = START;
  // BullMQ asks the process itself.
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await cleanup();
  await redis.flushall();
});

async function open(rateLimits = new Map<string, { max: number; per: number }>()): Promise<BullMqQueue> {
  const queue = new BullMqQueue({
    place: () => ({ target: server.url, prefix: 'test' }),
    maxBacklog: 1000,
    retention: 1000,
    failedRetention: 5000,
    now: () => new Date(now),
    mailers: ['default'],
    rateLimits,
    report: (what) => expect(what).toBe('nothing'),
    raise: ({ message }) => expect(message).toBe('nothing'),
  });
  afterCleanup(() => queue.close());
  await queue.open();
  return queue;
}

const attempt = { startedAt: new Date(START), durationMs: 1, accepted: [], rejected: [] };
const mailAt = (dueAt: number, isDated = false) =>
  dueMail({}, { dueAt: new Date(dueAt), isDated, expiresAt: new Date(START + 9 * DAY) });

function claim(queue: MailQueue): Promise<readonly Claim[]> {
  const leasedUntil = new Date(now + MINUTE);
  return queue.claim({ mailer: 'default', limit: 9, now: new Date(now), leasedUntil });
}

async function dueIn(queue: MailQueue): Promise<number> {
  return ((await queue.nextDueAt('default'))?.getTime() ?? Number.NaN) - now;
}

/** Redis' own clock cannot be set: what it reckoned with is set ahead instead. */
async function setRedisBack(ms: number): Promise<void> {
  for (const id of await redis.zrange(LEASES, '0', '-1')) await redis.zincrby(LEASES, ms, id);
  const left = await redis.pttl(LIMITER);
  if (left > 0) await redis.pexpire(LIMITER, left + ms);
}

describe('the clock of the process is set back by a day', () => {
  test('a mail that is due is not held up, nor one that is tried again at once', async () => {
    const queue = await open();
    const [first, second] = [await queue.add(mailAt(now)), await queue.add(mailAt(now))];
    expect(await claim(queue)).toHaveLength(2);
    await queue.settle(first.id, { state: 'released' });
    await queue.settle(second.id, { state: 'dead', attempt });
    await queue.retry({ id: second.id }, new Date(START + DAY));
    const third = await queue.add(mailAt(now));
    now -= DAY;
    const ids = (await claim(queue)).map(({ id }) => id);
    expect(ids.toSorted()).toEqual([first.id, second.id, third.id].toSorted());
  });

  test('a mail waits for its next attempt as long as it was to, and no longer', async () => {
    const queue = await open();
    const { id } = await queue.add(mailAt(now));
    await claim(queue);
    await queue.settle(id, { state: 'waiting', dueAt: new Date(now + 5 * MINUTE), attempt });
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue)).toBe(5 * MINUTE);
    now += 5 * MINUTE - 1;
    expect(await claim(queue)).toEqual([]);
    now += 1;
    expect(await claim(queue)).toHaveLength(1);
  });

  test('a mail with a delay waits as long as that is, and no longer', async () => {
    const queue = await open();
    await queue.add(mailAt(now + 5 * MINUTE));
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue)).toBe(5 * MINUTE);
    now += 5 * MINUTE;
    expect(await claim(queue)).toHaveLength(1);
  });

  test('a date that was given stays that date', async () => {
    const queue = await open();
    await queue.add(mailAt(START + DAY, true));
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await queue.nextDueAt('default')).toEqual(new Date(START + DAY));
  });

  test('a lease ends when it would have ended', async () => {
    const queue = await open();
    await queue.add(mailAt(now));
    await claim(queue);
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue)).toBeLessThanOrEqual(MINUTE);
    await setRedisBack(-MINUTE);
    expect(await claim(queue)).toMatchObject([{ crashes: 1 }]);
  });
});

test('the clock of Redis is set back by a day: leases and the rate limit end as they were to', async () => {
  const queue = await open(new Map([['default', { max: 1, per: MINUTE }]]));
  await queue.add(mailAt(now));
  await queue.add(mailAt(now));
  expect(await claim(queue)).toHaveLength(1);
  await setRedisBack(DAY);
  expect(await claim(queue)).toEqual([]);
  expect(await redis.pttl(LIMITER)).toBeLessThanOrEqual(MINUTE);
  await redis.set(LIMITER, Number.MAX_SAFE_INTEGER, 'PX', DAY);
  expect(await claim(queue)).toEqual([]);
  expect(await redis.pttl(LIMITER)).toBeGreaterThan(MINUTE);
  await redis.del(LIMITER);
  await setRedisBack(-MINUTE);
  expect(await claim(queue)).toMatchObject([{ crashes: 1 }]);
});
