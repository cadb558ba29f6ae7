import { Queue } from 'bullmq';
import type { MailAlarmEvent } from 'nest-mailroom';
import { getMailQueueName } from 'nest-mailroom/bullmq';
import type { AttemptRecord, Settlement } from '../../src/queue/mail-queue.js';
import { afterCleanup } from '../support/application.js';
import { claim } from '../../src/testing/contract/queue/queue-under-test.js';
import { claimDue, dueMail, settle } from '../queue/spool-mails.js';
import { until } from '../support/example-process.js';
import { RedisServer } from '../support/redis-server.js';
import { lapse, redisOfSuite } from './redis-of-suite.js';

const suite = redisOfSuite();
const { open } = suite;

async function setting(name: string, value: string): Promise<void> {
  const before = String([await suite.redis.config('GET', name)].flat()[1]);
  await suite.redis.config('SET', name, value);
  afterCleanup(() => suite.redis.config('SET', name, before));
}

const attempt: AttemptRecord = { startedAt: new Date(0), durationMs: 1, accepted: [], rejected: [] };
const SETTLEMENTS: ReadonlyArray<() => Settlement> = [
  () => ({ state: 'released' }),
  () => ({ state: 'waiting', dueAt: new Date(), attempt }),
  () => ({ state: 'sent', attempt }),
];
const attachment = (content: Buffer) => ({
  content,
  contentType: 'application/pdf',
  disposition: 'attachment' as const,
  headers: {},
});
/** The bytes, and who needs them. */
const files = async (): Promise<readonly string[]> =>
  (await suite.redis.keys('test-mails:file:*')).toSorted();

test('an attachment of many mails is stored once, and removed with the last that needs it', async () => {
  const queue = await open();
  const content = Buffer.alloc(100_000, 'pdf');
  const mail = dueMail({ attachments: [attachment(content), attachment(Buffer.from('small'))] });
  const [first, second, third] = [await queue.add(mail), await queue.add(mail), await queue.add(mail)];
  expect(await files()).toHaveLength(2);
  const claims = await claimDue(queue);
  expect(claims.map(({ message }) => message.attachments[0]?.content)).toEqual([content, content, content]);
  await settle(queue, first.id, { state: 'sent', attempt });
  await settle(queue, second.id, { state: 'dead', attempt });
  await settle(queue, third.id, { state: 'waiting', attempt, dueAt: new Date() });
  await queue.cancel({ id: third.id });
  expect(await files()).toHaveLength(2);
  await queue.retry({ id: second.id }, new Date(Date.now() + 1000));
  const [again] = await claimDue(queue);
  expect(again).toMatchObject({ attempt: 1, crashes: 0 });
  expect(again?.message.attachments[0]?.content).toEqual(content);
  await settle(queue, second.id, { state: 'sent', attempt });
  expect(await files()).toEqual([]);
});

test('what is sent keeps its line in the list and loses its body; in the end nothing is left', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail({ text: 'a secret code' }, { idempotencyKey: 'k' }));
  await claimDue(queue);
  await settle(queue, id, { state: 'sent', attempt });

  expect(await suite.redis.hget(`test:mail-default:${id.split('.')[1]}`, 'data')).not.toContain(
    'secret code',
  );

  expect(await queue.get(id)).toMatchObject({ state: 'sent', subject: 'Welcome', to: ['ada@to.test'] });
  await queue.prune(new Date(Date.now() + 2000));
  const left = await suite.redis.keys('test:mail-default:*');
  expect(left.filter((name) => !/:(id|meta|events|marker|pc|stalled-check)$/.test(name))).toEqual([]);
});

test('what is dead keeps its attachments until it is forgotten', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail({ attachments: [attachment(Buffer.alloc(70_000))] }));
  await claimDue(queue);
  await settle(queue, id, { state: 'dead', attempt });
  await queue.prune(new Date(Date.now() + 4000));
  expect(await files()).toHaveLength(2);
  await queue.prune(new Date(Date.now() + 6000));
  expect(await files()).toEqual([]);
  expect(await queue.get(id)).toBeUndefined();
});

test('a mail that cannot be read is set aside and said, and the rest goes on', async () => {
  const alarms: MailAlarmEvent[] = [];
  const queue = await open({ raise: (alarm) => alarms.push(alarm) });
  const bad = await queue.add(dueMail());
  const gone = await queue.add(dueMail({ attachments: [attachment(Buffer.alloc(70_000))] }));
  const good = await queue.add(dueMail());
  await suite.redis.hset(`test:mail-default:${bad.id.split('.')[1]}`, 'data', '{"torn');
  await suite.redis.del(...(await files()));
  expect((await claimDue(queue)).map(({ id }) => id)).toEqual([good.id]);
  await until(async () => alarms.length === 2);
  expect(alarms).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ message: expect.stringContaining('attachment'), id: gone.id }),
      expect.objectContaining({ kind: 'corrupt', id: bad.id, mailers: ['default'] }),
    ]),
  );
  expect((await queue.stats()).states).toMatchObject({ corrupt: 2, sending: 1, waiting: 0 });
  expect(await queue.get(gone.id)).toMatchObject({ state: 'corrupt' });
});

