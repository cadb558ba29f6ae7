import { once } from 'node:events';
import { Queue, QueueEvents } from 'bullmq';
import type { MailQueueService, QueueState } from 'nest-mailroom';
import { bullmq, getMailQueueName } from 'nest-mailroom/bullmq';
import { afterCleanup } from '../support/application.js';
import { at, queueing, type QueueingApplication, server } from '../support/queueing.js';
import { DROP, type ScriptedServer } from '../support/scripted-server.js';
import { Board } from './board.js';
import { redisOfSuite } from './redis-of-suite.js';

const HOUR = 3_600_000;
const pdf = { filename: 'a.pdf', content: Buffer.alloc(70_000, 'pdf') };

const suite = redisOfSuite();

interface Stage extends QueueingApplication {
  readonly board: Board;
  readonly smtp: ScriptedServer;
  /** What the server says of recipients; undefined takes everybody. */
  readonly answers: Map<string, string | typeof DROP | undefined>;
  /** Queues a mail to `<kind>@example.test`; resolves with its id. */
  add(kind: string, options?: { readonly delay?: number }): Promise<string>;
}

/** An application that delivers, and an operator with a bull-board. */
async function stage(): Promise<Stage> {
  const answers = new Map<string, string | typeof DROP | undefined>([
    ['deferred', '451 4.7.1 greylisted'],
    ['dead', '550 5.1.1 no such user'],
  ]);
  let isDropping = false;
  const smtp = await server((line) => {
    const kind = /^RCPT TO:<(\w+)/.exec(line)?.[1];
    if (kind !== undefined) isDropping = kind === 'ambiguous' && !answers.has(kind);
    if (line.startsWith('END') && isDropping) return DROP;
    return kind === undefined ? undefined : answers.get(kind);
  });
  const queue = {
    driver: 'bullmq',
    url: suite.server.url,
    retryDelays: [HOUR],
    onAmbiguous: 'hold',
  } as const;
  const application = await queueing(at(smtp.port), { ...queue, concurrency: 1 }, { use: [bullmq()] });
  const add: Stage['add'] = async (kind, options) => {
    const mail = { to: `${kind}@example.test`, subject: kind, text: 'the body', attachments: [pdf] };
    return (await application.mail.queue(mail, options)).id;
  };
  return { ...application, smtp, answers, add, board: Board.open(suite.server.url) };
}

const jobIdOf = (id: string): string => id.slice(id.lastIndexOf('.') + 1);

/** Ten minutes later, as the application does it. */
async function pruneLater(): Promise<void> {
  const place = () => ({ target: suite.server.url, prefix: 'bull' });
  const queue = await suite.open({ place, retention: HOUR, failedRetention: HOUR });
  await queue.prune(new Date(Date.now() + 600_000));
}

/** States of `stats()`, without those that have no mail. */
async function counts(queue: MailQueueService): Promise<Partial<Record<QueueState, number>>> {
  const { states } = await queue.stats();
  return Object.fromEntries(Object.entries(states).filter(([, count]) => count > 0));
}

async function listed(queue: MailQueueService): Promise<readonly string[]> {
  return (await queue.list()).map(({ subject }) => subject).toSorted();
}

const files = (): Promise<string[]> => suite.redis.keys('bull-mails:file:*');

/** One mail in each state that lasts. */
async function oneOfEach({ add, queue }: Stage): Promise<void> {
  for (const kind of ['deferred', 'dead', 'ambiguous', 'sent']) {
    await add(kind);
    await queue.drain();
  }
}

test('it shows attempts, reasons and delays of deferred and of given up mails', async () => {
  const { board, add, queue } = await stage();
  const [deferred, dead, ambiguous] = [await add('deferred'), await add('dead'), await add('ambiguous')];
  await add('sent');
  await queue.drain();
  await queue.retry(deferred);
  await queue.drain();
  const [job, ...others] = await board.shown('delayed');
  expect(others).toEqual([]);
  expect(job).toMatchObject({ id: jobIdOf(deferred), attempts: 2 });
  expect(job?.failedReason).toMatch(/^waiting: .*greylisted/);
  expect(job?.stacktrace).toEqual([expect.stringMatching(/greylisted/), expect.stringMatching(/greylisted/)]);
  expect(Math.abs((job?.delay ?? 0) - HOUR)).toBeLessThan(0.25 * HOUR);
  const failed = new Map((await board.shown('failed')).map((shown) => [shown.id, shown]));
  expect(failed.get(jobIdOf(dead))).toMatchObject({
    attempts: 1,
    failedReason: expect.stringMatching(/^dead: .*no such user/),
  });
  expect(failed.get(jobIdOf(ambiguous))).toMatchObject({
    attempts: 1,
    failedReason: expect.stringMatching(/^ambiguous: /),
  });
  expect(await board.shown('completed')).toMatchObject([
    { returnValue: { accepted: ['sent@example.test'] } },
  ]);
});

