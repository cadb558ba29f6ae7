import type { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import { RedisStore } from '../../src/bullmq/redis/redis-store.js';
import { claimDue, dueMail } from '../queue/spool-mails.js';
import { afterCleanup } from '../support/application.js';
import { redisOfSuite } from './redis-of-suite.js';

const LIMITER = 'test:mail-default:limiter';
const MEGABYTE = 1024 ** 2;

const suite = redisOfSuite();
const { open } = suite;

async function addAll(queue: BullMqQueue, count: number): Promise<readonly string[]> {
  const mails = Array.from({ length: count }, () => queue.add(dueMail()));
  return (await Promise.all(mails)).map(({ id }) => id);
}

const pdf = (bytes: number) => ({
  content: Buffer.alloc(bytes),
  contentType: 'application/pdf',
  disposition: 'attachment' as const,
  headers: {},
});

/** Redis carries a script out, and its answer is lost: once, the time after so many. */
function loseAnswer(script: string, after = 0): void {
  jest.restoreAllMocks();
  const { run } = RedisStore.prototype;
  let calls = 0;
  jest.spyOn(RedisStore.prototype, 'run').mockImplementation(async function (this: RedisStore, ...args) {
    const reply = await run.apply(this, args);
    if (args[0] === script && calls++ === after) throw new Error('Connection is closed.');
    return reply;
  });
}

test('mails whose claim nobody was told of are given back, and it does not count', async () => {
  const queue = await open();
  const ids = await addAll(queue, 3);
  loseAnswer('mail:begin');
  await expect(claimDue(queue)).rejects.toMatchObject({ code: 'transport-unavailable' });
  const claims = await claimDue(queue);
  expect(claims.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(claims.map(({ attempt, crashes }) => [attempt, crashes])).toEqual([
    [1, 0],
    [1, 0],
    [1, 0],
  ]);
});

test('an attachment that cannot be read for now makes no mail corrupt', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail({ attachments: [pdf(MEGABYTE)] }));
  jest.spyOn(RedisStore.prototype, 'attachment').mockRejectedValueOnce(new Error('Command timed out'));
  await expect(claimDue(queue)).rejects.toMatchObject({ code: 'transport-unavailable' });
  expect(await claimDue(queue)).toMatchObject([{ id, attempt: 1, crashes: 0 }]);
});

test('what was claimed before Redis failed is told of, and the rest comes with the next claim', async () => {
  const queue = await open();
  const ids = await addAll(queue, 15);
  loseAnswer('mail:begin', 1);
  const [first, second] = [await claimDue(queue), await claimDue(queue)];
  expect([first.length, second.length]).toEqual([10, 5]);
  expect([...first, ...second].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect([...first, ...second].every(({ attempt, crashes }) => attempt === 1 && crashes === 0)).toBe(true);
});

test('mails are claimed also when those that lapsed cannot be looked for', async () => {
  const queue = await open();
  await addAll(queue, 1);
  loseAnswer('mail:reclaim');
  expect(await claimDue(queue)).toHaveLength(1);
  loseAnswer('mail:reclaim');
  await expect(claimDue(queue)).rejects.toMatchObject({ code: 'transport-unavailable' });
});

test('a process that ends before it knows of its mail does not make it look deadly', async () => {
  const queue = await open();
  const [id = ''] = await addAll(queue, 1);
  const run = jest.spyOn(RedisStore.prototype, 'run').mockRejectedValue(new Error('killed'));
  await expect(claimDue(queue)).rejects.toThrow('killed');
  run.mockRestore();
  await suite.redis.del(`test:mail-default:${id.split('.')[1]}:lock`);
  expect(await claimDue(await open())).toMatchObject([{ id, attempt: 1, crashes: 0 }]);
});

test('large mails do not come all at once, and keep their turn', async () => {
  const queue = await open();
  const large = dueMail({ attachments: [pdf(20 * MEGABYTE)] });
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push((await queue.add(large)).id);
  ids.push(...(await addAll(queue, 1)));
  const reading = jest.spyOn(RedisStore.prototype, 'attachment');
  const first = await claimDue(queue);
  expect(reading).toHaveBeenCalledTimes(2);
  const all = [...first, ...(await claimDue(queue)), ...(await claimDue(queue))];
  expect(all.map(({ id }) => id)).toEqual(ids);
  expect(all.every(({ attempt, crashes }) => attempt === 1 && crashes === 0)).toBe(true);
});

describe('the rate limit', () => {
  const rateLimits = new Map([['default', { max: 3, per: 60_000 }]]);

  test('counts no mail that was given back', async () => {
    const queue = await open({ rateLimits });
    await addAll(queue, 5);
    const claims = await claimDue(queue);
    expect(claims).toHaveLength(3);
    const later = new Date(Date.now() + 60_000);
    for (const { id } of claims.slice(1)) await queue.settle(id, { state: 'released', dueAt: later });
    expect(await claimDue(queue)).toHaveLength(2);
    expect(await suite.redis.get(LIMITER)).toBe('3');
  });

  test('counts it in the time in which it was claimed', async () => {
    const queue = await open({ rateLimits });
    await addAll(queue, 6);
    const [claim] = await claimDue(queue);
    await suite.redis.del(LIMITER);
    expect(await claimDue(queue)).toHaveLength(3);
    await suite.redis.pexpire(LIMITER, 50_000);
    await queue.settle(claim?.id ?? '', { state: 'released' });
    expect(await suite.redis.get(LIMITER)).toBe('3');
  });

  test('counts none that was too large to come with the others', async () => {
    const queue = await open({ rateLimits });
    for (let n = 0; n < 3; n += 1) await queue.add(dueMail({ attachments: [pdf(20 * MEGABYTE)] }));
    expect(await claimDue(queue)).toHaveLength(2);
    expect(await suite.redis.get(LIMITER)).toBe('2');
  });
});

test('no mail is claimed before the settlements that were asked for before it, however long they take', async () => {
  const queue = await open();
  const [id = '', other = ''] = await addAll(queue, 2);
  expect(await claimDue(queue, 1)).toHaveLength(1);
  const { runWith } = RedisStore.prototype;
  jest.spyOn(RedisStore.prototype, 'runWith').mockImplementation(async function (this: RedisStore, ...args) {
    await new Promise((resolve) => setImmediate(resolve));
    return runWith.apply(this, args);
  });
  const monitor = await suite.redis.duplicate().monitor();
  afterCleanup(async () => monitor.disconnect());
  const seen: string[] = [];
  const key = (mail: string): string => `test:mail-default:${mail.split('.')[1]}`;
  const claimed = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, [command, name, field]: string[]) => {
      if (command === 'HSET' && name === key(id) && field === 'state') seen.push('settled');
      if (command === 'HINCRBY' && name === key(other) && field === 'ats') seen.push('claimed');
      if (seen.includes('claimed')) resolve();
    });
  });
  await Promise.all([queue.settle(id, { state: 'sent' }), claimDue(queue, 1)]);
  await claimed;
  expect(seen).toEqual(['settled', 'claimed']);
});