test.each(['data', 'opts', 'progress'])(
  'a mail whose %s are gone keeps nobody from seeing the others, and from sending them',
  async (field) => {
    const alarms: MailAlarmEvent[] = [];
    const queue = await open({ raise: (alarm) => alarms.push(alarm) });
    const bad = await queue.add(dueMail());
    const good = await queue.add(dueMail());
    await suite.redis.hset(`test:mail-default:${bad.id.split('.')[1]}`, field, 'null');
    expect(await queue.list({ state: 'waiting' }, 10)).toContainEqual(
      expect.objectContaining({ id: good.id }),
    );
    expect(await queue.stats()).toMatchObject({ states: { waiting: 2 } });
    expect(await queue.nextDueAt('default')).toBeDefined();
    const ids = (await claimDue(queue)).map(({ id }) => id);
    expect(ids).toEqual(field === 'progress' ? [bad.id, good.id] : [good.id]);
    const expected = field === 'progress' ? [] : [{ kind: 'corrupt', id: bad.id }];
    await until(async () => alarms.length >= expected.length);
    expect(alarms).toMatchObject(expected);
  },
);

const MARK = 'waiting: later\n    nest-mailroom ';

test.each([
  '{"torn',
  '{}',
  '[]',
  JSON.stringify([`${MARK}{"torn`]),
  JSON.stringify([`${MARK}{"startedAt":"2026-01-01"}`]),
  JSON.stringify([
    `${MARK}{"state":"waiting","stalled":0,"attempt":{"startedAt":"2026-01-01","accepted":1}}`,
  ]),
])(
  'what became of the recipients of a mail cannot be read (%s): set aside and said, and listed',
  async (stack) => {
    const alarms: MailAlarmEvent[] = [];
    const queue = await open({ raise: (alarm) => alarms.push(alarm) });
    const bad = await queue.add(dueMail());
    await claimDue(queue);
    await settle(queue, bad.id, { state: 'waiting', dueAt: new Date(), attempt });
    const good = await queue.add(dueMail());
    await suite.redis.hset(`test:mail-default:${bad.id.split('.')[1]}`, 'stacktrace', stack);
    expect((await queue.list({}, 10)).map(({ id }) => id)).toEqual([good.id, bad.id]);
    expect((await claimDue(queue)).map(({ id }) => id)).toEqual([good.id]);
    expect(alarms).toMatchObject([{ kind: 'corrupt', id: bad.id, mailers: ['default'] }]);
    expect(await queue.get(bad.id)).toMatchObject({ state: 'corrupt', attempts: [] });
  },
);

test('more mails than may wait are refused, also those of others, and there is room when they leave', async () => {
  const [queue, other] = [await open({ maxBacklog: 3 }), await open()];
  const { id } = await other.add(dueMail());
  await queue.add(dueMail());
  await queue.add(dueMail());
  await expect(queue.add(dueMail())).rejects.toMatchObject({ code: 'queue-full', retryable: true });
  await other.cancel({ id });
  await queue.add(dueMail());
});

test('a Redis that is full refuses the mail, and nothing of it stays', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail());
  await setting('maxmemory', '1');
  await expect(queue.add(dueMail())).rejects.toMatchObject({
    code: 'queue-full',
    message: expect.stringContaining('maxmemory'),
  });
  await setting('maxmemory', '0');
  expect((await claimDue(queue)).map((claim) => claim.id)).toEqual([id]);
  expect((await queue.list({}, 10)).map((entry) => entry.id)).toEqual([id]);
});

test('a global rate limit of BullMQ holds over all processes, and says when it is over', async () => {
  const [queue, other] = [await open(), await open()];
  const jobs = new Queue(getMailQueueName(), { connection: { url: suite.server.url }, prefix: 'test' });
  afterCleanup(() => jobs.close());
  await jobs.setGlobalRateLimit(3, 60_000);
  for (let n = 0; n < 5; n += 1) await queue.add(dueMail());
  const before = Date.now();
  expect(await claimDue(queue, 2)).toHaveLength(2);
  expect(await claimDue(other)).toHaveLength(1);
  expect(await claimDue(queue)).toEqual([]);
  const next = await queue.nextDueAt('default');
  expect(next?.getTime()).toBeGreaterThan(before + 30_000);
  await suite.redis.del('test:mail-default:limiter');
  expect(await claimDue(other)).toHaveLength(2);
});

test('a Redis that may lose mails is warned about', async () => {
  await setting('maxmemory-policy', 'allkeys-lru');
  await setting('appendfsync', 'everysec');
  expect((await open()).warnings).toEqual([
    expect.stringContaining('maxmemory-policy allkeys-lru'),
    expect.stringContaining('appendfsync everysec'),
  ]);
  await setting('maxmemory-policy', 'noeviction');
  await setting('appendonly', 'no');
  expect((await open()).warnings).toEqual([expect.stringContaining('appendonly no')]);
});

