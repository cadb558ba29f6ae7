import { Injectable } from '@nestjs/common';
import { BullModule, InjectQueue } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { Cluster } from 'ioredis';
import { MailModule, MailQueueService, MailService } from 'nest-mailroom';
import { bullmq, getMailQueueName } from 'nest-mailroom/bullmq';
import { BullMqQueue } from '../../src/bullmq/bullmq-queue.js';
import { afterCleanup, boot, cleanup, setEnv } from '../support/application.js';
import { until } from '../support/example-process.js';
import { LogLines } from '../support/log-lines.js';
import { at, queueing, server } from '../support/queueing.js';
import { RedisServer } from '../support/redis-server.js';

afterEach(cleanup);

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

async function redisServer(settings?: Readonly<Record<string, string>>): Promise<RedisServer> {
  const redis = await RedisServer.start(settings);
  afterCleanup(redis.close);
  return redis;
}

const onRedis = (url: string) => ({ driver: 'bullmq', url, retryDelays: [5] }) as const;

@Injectable()
class Dashboard {
  constructor(@InjectQueue(getMailQueueName()) readonly jobs: Queue) {}
}

test('the environment is enough, in production too', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  setEnv({
    NODE_ENV: 'production',
    MAIL_QUEUE: 'bullmq',
    MAIL_REDIS_URL: redis.url,
    MAIL_URL: `smtp://127.0.0.1:${smtp.port}?tls=off`,
    MAIL_FROM: 'app@example.test',
  });
  const app = await boot([MailModule.forRoot({ use: [bullmq()], verify: 'off' })]);
  await app.get(MailService).queue(mail);
  await app.get(MailQueueService).drain();
  expect(smtp.bodies).toHaveLength(1);
});

test('the connection and the prefix come from BullModule, whose queues show the mails', async () => {
  const redis = await redisServer();
  const app = await boot(
    [
      MailModule.forRoot({
        from: 'app@example.test',
        transport: 'memory:',
        use: [bullmq()],
        queue: { driver: 'bullmq', deliver: false },
      }),
      BullModule.forRootAsync({
        useFactory: () => ({ connection: { host: '127.0.0.1', port: redis.port }, prefix: 'shop' }),
      }),
      BullModule.registerQueue({ name: getMailQueueName() }),
    ],
    [Dashboard],
  );
  const { id } = await app.get(MailService).queue(mail, { delay: 60_000, idempotencyKey: 'k' });
  const [job] = await app.get(Dashboard).jobs.getDelayed();
  expect(id).toBe(`default.${job?.id}`);
  expect(job?.data).toMatchObject({ priority: 'normal', message: { subject: 'Hello', text: 'the body' } });
  expect(await redis.tell((client) => client.keys('bull:*'))).toEqual([]);
});

test('job options of BullModule do not apply to mails', async () => {
  const redis = await redisServer();
  const defaultJobOptions = {
    removeOnComplete: true,
    attempts: 9,
    delay: 60_000,
    priority: 7,
    stackTraceLimit: 0,
  };
  const app = await boot(
    [
      BullModule.forRoot({ connection: { host: '127.0.0.1', port: redis.port }, defaultJobOptions }),
      BullModule.registerQueue({ name: getMailQueueName(), defaultJobOptions }),
      MailModule.forRoot({
        from: 'app@example.test',
        transport: 'memory:',
        use: [bullmq()],
        queue: { driver: 'bullmq' },
      }),
    ],
    [Dashboard],
  );
  const { id } = await app.get(MailService).queue(mail);
  await app.get(MailQueueService).drain();
  expect(await app.get(MailQueueService).get(id)).toMatchObject({ state: 'sent', attempts: [{}] });
  const [job] = await app.get(Dashboard).jobs.getCompleted();
  expect(job?.opts).toMatchObject({ attempts: 1, removeOnComplete: false, priority: 2 });
});

test('a queue that nobody gave a Redis stops the boot', async () => {
  const booting = queueing('memory:', { driver: 'bullmq' }, { use: [bullmq()] });
  await expect(booting).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('MAIL_REDIS_URL'),
  });
});

test('a Redis Cluster is refused', async () => {
  const connection = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
  const booting = boot([
    BullModule.forRoot({ connection }),
    MailModule.forRoot({ transport: 'memory:', use: [bullmq()], queue: { driver: 'bullmq' } }),
  ]);
  await expect(booting).rejects.toMatchObject({ code: 'unsupported', scope: 'config' });
  connection.disconnect();
});

