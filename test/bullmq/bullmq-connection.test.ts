import { join } from 'node:path';
import { BullModule } from '@nestjs/bullmq';
import { MailModule, MailQueueService, MailService } from 'nest-mailroom';
import { bullmq } from 'nest-mailroom/bullmq';
import { afterCleanup, boot, cleanup } from '../support/application.js';
import { CA } from '../support/certificates.js';
import { LogLines } from '../support/log-lines.js';
import { at, queueing, server } from '../support/queueing.js';
import { RedisServer } from '../support/redis-server.js';
import { SentinelSetup } from './sentinel.js';

afterEach(cleanup);

const mail = (subject: string) => ({ to: 'ada@example.test', subject, text: 'the body' });
const DRIVER = { driver: 'bullmq' } as const;

const subjectsOf = (bodies: readonly string[]): readonly string[] =>
  bodies.map((body) => /^Subject: (.*)$/m.exec(body)?.[1] ?? '').toSorted();

/** Until Redis takes it; what refuses it meanwhile says that it may be tried again. */
async function queueWhenItCan(service: MailService, subject: string): Promise<void> {
  const idempotencyKey = subject;
  for (;;) {
    try {
      await service.queue(mail(subject), { idempotencyKey });
      return;
    } catch (error) {
      expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true });
    }
  }
}

describe('with Sentinel', () => {
  test.each([
    ['the primary dies', '+switch-master', (setup: SentinelSetup) => setup.primary.kill()],
    // Until then it takes writes, which are lost.
    ['it becomes a replica', '+convert-to-slave', (setup: SentinelSetup) => setup.tell('FAILOVER', 'mails')],
  ])(
    'a failover loses nothing that was replicated: %s',
    async (_what, event, failOver) => {
      const [setup, smtp] = [await SentinelSetup.start(), await server()];
      const use = [bullmq({ connection: setup.connection })];
      const { mail: service, queue } = await queueing(at(smtp.port), DRIVER, { use });
      queue.pause();
      const subjects = Array.from({ length: 20 }, (_, index) => `before ${index}`);
      for (const subject of subjects) await service.queue(mail(subject));
      await setup.replicated();
      await setup.published(event, () => failOver(setup));
      await queueWhenItCan(service, 'after');
      const role = (redis: RedisServer) => redis.tell((client) => client.role());
      expect((await role(setup.replica))[0]).toBe('master');
      queue.resume();
      await queue.drain();
      expect(subjectsOf(smtp.bodies)).toEqual([...subjects, 'after'].toSorted());
    },
    60_000,
  );

  test('messages name the Sentinel and its primary', async () => {
    const use = [bullmq({ connection: { sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'mails' } })];
    const { mail: service } = await queueing('memory:', DRIVER, { use });
    await expect(service.queue(mail('one'))).rejects.toThrow(/Redis at mails \(Sentinel 127\.0\.0\.1:1\)/);
  });
});

test('a primary that has no replica, and must have one, takes no mail; what waits goes out when it has one', async () => {
  const [redis, smtp] = [await RedisServer.start(), await server()];
  afterCleanup(redis.close);
  const set = (count: string) => redis.tell((client) => client.config('SET', 'min-replicas-to-write', count));
  const { mail: service, queue } = await queueing(
    at(smtp.port),
    { ...DRIVER, url: redis.url },
    { use: [bullmq()] },
  );
  queue.pause();
  await service.queue(mail('one'));
  await set('1');
  await expect(service.queue(mail('two'))).rejects.toMatchObject({
    code: 'transport-unavailable',
    message: expect.stringContaining('NOREPLICAS'),
  });
  queue.resume();
  await set('0');
  await queue.drain();
  expect(subjectsOf(smtp.bodies)).toEqual(['one']);
});

describe('over TLS', () => {
  const certificates = join(__dirname, '../support/certificates');

  async function tlsRedis(): Promise<RedisServer> {
    const redis = await RedisServer.start((port) => ({
      port: '0',
      'tls-port': String(port),
      'tls-cert-file': join(certificates, 'server.pem'),
      'tls-key-file': join(certificates, 'server.key'),
      'tls-ca-cert-file': join(certificates, 'ca.pem'),
      'tls-auth-clients': 'no',
      requirepass: 's3cret',
    }));
    afterCleanup(redis.close);
    return redis;
  }

  test('mails go through a Redis whose certificate the connection trusts', async () => {
    const [redis, smtp] = [await tlsRedis(), await server()];
    const connection = { host: '127.0.0.1', port: redis.port, password: 's3cret', tls: { ca: CA } };
    const app = await boot([
      BullModule.forRoot({ connection }),
      MailModule.forRoot({
        from: 'app@example.test',
        transport: at(smtp.port),
        verify: 'off',
        use: [bullmq()],
        queue: DRIVER,
      }),
    ]);
    await app.get(MailService).queue(mail('one'));
    await app.get(MailQueueService).drain();
    expect(subjectsOf(smtp.bodies)).toEqual(['one']);
  });

  test.each([
    ['rediss', 'tls', /certificate that is not trusted: .*NODE_EXTRA_CA_CERTS/],
    ['redis', 'transport-unavailable', /Connection is closed|cannot be reached|ECONNRESET/],
  ])('with a %s: URL alone mails are refused, and it is said why', async (scheme, code, why) => {
    const redis = await tlsRedis();
    const url = `${scheme}://:s3cret@127.0.0.1:${redis.port}`;
    const { app, mail: service } = await queueing(
      'memory:',
      { ...DRIVER, url, deliver: false },
      { use: [bullmq()] },
    );
    const log = new LogLines();
    app.useLogger(log);
    const error: unknown = await service.queue(mail('one')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, retryable: true, outcome: 'not-sent' });
    expect(String(error)).toMatch(why);
    expect(JSON.stringify([String(error), log.errors])).not.toContain('s3cret');
  });
});
