import { Job, Worker } from 'bullmq';
import { Attachments } from '../../src/bullmq/attachments.js';
import type { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import { claimDue, dueMail } from '../queue/spool-mails.js';
import { afterCleanup } from '../support/application.js';
import { redisOfSuite } from './redis-of-suite.js';

const RATE = 'test-mails:mailer:default:rate';
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

/** Redis hands jobs out, and the answers are lost: of those after so many. */
function loseAnswers(after = 0): void {
  const { getNextJob } = Worker.prototype;
  let calls = 0;
  jest.spyOn(Worker.prototype, 'getNextJob').mockImplementation(async function (this: Worker, ...args) {
    const job = await getNextJob.apply(this, args);
    if (calls++ >= after) throw new Error('Connection is closed.');
    return job;
  });
}

test('mails whose claim nobody was told of are given back, and it does not count', async () => {
  const queue = await open();
  const ids = await addAll(queue, 3);
  loseAnswers();
  await expect(claimDue(queue)).rejects.toMatchObject({ code: 'transport-unavailable' });
  jest.restoreAllMocks();
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
  jest.spyOn(Attachments.prototype, 'read').mockRejectedValueOnce(new Error('Command timed out'));
  await expect(claimDue(queue)).rejects.toMatchObject({ code: 'transport-unavailable' });
  expect(await claimDue(queue)).toMatchObject([{ id, attempt: 1, crashes: 0 }]);
});

test('what was claimed before Redis failed is told of, and the rest comes with the next claim', async () => {
  const queue = await open();
  const ids = await addAll(queue, 15);
  loseAnswers(11);
  const first = await claimDue(queue);
  jest.restoreAllMocks();
  const second = await claimDue(queue);
  expect([first.length, second.length]).toEqual([11, 4]);
  expect([...first, ...second].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect([...first, ...second].every(({ attempt, crashes }) => attempt === 1 && crashes === 0)).toBe(true);
});

test('what another process has is not given back', async () => {
  const [queue, other] = [await open(), await open()];
  const ids = await addAll(queue, 2);
  expect(await claimDue(other, 1)).toMatchObject([{ id: ids[0] }]);
  loseAnswers();
  await expect(claimDue(queue)).rejects.toMatchObject({ code: 'transport-unavailable' });
  jest.restoreAllMocks();
  expect(await claimDue(queue)).toMatchObject([{ id: ids[1] }]);
  await other.settle(ids[0] ?? '', { state: 'sent' });
  expect(await queue.get(ids[0] ?? '')).toMatchObject({ state: 'sent' });
});

test('large mails do not come all at once, and keep their turn', async () => {
  const queue = await open();
  const large = dueMail({ attachments: [pdf(20 * MEGABYTE)] });
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push((await queue.add(large)).id);
  ids.push(...(await addAll(queue, 1)));
  const reading = jest.spyOn(Attachments.prototype, 'read');
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
    expect(await suite.redis.get(RATE)).toBe('3');
  });

  test('counts it in the time in which it was claimed', async () => {
    const queue = await open({ rateLimits });
    await addAll(queue, 6);
    const [claim] = await claimDue(queue);
    await suite.redis.del(RATE);
    expect(await claimDue(queue)).toHaveLength(3);
    const later = performance.now() + 60_000;
    jest.spyOn(performance, 'now').mockReturnValue(later);
    await queue.settle(claim?.id ?? '', { state: 'released' });
    expect(await suite.redis.get(RATE)).toBe('3');
  });

  test('counts none that was too large to come with the others', async () => {
    const queue = await open({ rateLimits });
    for (let n = 0; n < 3; n += 1) await queue.add(dueMail({ attachments: [pdf(20 * MEGABYTE)] }));
    expect(await claimDue(queue)).toHaveLength(2);
    expect(await suite.redis.get(RATE)).toBe('2');
  });
});

test('no mail is claimed before the settlements that were asked for before it, however long they take', async () => {
  const queue = await open();
  const [id = '', other = ''] = await addAll(queue, 2);
  expect(await claimDue(queue, 1)).toHaveLength(1);
  const { moveToCompleted } = Job.prototype;
  jest.spyOn(Job.prototype, 'moveToCompleted').mockImplementation(async function (this: Job, ...args) {
    await new Promise((resolve) => setImmediate(resolve));
    return moveToCompleted.apply(this, args);
  });
  const monitor = await suite.redis.duplicate().monitor();
  afterCleanup(async () => monitor.disconnect());
  const seen: string[] = [];
  const key = (mail: string): string => `test:mail-default:${mail.split('.')[1]}`;
  const claimed = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, [command, name, field]: string[]) => {
      if (command === 'HSET' && name === key(id) && field === 'returnvalue') seen.push('settled');
      if (command === 'HINCRBY' && name === key(other) && field === 'ats') seen.push('claimed');
      if (seen.includes('claimed')) resolve();
    });
  });
  await Promise.all([queue.settle(id, { state: 'sent' }), claimDue(queue, 1)]);
  await claimed;
  expect(seen).toEqual(['settled', 'claimed']);
});