test('a refused login is said without the password', async () => {
  await suite.redis.acl('SETUSER', 'mail', 'on', '>right', '~*', '+@all');
  const said: string[] = [];
  const target = `redis://mail:s3cret@127.0.0.1:${suite.server.port}`;
  const queue = await open({
    place: () => ({ target, prefix: 'test' }),
    report: (what) => said.push(what),
  });
  const error: unknown = await queue.add(dueMail()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'authentication' });
  expect(error).not.toHaveProperty('cause');
  expect(said).toEqual([expect.stringContaining('WRONGPASS')]);
  expect(JSON.stringify([String(error), said])).not.toContain('s3cret');
});

test('an earlier claim of this process is not settled in the place of a later one', async () => {
  const queue = await open();
  const { id } = await queue.add(dueMail());
  await claimDue(queue);
  await lapse(suite.redis, [id]);
  const [again] = await claimDue(queue);
  expect(again).toMatchObject({ id, attempt: 2, crashes: 1 });
  await settle(queue, id, { state: 'released' });
  await settle(queue, id, { state: 'dead', attempt });
  expect(await queue.get(id)).toMatchObject({ state: 'waiting', attempts: [] });
});

test('a Redis that forgets its scripts does everything as before, whichever it has forgotten', async () => {
  const queue = await open();
  const pass = async (idempotencyKey: string): Promise<void> => {
    const { id } = await queue.add(dueMail({}, { idempotencyKey }));
    expect(await queue.add(dueMail({}, { idempotencyKey }))).toMatchObject({ id, duplicate: true });
    for (const settlement of SETTLEMENTS) {
      expect(await claimDue(queue)).toMatchObject([{ id, crashes: 0 }]);
      await suite.redis.script('FLUSH');
      await settle(queue, id, settlement());
    }
    expect(await queue.get(id)).toMatchObject({ state: 'sent', attempts: [{}, {}] });
    await suite.redis.script('FLUSH');
  };
  await pass('all are known');
  await pass('none is known');
  expect((await queue.stats()).states).toMatchObject({ waiting: 0, sent: 2 });
});

test('a mail that was refused for want of memory is taken when there is some, over the same connection', async () => {
  const queue = await open();
  await setting('maxmemory', '1');
  const mail = dueMail({}, { idempotencyKey: 'k' });
  await expect(queue.add(mail)).rejects.toMatchObject({ code: 'queue-full' });
  await setting('maxmemory', '0');
  const { id } = await queue.add(mail);
  expect(await claimDue(queue)).toMatchObject([{ id }]);
});

test('cancelled mails are forgotten before those that failed', async () => {
  const queue = await open();
  const mails = [await queue.add(dueMail()), await queue.add(dueMail()), await queue.add(dueMail())];
  await claimDue(queue, 2);
  for (const { id } of mails.slice(0, 2)) await settle(queue, id, { state: 'dead', attempt });
  await queue.cancel({ state: 'waiting' });
  await queue.prune(new Date(Date.now() + 2000));
  expect((await queue.stats()).states).toMatchObject({ cancelled: 0, dead: 2 });
});

test('one loss of everything is one alarm, however many mailers notice it', async () => {
  const alarms: MailAlarmEvent[] = [];
  const queue = await open({ mailers: ['default', 'other'], raise: (alarm) => alarms.push(alarm) });
  for (const mailer of ['default', 'other']) await claim(queue, { mailer });
  await suite.redis.flushall();
  await until(async () => alarms.length > 0);
  await queue.add(dueMail());
  expect(alarms).toMatchObject([{ kind: 'queue', mailers: ['default', 'other'] }]);
});

test('the settings of a Redis that was away at boot are looked at when it is there', async () => {
  const later = await RedisServer.start();
  afterCleanup(later.close);
  await later.kill();
  const said: string[] = [];
  const queue = await open({
    place: () => ({ target: later.url, prefix: 'test' }),
    report: (what) => said.push(what),
  });
  expect(said).toEqual([expect.stringContaining('ECONNREFUSED')]);
  await later.start({ appendfsync: 'everysec' });
  await queue.add(dueMail());
  await queue.add(dueMail());
  expect(said.slice(1)).toEqual([expect.stringContaining('appendfsync everysec')]);
});

test('a mail is due by the clock of the process, also after it was set back', async () => {
  const queue = await open();
  const now = Date.now();
  const { id } = await queue.add(dueMail({}, { dueAt: new Date(now - 1) }));
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now - 60_000);
  expect(await claimDue(queue)).toEqual([]);
  expect(await queue.nextDueAt('default')).toEqual(new Date(now - 1));
  clock.mockReturnValue(now);
  expect(await claimDue(queue)).toMatchObject([{ id }]);
});