describe('what it takes away is no part of stats() and list(), and takes its attachment along', () => {
  const clean = async (board: Board, status: string): Promise<void> => {
    // It spares jobs of the last five seconds.
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000);
    await board.put(`clean/${status}`);
    clock.mockRestore();
  };

  test.each([
    ['clean failed', (board: Board) => clean(board, 'failed'), { waiting: 1, sent: 1 }],
    ['clean delayed', (board: Board) => clean(board, 'delayed'), { ambiguous: 1, dead: 1, sent: 1 }],
    ['clean completed', (board: Board) => clean(board, 'completed'), { ambiguous: 1, dead: 1, waiting: 1 }],
    [
      'remove each',
      async (board: Board) => {
        const tabs = [await board.shown('failed'), await board.shown('delayed')];
        for (const { id } of tabs.flat()) await board.put(`${id}/clean`);
      },
      { sent: 1 },
    ],
    [
      'obliterate',
      async (board: Board) => {
        await board.put('pause');
        await board.put('obliterate', { force: true });
      },
      {},
    ],
  ])('%s', async (_what, act, left) => {
    const staged = await stage();
    await oneOfEach(staged);
    expect(await counts(staged.queue)).toEqual({ waiting: 1, dead: 1, ambiguous: 1, sent: 1 });
    await act(staged.board);
    await pruneLater();
    expect(await counts(staged.queue)).toEqual(left);
    expect(await staged.queue.list()).toHaveLength(Object.keys(left).length);
    const needAttachments = Object.keys(left).some((state) => state !== 'sent');
    expect((await files()).length > 0).toBe(needAttachments);
  });

  test('empty', async () => {
    const { board, add, queue } = await stage();
    queue.pause();
    await board.put('pause');
    await add('later', { delay: HOUR });
    await add('dead');
    // What is due is in its lane, as after a look of a worker.
    await board.put('promote');
    await add('last', { delay: HOUR });
    await board.put('empty');
    await pruneLater();
    expect(await counts(queue)).toEqual({ waiting: 1 });
    expect(await listed(queue)).toEqual(['last']);
    expect(await files()).toHaveLength(2);
  });

  test('after it obliterated the queue, mails are taken as before', async () => {
    const staged = await stage();
    await oneOfEach(staged);
    await staged.board.put('pause');
    await staged.board.put('obliterate', { force: true });
    await staged.add('sent');
    await staged.queue.drain();
    await pruneLater();
    expect(await counts(staged.queue)).toEqual({ sent: 1 });
  });
});

describe('what it runs again', () => {
  test('one mail that was given up is sent', async () => {
    const { board, add, queue, answers, next } = await stage();
    const id = await add('dead');
    await queue.drain();
    answers.delete('dead');
    const sent = next('mail.sent');
    await board.put(`${jobIdOf(id)}/retry`);
    await sent;
    await queue.drain();
    expect(await queue.get(id)).toMatchObject({ state: 'sent', attempts: [{}, {}] });
    await pruneLater();
    expect(await counts(queue)).toEqual({ sent: 1 });
    expect(await files()).toEqual([]);
  });

  test('all mails that were given up are sent, those held as ambiguous too', async () => {
    const staged = await stage();
    const { board, queue, answers, smtp } = staged;
    await oneOfEach(staged);
    answers.clear();
    answers.set('ambiguous', undefined);
    await board.put('retry/failed');
    await queue.drain();
    await pruneLater();
    expect(await counts(queue)).toEqual({ waiting: 1, sent: 3 });
    expect(smtp.bodies.filter((body) => body.includes('Subject: dead'))).toHaveLength(1);
  });

  test('a mail that was sent is not mailed again', async () => {
    const { board, add, queue, smtp } = await stage();
    const ids = [await add('sent'), await add('sent')];
    await queue.drain();
    await board.put(`${jobIdOf(ids[0] ?? '')}/retry`);
    await queue.drain();
    await board.put('retry/completed');
    await queue.drain();
    expect(smtp.bodies).toHaveLength(2);
    expect(await counts(queue)).toEqual({ sent: 2 });
  });

  test.each([
    ['promoted', (board: Board, id: string) => board.put(`${id}/promote`)],
    ['promoted with all others', (board: Board) => board.put('promote')],
    [
      'given another time',
      (board: Board, id: string) => board.patch(`${id}/delay`, { runAt: Date.now() + 1 }),
    ],
  ])('a mail that is %s is sent', async (_what, act) => {
    const { board, add, queue, next } = await stage();
    const id = await add('later', { delay: HOUR });
    expect((await queue.stats()).oldestDueAt).toBeUndefined();
    const sent = next('mail.sent');
    await act(board, jobIdOf(id));
    await sent;
    await queue.drain();
    expect(await counts(queue)).toEqual({ sent: 1 });
  });
});

