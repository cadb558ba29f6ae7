import { join } from 'node:path';
import { EventEmitter2 } from '@nestjs/event-emitter';
import {
  type MailDeferredEvent,
  MailError,
  type MailModuleOptions,
  type QueueModuleOptions,
  type SqlExecutor,
  type Transport,
} from 'nest-mailroom';
import { bullmq } from '../../src/bullmq/index.js';
import { cleanup, folder } from '../support/application.js';
import { at, atFirst, queueing, server, shortPauses } from '../support/queueing.js';
import { RedisServer } from '../support/redis-server.js';
import { DROP, RESET, type Script } from '../support/scripted-server.js';

beforeEach(shortPauses);
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

const messageIdOf = (body: string): string | undefined => /^Message-ID: (.*)$/m.exec(body)?.[1]?.trim();

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.close());

type Store = () => Promise<{ queue?: QueueModuleOptions; use?: MailModuleOptions['use'] }>;

const STORES: ReadonlyArray<[string, Store]> = [
  ['in memory', () => Promise.resolve({})],
  ['on disk', async () => ({ queue: { path: join(await folder(), 'spool.db') } })],
  [
    'on Redis',
    async () => {
      await redis.tell((client) => client.flushall());
      return { queue: { driver: 'bullmq', url: redis.url }, use: [bullmq()] };
    },
  ],
];

