import { once } from 'node:events';
import { Job, Queue, QueueEvents, Worker } from 'bullmq';
import { getMailQueueName } from 'nest-mailroom/bullmq';
import type { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import type { AttemptRecord } from '../../src/queue/mail-queue.js';
import { claimDue, dueMail, settle } from '../queue/spool-mails.js';
import { afterCleanup } from '../support/application.js';
import { redisOfSuite } from './redis-of-suite.js';

const HOUR = 3_600_000;

const suite = redisOfSuite();
const { open } = suite;

const options = () => ({ connection: { url: suite.server.url, maxRetriesPerRequest: null }, prefix: 'test' });

/** As a dashboard has it. */
function dashboard(): Queue {
  const queue = new Queue(getMailQueueName(), options());
  afterCleanup(() => queue.close());
  return queue;
}

const attempt = (parts: Partial<AttemptRecord> = {}): AttemptRecord => ({
  startedAt: new Date(0),
  durationMs: 1,
  accepted: [],
  rejected: [],
  ...parts,
});
const greylisted = attempt({
  error: {
    code: 'recipients-rejected',
    message: 'greylisted',
    outcome: 'not-sent',
    smtp: { code: 451, text: 'later' },
  },
});

const jobIdOf = (id: string): string => id.slice(id.lastIndexOf('.') + 1);
const pdf = {
  content: Buffer.alloc(70_000, 'pdf'),
  contentType: 'application/pdf',
  disposition: 'attachment' as const,
  headers: {},
};
const files = (): Promise<string[]> => suite.redis.keys('test-mails:file:*');

/** Ten minutes later, as the application does it. */
const pruneLater = (queue: BullMqQueue): Promise<void> => queue.prune(new Date(Date.now() + 600_000));
const LONG = { retention: HOUR, failedRetention: HOUR };

async function failed(queue: BullMqQueue, state: 'dead' | 'ambiguous' | 'expired' = 'dead'): Promise<string> {
  const { id } = await queue.add(dueMail({ attachments: [pdf] }));
  await claimDue(queue);
  await settle(queue, id, { state, attempt: greylisted });
  return id;
}

test('a deferred mail shows its reason, its attempts and its delay', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail());
  await claimDue(queue);
  const dueAt = new Date(Date.now() + HOUR);
  await settle(queue, id, { state: 'waiting', dueAt, attempt: greylisted });
  const [job] = await dashboard().getDelayed();
  expect(job).toMatchObject({ id: jobIdOf(id), attemptsMade: 1, failedReason: 'waiting: greylisted' });
  expect(job?.stacktrace).toEqual([expect.stringMatching(/^waiting: greylisted\n.*"code":451/)]);
  expect(Math.abs((job?.delay ?? 0) - HOUR)).toBeLessThan(60_000);
  expect(await queue.get(id)).toMatchObject({ state: 'waiting', dueAt, attempts: [greylisted] });
});

test.each(['dead', 'ambiguous', 'expired'] as const)('a mail that is %s shows why', async (state) => {
  const queue = await open();
  const id = await failed(queue, state);
  const [job] = await dashboard().getFailed();
  expect(job).toMatchObject({ id: jobIdOf(id), attemptsMade: 1, failedReason: `${state}: greylisted` });
});

test('recipients that were refused for now are the reason where there is no error', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail());
  await claimDue(queue);
  const smtp = { code: 452, text: 'mailbox full' };
  const rejected = [{ address: 'ada@to.test', code: 'recipients-rejected', retryable: true, smtp }] as const;
  await settle(queue, id, { state: 'waiting', dueAt: new Date(), attempt: attempt({ rejected }) });
  const [job] = await dashboard().getPrioritized();
  expect(job?.failedReason).toBe('waiting: ada@to.test: 452 mailbox full');
});

test('QueueEvents receives what becomes of each mail, sent ones included', async () => {
  const queue = await open();
  const events = new QueueEvents(getMailQueueName(), options());
  afterCleanup(() => events.close());
  await events.waitUntilReady();
  const told: string[] = [];
  events.on('completed', ({ returnvalue }) => void told.push(`completed ${JSON.stringify(returnvalue)}`));
  events.on('failed', ({ failedReason }) => void told.push(failedReason));
  const drained = once(events, 'cleaned');
  for (const state of ['sent', 'dead', 'sent'] as const) {
    const { id } = await queue.add(dueMail());
    await claimDue(queue);
    await settle(queue, id, { state, attempt: attempt({ response: '250 ok' }) });
  }
  await dashboard().clean(0, 0, 'delayed');
  await drained;
  const sent = expect.stringMatching(/^completed .*"response":"250 ok"/);
  expect(told).toEqual([sent, 'dead: no reason was given', sent]);
});

