import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Job, Queue } from 'bullmq';
import { getMailQueueName } from 'nest-mailroom/bullmq';
import type { MailAlarmEvent } from 'nest-mailroom';
import { Attachments } from '../../src/bullmq/attachments.js';
import type { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import type { Claim, ConsumeOptions, Consumer, Settlement } from '../../src/queue/mail-queue.js';
import { dueMail } from '../queue/spool-mails.js';
import { afterCleanup } from '../support/application.js';
import { until } from '../support/example-process.js';
import { RedisServer } from '../support/redis-server.js';
import { lapse, redisOfSuite } from './redis-of-suite.js';

const suite = redisOfSuite();
const { open } = suite;

/** Mails that a consumer was handed, and what it was told. */
class Hands {
  readonly claims: Claim[] = [];
  readonly settled: string[] = [];
  readonly unsettled: string[] = [];
  readonly faults: string[] = [];
  readonly consumer: Consumer;
  readonly #ends: Array<(settlement: Settlement) => void> = [];

  constructor(queue: BullMqQueue, options: Partial<ConsumeOptions> = {}) {
    this.consumer = queue.consume('default', (claim) => this.#take(claim), {
      concurrency: 10,
      onSettled: ({ id }) => void this.settled.push(id),
      onUnsettled: ({ id }) => void this.unsettled.push(id),
      onStore: (operation, fault) => fault !== undefined && this.faults.push(operation),
      ...options,
    });
  }

  #take(claim: Claim): Promise<Settlement> {
    this.claims.push(claim);
    return new Promise((resolve) => this.#ends.push(resolve));
  }

  async have(count: number): Promise<readonly Claim[]> {
    await until(async () => this.claims.length >= count);
    return this.claims;
  }

  end(settlement: Settlement = { state: 'sent' }): void {
    for (const end of this.#ends.splice(0)) end(settlement);
  }

  async haveSettled(count: number): Promise<void> {
    await until(async () => this.settled.length >= count);
  }
}

async function addAll(queue: BullMqQueue, count: number): Promise<readonly string[]> {
  const mails = Array.from({ length: count }, () => queue.add(dueMail()));
  return (await Promise.all(mails)).map(({ id }) => id);
}

test('an attachment that cannot be read for now makes no mail corrupt', async () => {
  const queue = await open();
  const pdf = { contentType: 'application/pdf', disposition: 'attachment', headers: {} } as const;
  const attachments = [{ ...pdf, content: Buffer.alloc(1024 ** 2) }];
  jest.spyOn(Attachments.prototype, 'read').mockRejectedValueOnce(new Error('Command timed out'));
  const { id } = await queue.add(dueMail({ attachments }));
  const hands = new Hands(queue);
  expect(await hands.have(1)).toMatchObject([{ id, attempt: 1, crashes: 0, message: { attachments } }]);
  expect(hands.faults).toEqual(['reading']);
});

test('no more than so many are handed out, and the next one only once an end is stored', async () => {
  const queue = await open();
  await addAll(queue, 3);
  const hands = new Hands(queue, { concurrency: 2 });
  await hands.have(2);
  const { moveToCompleted } = Job.prototype;
  const ended: number[] = [];
  jest.spyOn(Job.prototype, 'moveToCompleted').mockImplementation(async function (this: Job, ...args) {
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(hands.claims.length);
    return moveToCompleted.apply(this, args);
  });
  hands.end();
  await hands.have(3);
  expect(ended).toEqual([2, 2]);
});

test('a consumer that may have none is handed none, until it may again', async () => {
  const queue = await open();
  const hands = new Hands(queue, { concurrency: 0 });
  const busy = new Hands(queue, { concurrency: 1 });
  await addAll(queue, 2);
  await busy.have(1);
  busy.end();
  await busy.have(2);
  expect(hands.claims).toEqual([]);
  hands.consumer.setConcurrency(10);
  await addAll(queue, 1);
  await hands.have(1);
});

test('what became of a mail is stored when Redis takes it again, and told then', async () => {
  const queue = await open();
  const [id = ''] = await addAll(queue, 1);
  const hands = new Hands(queue);
  await hands.have(1);
  const full = new Error('OOM command not allowed when used memory');
  jest.spyOn(Job.prototype, 'moveToCompleted').mockRejectedValueOnce(full);
  hands.end();
  await until(async () => hands.faults.length > 0);
  expect(hands.settled).toEqual([]);
  await hands.haveSettled(1);
  expect(hands.faults).toEqual(['writing']);
  expect(await queue.get(id)).toMatchObject({ state: 'sent' });
});

test('a lock that ran out while nobody took the mail is no reason to forget what became of it', async () => {
  const queue = await open();
  const [id = ''] = await addAll(queue, 1);
  const hands = new Hands(queue);
  await hands.have(1);
  await suite.redis.del(`test:mail-default:${id.split('.')[1]}:lock`);
  hands.end();
  await hands.haveSettled(1);
  expect(await queue.get(id)).toMatchObject({ state: 'sent' });
});

test('a mail that was sent is not mailed again, though its lock ran out and it waits again', async () => {
  const queue = await open();
  const [id = ''] = await addAll(queue, 1);
  const hands = new Hands(queue, { concurrency: 1 });
  await hands.have(1);
  await lapse(suite.redis, [id]);
  expect(await queue.get(id)).toMatchObject({ state: 'waiting' });
  const attempt = { startedAt: new Date(), durationMs: 1, accepted: ['ada@to.test'], rejected: [] };
  hands.end({ state: 'sent', attempt });
  await until(async () => (await queue.get(id))?.state === 'sent');
  expect(hands.claims).toHaveLength(1);
  expect(await queue.get(id)).toMatchObject({ attempts: [attempt] });
});

test('what became of a mail is not told of another one that has its key by now', async () => {
  const queue = await open();
  const jobs = new Queue(getMailQueueName(), { connection: suite.redis, prefix: 'test' });
  afterCleanup(() => jobs.close());
  const keyed = (subject: string) => queue.add(dueMail({ subject }, { idempotencyKey: 'key' }));
  const { id } = await keyed('before');
  const hands = new Hands(queue, { concurrency: 1 });
  await hands.have(1);
  await lapse(suite.redis, [id]);
  await jobs.remove(id.split('.')[1] ?? '');
  await keyed('after');
  hands.end();
  await hands.have(2);
  expect(hands.claims.map(({ message }) => message.subject)).toEqual(['before', 'after']);
});

test('mails that cannot be read and come together are set aside and told once each', async () => {
  const alarms: MailAlarmEvent[] = [];
  const queue = await open({ raise: (alarm) => alarms.push(alarm) });
  const ids = await addAll(queue, 20);
  for (const id of ids) await suite.redis.hset(`test:mail-default:${id.split('.')[1]}`, 'data', '{"torn');
  const hands = [new Hands(queue), new Hands(queue)];
  await until(async () => alarms.length >= 20);
  expect(hands.flatMap(({ claims }) => claims)).toEqual([]);
  expect(alarms.map((alarm) => ('id' in alarm ? alarm.id : '')).toSorted()).toEqual(ids.toSorted());
  expect((await queue.stats()).states).toMatchObject({ corrupt: 20, dead: 0, waiting: 0, sending: 0 });
});

test('a mail that is settled is not kept in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (!isFunction(collect)) throw new Error('the garbage cannot be collected');
  const queue = await open();
  const ids = await addAll(queue, 30);
  const hands = new Hands(queue);
  const messages: Array<WeakRef<object>> = [];
  while (messages.length < ids.length) {
    await hands.have(1);
    messages.push(...hands.claims.splice(0).map(({ message }) => new WeakRef(message)));
    hands.end();
  }
  await hands.haveSettled(ids.length);
  await until(async () => {
    collect();
    return messages.every((message) => message.deref() === undefined);
  });
});

test('a consumer that stops is handed no further mail, and waits for those it has', async () => {
  const queue = await open();
  await addAll(queue, 3);
  const hands = new Hands(queue, { concurrency: 1 });
  await hands.have(1);
  const stopped = hands.consumer.stop();
  hands.end();
  await stopped;
  expect([hands.claims.length, hands.settled.length]).toEqual([1, 1]);
  expect((await queue.stats()).states).toMatchObject({ sent: 1, waiting: 2, sending: 0 });
});

test('a consumer whose Redis is gone stops all the same, and says what it could not store', async () => {
  const server = await RedisServer.start();
  afterCleanup(server.close);
  const queue = await open({ place: () => ({ target: server.url, prefix: 'test' }) });
  const [id] = await addAll(queue, 1);
  const hands = new Hands(queue);
  await hands.have(1);
  await server.kill();
  const stopped = hands.consumer.stop();
  hands.end();
  await stopped;
  expect([hands.settled, hands.unsettled]).toEqual([[], [id]]);
});

function isFunction(value: unknown): value is () => void {
  return typeof value === 'function';
}