test('an application boots without its Redis, refuses mails at once and delivers when it is there', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  await redis.kill();
  const { mail: service, queue } = await queueing(at(smtp.port), onRedis(redis.url), { use: [bullmq()] });
  const error = await service.queue(mail).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, outcome: 'not-sent' });
  expect(String(error)).toContain('ECONNREFUSED');
  await redis.start();
  await service.queue(mail);
  await queue.drain();
  expect(smtp.bodies).toHaveLength(1);
});

test('what Redis was told survives its power cut, and is delivered when it is back', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  const web = await queueing('memory:', { ...onRedis(redis.url), deliver: false }, { use: [bullmq()] });
  const worker = await queueing(at(smtp.port), onRedis(redis.url), { use: [bullmq()] });
  worker.queue.pause();
  for (let n = 0; n < 20; n += 1) await web.mail.queue(mail);
  await redis.kill();
  worker.queue.resume();
  await expect(web.mail.queue(mail)).rejects.toMatchObject({ code: 'transport-unavailable' });
  await redis.start();
  await worker.queue.drain();
  expect(smtp.bodies).toHaveLength(20);
  await web.mail.queue(mail);
  await worker.queue.drain();
  expect(smtp.bodies).toHaveLength(21);
});

test('a Redis that lost everything is noticed and said, and the queue goes on', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  const {
    app,
    mail: service,
    queue,
    next,
  } = await queueing(at(smtp.port), onRedis(redis.url), { use: [bullmq()] });
  const log = new LogLines();
  app.useLogger(log);
  for (let n = 0; n < 3; n += 1) await service.queue(mail, { delay: 60_000 });
  const alarm = next('mail.alarm');
  await redis.tell((client) => client.flushall());
  expect(await alarm).toMatchObject({
    kind: 'queue',
    message: expect.stringMatching(/lost everything.*3 when they were last counted/),
  });
  await service.queue(mail);
  await queue.drain();
  expect(smtp.bodies).toHaveLength(1);
  expect(log.errors).toHaveLength(1);
});

test('a rate limit holds over all applications on one Redis', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  const more = { use: [bullmq()], rateLimit: { max: 3, per: 60_000 }, shutdownTimeout: 100 };
  const applications = [
    await queueing(at(smtp.port), onRedis(redis.url), more),
    await queueing(at(smtp.port), onRedis(redis.url), more),
  ];
  for (const application of applications) for (let n = 0; n < 4; n += 1) await application.mail.queue(mail);
  for (const { queue } of applications) await queue.drain();
  expect(smtp.bodies).toHaveLength(3);
  expect((await applications[0]?.queue.stats())?.states).toMatchObject({ sent: 3, waiting: 5 });
  await expect(applications[1]?.mail.send(mail)).rejects.toMatchObject({ code: 'rate-limited' });
});

test('a shutdown counts the mails that a rate limit holds up', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  const more = { use: [bullmq()], rateLimit: { max: 1, per: 60_000 }, shutdownTimeout: 2_000 };
  const { app, mail: service, queue } = await queueing(at(smtp.port), onRedis(redis.url), more);
  const log = new LogLines();
  app.useLogger(log);
  for (let n = 0; n < 3; n += 1) await service.queue(mail);
  await until(async () => (await queue.stats()).states.sent === 1);
  const looks = jest.spyOn(BullMqQueue.prototype, 'nextDueAt');
  await until(() => {
    // Its worker looks whether others have tried its mails.
    queue.resume();
    return looks.mock.calls.length > 0;
  });
  looks.mockRestore();
  await app.close();
  expect(smtp.bodies).toHaveLength(1);
  expect(log.logs).toContainEqual(expect.stringMatching(/leaves mails of this process.*2/));
});

test('a queue that is paused on a dashboard rests, and goes on when it is resumed', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  const { app, mail: service, next } = await queueing(at(smtp.port), onRedis(redis.url), { use: [bullmq()] });
  const other = await boot(
    [
      BullModule.forRoot({ connection: { host: '127.0.0.1', port: redis.port } }),
      BullModule.registerQueue({ name: getMailQueueName() }),
    ],
    [Dashboard],
  );
  const { jobs } = other.get(Dashboard);
  await jobs.pause();
  const { id } = await service.queue(mail);
  await app.get(MailQueueService).drain();
  expect(await app.get(MailQueueService).get(id)).toMatchObject({ state: 'waiting' });
  const sent = next('mail.sent');
  await jobs.resume();
  await sent;
  expect(smtp.bodies).toHaveLength(1);
});