test('a queue that it pauses rests, and goes on when it is resumed', async () => {
  const { board, add, queue, next, smtp } = await stage();
  await board.put('pause');
  const id = await add('sent');
  await queue.drain();
  expect(await queue.get(id)).toMatchObject({ state: 'waiting' });
  expect(smtp.bodies).toEqual([]);
  const sent = next('mail.sent');
  await board.put('resume');
  await sent;
});

test('a rate limit that it sets holds mails back, and they go out when it is over', async () => {
  const { board, add, queue, next, smtp } = await stage();
  await board.put('rate-limit', { max: 1, duration: 2_000 });
  const first = next('mail.sent');
  await add('one');
  await first;
  const jobs = new Queue(getMailQueueName(), { connection: { url: suite.server.url } });
  afterCleanup(() => jobs.close());
  expect(await jobs.getRateLimitTtl()).toBeGreaterThan(0);
  const second = next('mail.sent');
  await add('two');
  expect(smtp.bodies).toHaveLength(1);
  await second;
  await queue.drain();
  expect(await counts(queue)).toEqual({ sent: 2 });
});

test('an edited mail goes out as it was edited, and one that is no mail any more is set aside and said', async () => {
  const { board, add, queue, next, smtp } = await stage();
  const [good, bad] = [await add('good', { delay: HOUR }), await add('bad', { delay: HOUR })];
  const jobs = await board.shown('delayed');
  const { data } = jobs.find(({ id }) => id === jobIdOf(good)) ?? {};
  const text = JSON.stringify(data).replace('the body', 'another body');
  await board.patch(`${jobIdOf(good)}/update-data`, { jobData: JSON.parse(text) });
  await board.patch(`${jobIdOf(bad)}/update-data`, { jobData: { hello: 'world' } });
  const alarm = next('mail.alarm');
  await board.put('promote');
  expect(await alarm).toMatchObject({ kind: 'corrupt', id: bad });
  await queue.drain();
  expect(await counts(queue)).toEqual({ sent: 1, corrupt: 1 });
  expect(smtp.bodies).toEqual([expect.stringContaining('another body')]);
});

test('a mail that it duplicates is a mail of its own', async () => {
  const { board, mail, queue, smtp } = await stage();
  await mail.queue({ to: 'one@example.test', subject: 'one', text: 'the body' }, { delay: HOUR });
  const [job] = await board.shown('delayed');
  await board.post('add', { name: 'mail', data: job?.data ?? {}, options: {} });
  await queue.drain();
  expect(smtp.bodies).toHaveLength(1);
  expect(await counts(queue)).toEqual({ waiting: 1, sent: 1 });
});

const OF_A_JOB = ['added', 'active', 'delayed', 'completed', 'failed', 'removed'] as const;

test('QueueEvents receives every event', async () => {
  const { board, add, queue, answers } = await stage();
  const events = new QueueEvents(getMailQueueName(), { connection: { url: suite.server.url } });
  afterCleanup(() => events.close());
  await events.waitUntilReady();
  const told: string[] = [];
  events.on('error', ({ message }) => told.push(`error ${message}`));
  for (const name of OF_A_JOB) {
    events.on(name, ({ jobId }: { readonly jobId: string }) => told.push(`${name} ${jobId}`));
  }
  for (const name of ['paused', 'resumed'] as const) events.on(name, () => told.push(name));
  const [sent, dead, deferred] = [await add('sent'), await add('dead'), await add('deferred')].map(jobIdOf);
  await queue.drain();
  answers.delete('dead');
  await board.put(`${dead}/retry`);
  await queue.drain();
  await board.put('pause');
  await board.put('resume');
  const removed = once(events, 'removed');
  await board.put(`${deferred}/clean`);
  await removed;
  expect(told.filter((what) => what.startsWith('error'))).toEqual([]);
  for (const id of [sent, dead, deferred])
    expect(told).toEqual(expect.arrayContaining([`added ${id}`, `active ${id}`]));
  expect(told).toEqual(
    expect.arrayContaining([
      `completed ${sent}`,
      `failed ${dead}`,
      `completed ${dead}`,
      `delayed ${deferred}`,
      'paused',
      'resumed',
      `removed ${deferred}`,
    ]),
  );
});

test('removeOrphanedJobs() does no harm, whatever became of the mails', async () => {
  const staged = await stage();
  await oneOfEach(staged);
  const cancelled = await staged.add('cancelled', { delay: HOUR });
  await staged.queue.cancel(cancelled);
  const [before, kept] = [await staged.queue.list(), await files()];
  const jobs = new Queue(getMailQueueName(), { connection: { url: suite.server.url } });
  afterCleanup(() => jobs.close());
  expect(await jobs.removeOrphanedJobs()).toBe(0);
  expect(await staged.queue.list()).toEqual(before);
  expect(await counts(staged.queue)).toEqual({ waiting: 1, dead: 1, ambiguous: 1, sent: 1, cancelled: 1 });
  expect(await files()).toEqual(kept);
});