describe.each(STORES)('queue() %s', (_name, store) => {
  const start = async (
    transport: MailModuleOptions['transport'],
    options: QueueModuleOptions = { retryDelays: [5] },
  ) => {
    const { queue, use } = await store();
    return queueing(transport, { ...queue, ...options }, { use });
  };

  it('resolves before the mail is sent, and the mail is sent', async () => {
    const smtp = await server();
    const { mail: service, next, names } = await start(at(smtp.port));
    const sent = next('mail.sent');
    const queued = await service.queue(mail);
    expect(queued).toMatchObject({
      duplicate: false,
      messageId: expect.stringMatching(/^<.+@example\.test>$/),
    });
    const { receipt } = await sent;
    expect(receipt.accepted).toEqual(['ada@example.test']);
    expect(smtp.bodies.map(messageIdOf)).toEqual([queued.messageId]);
    expect(names()).toEqual(['mail.queued', 'mail.sending', 'mail.sent']);
  });

  it('retries a mail at its time, even if a listener takes longer', async () => {
    let left = 4;
    // At once: the worker is still looking when the attempt is over.
    const transport: Transport = {
      name: 'hasty',
      send: ({ messageId, envelope }) =>
        left-- > 0
          ? Promise.reject(new MailError('message-rejected', 'Later', { retryable: true }))
          : Promise.resolve({
              messageId,
              transport: 'hasty',
              accepted: envelope.to,
              rejected: [],
              durationMs: 0,
            }),
      verify: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const { app, mail: service, next } = await start(transport);
    const attempts: number[] = [];
    app.get(EventEmitter2).on('mail.deferred', ({ attempt }: MailDeferredEvent) => {
      attempts.push(attempt);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    });
    const sent = next('mail.sent');
    await service.queue(mail);
    await sent;
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  it('tries a greylisted mail again: the same bytes to the same recipient', async () => {
    const smtp = await server(atFirst(1, /^RCPT/, '451 4.7.1 come back later'));
    const { mail: service, next } = await start(at(smtp.port));
    const [deferred, sent] = [next('mail.deferred'), next('mail.sent')];
    const { messageId, id } = await service.queue(mail);
    await expect(deferred).resolves.toMatchObject({ id, attempt: 1, error: { code: 'recipients-rejected' } });
    await sent;
    expect(smtp.bodies.map(messageIdOf)).toEqual([messageId]);
    for (const command of ['MAIL', 'RCPT']) {
      const lines = smtp.lines.filter((line) => line.startsWith(command));
      expect([lines.length, new Set(lines).size]).toEqual([2, 1]);
    }
  });

  it.each([
    ['MAIL', '452 4.3.1 no room', 'message-rejected'],
    ['RCPT', '450 4.2.1 busy', 'recipients-rejected'],
    ['DATA', '451 4.3.0 not now', 'message-rejected'],
    ['END', '452 4.3.1 no room', 'message-rejected'],
  ])('tries a mail again that is refused for now at %s', async (command, reply, code) => {
    const smtp = await server(atFirst(1, new RegExp(`^${command}`), reply));
    const { mail: service, next, names } = await start(at(smtp.port));
    const [deferred, sent] = [next('mail.deferred'), next('mail.sent')];
    const { messageId } = await service.queue(mail);
    await expect(deferred).resolves.toMatchObject({ attempt: 1, error: { code, retryable: true } });
    await expect(sent).resolves.toMatchObject({ messageId });
    expect(new Set(smtp.bodies.map(messageIdOf))).toEqual(new Set([messageId]));
    expect(names()).not.toContain('mail.paused');
  });

  it('retries only the recipients that may still be reached', async () => {
    const answers: Readonly<Record<string, string>> = {
      'bob@': '451 4.2.1 later',
      'eve@': '550 5.1.1 nobody',
    };
    const refusals = Object.entries(answers).map(([who, answer]) =>
      atFirst(1, new RegExp(`^RCPT.*${who}`), answer),
    );
    const smtp = await server((line, connection) =>
      refusals.map((refuse) => refuse(line, connection)).find((answer) => answer !== undefined),
    );
    const { mail: service, next } = await start(at(smtp.port));
    const deferred = next('mail.deferred');
    await service.queue({ ...mail, to: ['ada@example.test', 'bob@example.test', 'eve@example.test'] });
    await deferred;
    const again = await next('mail.sent');
    expect(again.receipt.accepted).toEqual(['bob@example.test']);
    const recipients = smtp.lines.filter((line) => line.startsWith('RCPT'));
    expect(recipients.map((line) => /<(.)/.exec(line)?.[1]).join('')).toBe('abeb');
    expect(new Set(smtp.bodies).size).toBe(1);
  });

  it.each([
    ['the recipient', /^RCPT/, '550 5.1.1 nobody here', 'recipients-rejected'],
    ['the sender', /^MAIL/, '553 5.1.8 not you', 'message-rejected'],
    ['DATA', /^DATA/, '554 5.5.1 no valid recipients', 'message-rejected'],
    ['the body', /^END/, '554 5.7.1 spam', 'message-rejected'],
  ])('gives a mail up when %s is refused for good, and keeps the reply', async (_what, line, reply, code) => {
    const smtp = await server(atFirst(9, line, reply));
    const { mail: service, next, names } = await start(at(smtp.port));
    const dead = next('mail.dead');
    await service.queue(mail);
    await expect(dead).resolves.toMatchObject({ attempt: 1, error: { code } });
    const { error } = await dead;
    const kept = error?.smtp ?? error?.rejected[0]?.smtp;
    expect(kept).toMatchObject({ code: Number(reply.slice(0, 3)), enhanced: reply.slice(4, 9) });
    expect(names()).not.toContain('mail.paused');
  });

  it.each<[string, Script]>([
    ['421 as the banner', atFirst(2, /^BANNER/, '421 4.3.2 shutting down')],
    ['554 as the banner', atFirst(2, /^BANNER/, '554 5.3.2 no service')],
    ['a connection that is reset', atFirst(2, /^BANNER/, RESET)],
    ['EHLO refused', atFirst(4, /^(EHLO|HELO)/, '502 5.5.1 what')],
    ['421 to MAIL', atFirst(1, /^MAIL/, '421 4.4.5 busy')],
  ])(
    'takes %s for the fault of the transport: it waits, the mail has lost no attempt',
    async (_what, script) => {
      const smtp = await server(script);
      const { mail: service, next } = await start(at(smtp.port));
      const [paused, resumed, sent] = [next('mail.paused'), next('mail.resumed'), next('mail.sent')];
      const { id } = await service.queue(mail);
      const { retryInMs, error } = await paused;
      expect(error.code).toBe('transport-unavailable');
      expect(retryInMs).toBeGreaterThan(0);
      await Promise.all([sent, resumed]);
      expect(smtp.bodies).toHaveLength(1);
      expect(id).toBeDefined();
    },
  );

  it('waits for an absent server, and sends everything once it is there', async () => {
    const gone = await server();
    await gone.close();
    const { mail: service, queue, next } = await start(at(gone.port));
    const paused = next('mail.paused');
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => service.queue({ ...mail, to: `u${index}@example.test` })),
    );
    await expect(paused).resolves.toMatchObject({ error: { code: 'transport-unavailable' } });
    const back = await server(undefined, gone.port);
    await queue.drain();
    expect(back.bodies).toHaveLength(20);
    const entries = await queue.list();
    expect(entries.map(({ state, attempts }) => `${state} ${attempts.length}`)).toEqual(
      Array<string>(20).fill('sent 1'),
    );
  });

  it('treats a refused login as a fault of the transport', async () => {
    const smtp = await server((line) =>
      line.startsWith('EHLO')
        ? '250-test\r\n250 AUTH PLAIN'
        : line.startsWith('AUTH')
          ? '535 5.7.8 no'
          : undefined,
    );
    const {
      mail: service,
      next,
      names,
    } = await start({
      ...at(smtp.port),
      username: 'app',
      password: 'secret',
    });
    const paused = next('mail.paused');
    await Promise.all([1, 2, 3].map((index) => service.queue({ ...mail, to: `u${index}@example.test` })));
    await expect(paused).resolves.toMatchObject({ error: { code: 'authentication' } });
    expect(names()).not.toContain('mail.dead');
  });

  it.each<[string, Script]>([
    ['in the middle of the body', atFirst(1, /^BODY/, DROP)],
    ['after the body', atFirst(1, /^END/, DROP)],
    ['with a reset after the body', atFirst(1, /^END/, RESET)],
  ])('sends again when the connection breaks %s: the same Message-ID', async (_when, script) => {
    const smtp = await server(script);
    const { mail: service, next } = await start(at(smtp.port));
    const [deferred, sent] = [next('mail.deferred'), next('mail.sent')];
    const { messageId } = await service.queue(mail);
    await deferred;
    await sent;
    expect(new Set(smtp.bodies.map(messageIdOf))).toEqual(new Set([messageId]));
  });

  it('holds a mail that may have been sent, if the option says so', async () => {
    const smtp = await server(atFirst(1, /^END/, DROP));
    const { mail: service, next, names } = await start(at(smtp.port), { onAmbiguous: 'hold' });
    const ambiguous = next('mail.ambiguous');
    await service.queue(mail);
    await expect(ambiguous).resolves.toMatchObject({ error: { code: 'ambiguous', outcome: 'unknown' } });
    expect(names()).not.toContain('mail.sent');
  });

  it('sends a mail once that was accepted before the connection broke', async () => {
    const smtp = await server(atFirst(1, /^END/, { last: '250 2.0.0 queued' }));
    const { mail: service, next, names } = await start(at(smtp.port));
    const sent = next('mail.sent');
    await service.queue(mail);
    await sent;
    await service.queue({ ...mail, subject: 'Another' });
    await next('mail.sent');
    expect(smtp.bodies).toHaveLength(2);
    expect(names()).not.toContain('mail.deferred');
  });

  it('expires a mail if its next attempt would come too late', async () => {
    const smtp = await server(atFirst(9, /^RCPT/, '451 4.7.1 later'));
    const { mail: service, next } = await start(at(smtp.port), { retryDelays: [60_000] });
    const expired = next('mail.expired');
    await service.queue(mail, { expiresAt: new Date(Date.now() + 30_000) });
    await expect(expired).resolves.toMatchObject({ attempt: 1, error: { code: 'recipients-rejected' } });
  });

  it('returns the first mail for the same idempotency key', async () => {
    const smtp = await server();
    const { mail: service, next } = await start(at(smtp.port));
    const sent = next('mail.sent');
    const options = { idempotencyKey: 'signup-7' };
    const [first, second] = await Promise.all([service.queue(mail, options), service.queue(mail, options)]);
    expect([first.duplicate, second.duplicate]).toEqual([false, true]);
    expect(second).toMatchObject({ id: first.id, messageId: first.messageId });
    await sent;
    expect(smtp.bodies).toHaveLength(1);
  });

  it('lets a mail of high priority overtake', async () => {
    const smtp = await server();
    const { mail: service, queue } = await start(at(smtp.port), { concurrency: 1 });
    queue.pause();
    for (const to of ['a@example.test', 'b@example.test'])
      await service.queue({ ...mail, to }, { priority: 'low' });
    await service.queue({ ...mail, to: 'code@example.test' }, { priority: 'high' });
    queue.resume();
    await queue.drain();
    const recipients = smtp.lines.filter((line) => line.startsWith('RCPT'));
    expect(recipients.map((line) => /<(.*?)@/.exec(line)?.[1])).toEqual(['code', 'a', 'b']);
  });

  it.each([
    ['delay', { delay: -1 }],
    ['delay', { delay: Number.NaN }],
    ['sendAt', { delay: 1, sendAt: new Date() }],
    ['expiresAt', { expiresAt: new Date(0) }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'a\nb' }],
  ])('refuses a wrong %s and queues nothing', async (field, options) => {
    const { mail: service, names } = await start('memory:');
    await expect(service.queue(mail, options)).rejects.toMatchObject({
      code: 'message-invalid',
      at: { field: `options.${field}` },
    });
    expect(names()).not.toContain('mail.queued');
  });

  it.each([
    ['the caller has no executor', 'client', 'message-invalid', 'options.via'],
    ['nobody would relay the mail', { execute: () => Promise.resolve([]) }, 'config', 'queue: { outbox:'],
  ])('refuses a mail in a transaction where %s', async (_what, via, code, words) => {
    const { mail: service } = await start('memory:');
    await expect(service.queue(mail, { via: via as SqlExecutor })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('refuses an invalid mail', async () => {
    const { mail: service, names } = await start('memory:');
    await expect(service.queue({ ...mail, to: 'nobody' })).rejects.toMatchObject({ code: 'message-invalid' });
    expect(names()).toEqual([]);
  });

  it('says how to configure a queue if there is none', async () => {
    const { mail: service } = await start('memory:', { driver: 'off' });
    await expect(service.queue(mail)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('MAIL_QUEUE=off'),
    });
  });
});

describe('queueMany()', () => {
  it('queues each mail of a source, and does not stop at a wrong one', async () => {
    const { mail: service, queue } = await queueing('memory:');
    function* mails() {
      for (const to of ['a@example.test', 'nobody', 'c@example.test']) yield { ...mail, to };
    }
    const { queued, failed } = await service.queueMany(mails(), { priority: 'low', delay: 60_000 });
    expect(queued.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([0, 2]);
    expect(failed).toMatchObject([{ index: 1, error: { code: 'message-invalid' } }]);
    const waiting = await queue.list({ state: 'waiting' });
    expect(waiting.map(({ priority }) => priority)).toEqual(['low', 'low']);
  });
});