test('removeOrphanedJobs() does no harm, also to a mailer whose name is one of our keys', async () => {
  for (const mailer of ['default', 'files', 'store', 'mailers']) {
    const queue = await open({ mailers: [mailer] });
    const { id } = await queue.add(dueMail({ mailer, attachments: [pdf] }));
    const jobs = new Queue(getMailQueueName(mailer), options());
    await jobs.removeOrphanedJobs();
    await jobs.close();
    const [before, left] = [await files(), await queue.get(id)];
    expect([before.length, left?.state]).toEqual([2, 'waiting']);
    await queue.cancel({ id });
  }
});

describe('what somebody does on a dashboard', () => {
  test('removed jobs are no part of stats() and list(), and take their attachments along', async () => {
    const queue = await open(LONG);
    const ids = [await failed(queue), await failed(queue, 'ambiguous')];
    ids.push((await queue.add(dueMail({ attachments: [pdf] }))).id);
    for (const id of ids) await dashboard().remove(jobIdOf(id));
    await pruneLater(queue);
    expect((await queue.stats()).states).toMatchObject({ waiting: 0, dead: 0, ambiguous: 0 });
    expect(await queue.list({}, 10)).toEqual([]);
    expect(await files()).toEqual([]);
  });

  test.each([
    ['cleaned', (jobs: Queue) => jobs.clean(0, 0, 'failed')],
    ['obliterated', (jobs: Queue) => jobs.obliterate({ force: true })],
  ])('%s jobs are neither', async (_what, act) => {
    const queue = await open(LONG);
    await failed(queue);
    await failed(queue, 'expired');
    await act(dashboard());
    await pruneLater(queue);
    expect((await queue.stats()).states).toMatchObject({ dead: 0, expired: 0 });
    expect(await queue.list({}, 10)).toEqual([]);
    expect(await files()).toEqual([]);
  });

  test('after it was obliterated and resumed the queue takes mails as before', async () => {
    const queue = await open(LONG);
    await queue.add(dueMail());
    await dashboard().obliterate({ force: true });
    const { id } = await queue.add(dueMail());
    expect(await claimDue(queue)).toMatchObject([{ id }]);
  });

  test('a job that is retried waits, has a time to live and forgives refusals', async () => {
    const queue = await open(LONG);
    const { id } = await queue.add(
      dueMail({}, { dueAt: new Date(Date.now() - 9 * HOUR), expiresAt: new Date(Date.now() - HOUR) }),
    );
    await claimDue(queue);
    const refused = { address: 'ada@to.test', code: 'recipients-rejected', retryable: false } as const;
    await settle(queue, id, { state: 'expired', attempt: attempt({ rejected: [refused] }) });
    await (await dashboard().getJob(jobIdOf(id)))?.retry('failed');
    expect(await queue.get(id)).toMatchObject({ state: 'waiting', attempts: [{}] });
    await pruneLater(queue);
    expect((await queue.stats()).states).toMatchObject({ waiting: 1, expired: 0, dead: 0 });
    const [claim] = await claimDue(queue);
    expect(claim).toMatchObject({ id, attempt: 1, remaining: ['ada@to.test'] });
    expect(claim?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 7 * HOUR);
    await settle(queue, id, { state: 'waiting', dueAt: new Date(), attempt: greylisted });
    expect(await claimDue(queue)).toMatchObject([{ attempt: 2, expiresAt: claim?.expiresAt }]);
  });

  test('all failed jobs that are retried wait, and what becomes of them counts', async () => {
    const queue = await open(LONG);
    const ids = [await failed(queue), await failed(queue, 'ambiguous'), await failed(queue, 'expired')];
    await dashboard().retryJobs();
    const claims = await claimDue(queue);
    expect(claims.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    for (const { id } of claims) await settle(queue, id, { state: 'dead', attempt: greylisted });
    expect((await queue.stats()).states).toMatchObject({ dead: 3, ambiguous: 0, expired: 0 });
  });

  test('a sent mail that is run again is not mailed again', async () => {
    const queue = await open(LONG);
    const { id } = await queue.add(dueMail());
    await claimDue(queue);
    const done = attempt({ accepted: ['ada@to.test'] });
    await settle(queue, id, { state: 'sent', attempt: done });
    await (await dashboard().getJob(jobIdOf(id)))?.retry('completed');
    expect(await claimDue(queue)).toEqual([]);
    expect(await queue.get(id)).toMatchObject({ state: 'sent', attempts: [done] });
  });

  test('a promoted mail is due', async () => {
    const queue = await open();
    const { id } = await queue.add(dueMail({}, { dueAt: new Date(Date.now() + HOUR) }));
    await (await dashboard().getJob(jobIdOf(id)))?.promote();
    expect((await queue.get(id))?.dueAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect((await queue.stats()).oldestDueAt).toBeDefined();
    expect(await claimDue(queue)).toMatchObject([{ id }]);
  });

  test('a paused queue has nothing to claim, and is looked at again when it is resumed', async () => {
    const queue = await open();
    const { id } = await queue.add(dueMail());
    await dashboard().pause();
    expect(await claimDue(queue)).toEqual([]);
    expect(await queue.nextDueAt('default')).toBeUndefined();
    await dashboard().resume();
    expect(await queue.nextDueAt('default')).toBeDefined();
    expect(await claimDue(queue)).toMatchObject([{ id }]);
  });
});

test('a mail that another worker failed is dead, and can be retried', async () => {
  const queue = await open(LONG);
  const { id } = await queue.add(dueMail());
  const worker = new Worker(getMailQueueName(), () => Promise.reject(new Error('expired token')), options());
  await once(worker, 'failed');
  await worker.close();
  expect(await queue.get(id)).toMatchObject({ state: 'dead', attempts: [] });
  expect((await queue.stats()).states).toMatchObject({ dead: 1, waiting: 0 });
  expect(await queue.list({ state: 'dead' }, 10)).toMatchObject([{ id }]);
  expect(await queue.retry({ id }, new Date(Date.now() + HOUR))).toBe(1);
  expect(await claimDue(queue)).toMatchObject([{ id, attempt: 1, remaining: ['ada@to.test'] }]);
});

describe('a process that dies in between', () => {
  test('after a mail was sent: its body and its attachments go with the next prune', async () => {
    const queue = await open(LONG);
    const { id } = await queue.add(dueMail({ text: 'a secret code', attachments: [pdf] }));
    await claimDue(queue);
    const update = jest.spyOn(Job.prototype, 'updateData').mockRejectedValue(new Error('killed'));
    await settle(queue, id, { state: 'sent', attempt: attempt() });
    update.mockRestore();
    expect(await files()).toHaveLength(2);
    await pruneLater(queue);
    expect(await files()).toEqual([]);
    expect(JSON.stringify(await dashboard().getCompleted())).not.toContain('secret code');
    expect(await queue.get(id)).toMatchObject({ state: 'sent', subject: 'Welcome', attempts: [{}] });
  });

  test('before a mail is queued: its attachments go with the next prune', async () => {
    jest.spyOn(Queue.prototype, 'add').mockRejectedValueOnce(new Error('killed'));
    await expect((await open()).add(dueMail({ attachments: [pdf] }))).rejects.toThrow('killed');
    const other = await open();
    await other.prune(new Date());
    expect(await files()).toHaveLength(2);
    await pruneLater(other);
    expect(await files()).toEqual([]);
  });
});

test('a mistake in a program is not told of as a Redis that does not run', async () => {
  const queue = await open();
  jest.spyOn(Queue.prototype, 'add').mockRejectedValue(new TypeError('x is not a function'));
  await expect(queue.add(dueMail())).rejects.toThrow(new TypeError('x is not a function'));
});

test('an answer that is lost when a mail is queued costs it no attachment', async () => {
  const queue = await open();
  const { add } = Queue.prototype;
  jest.spyOn(Queue.prototype, 'add').mockImplementationOnce(async function (this: Queue, ...args) {
    await add.apply(this, args);
    throw new Error('Connection is closed.');
  });
  const mail = dueMail({ attachments: [pdf] }, { idempotencyKey: 'invoice 7' });
  await expect(queue.add(mail)).rejects.toMatchObject({ code: 'transport-unavailable' });
  const { id, duplicate } = await queue.add(mail);
  expect(duplicate).toBe(true);
  expect(await claimDue(queue)).toMatchObject([{ id, message: { attachments: [pdf] } }]);
});

test('an answer that is lost ends a mail once, and loses no earlier attempt', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail());
  await claimDue(queue);
  const { moveToFailed } = Job.prototype;
  jest.spyOn(Job.prototype, 'moveToFailed').mockImplementationOnce(async function (this: Job, ...args) {
    await moveToFailed.apply(this, args);
    throw new Error('Connection is closed.');
  });
  const dueAt = new Date(Date.now() + HOUR);
  await settle(queue, id, { state: 'waiting', dueAt, attempt: greylisted });
  expect(await queue.get(id)).toMatchObject({ state: 'waiting', attempts: [greylisted] });
  await queue.retry({ id }, dueAt);
  expect(await claimDue(queue)).toMatchObject([{ id, attempt: 2 }]);
});
