import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import {
  MailError,
  type MailerOptions,
  MailModule,
  type MailModuleOptions,
  MailOutbox,
  MailService,
} from 'nest-mailroom';
import { SILENCE, TestProviderServer, TestSmtpServer } from 'nest-mailroom/testing';
import { MAILROOM } from '../src/mail.tokens.js';
import { afterCleanup, boot, cleanup } from './support/application.js';
import { tenantModule, TenantMailers, Tenants } from './support/tenants.js';

const MAIL = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

afterEach(cleanup);

async function application(options: Record<string, MailerOptions> = {}, more: MailModuleOptions = {}) {
  const tenants = new Tenants();
  for (const [name, own] of Object.entries(options)) tenants.options.set(name, own);
  const app = await boot([
    EventEmitterModule.forRoot(),
    tenantModule(tenants),
    MailModule.forRoot({
      from: 'app@example.test',
      transport: 'memory:',
      queue: { driver: 'off' },
      resolver: TenantMailers,
      ...more,
    }),
  ]);
  return { app, tenants, mail: app.get(MailService), outbox: app.get(MailOutbox) };
}

async function smtp(...given: Parameters<typeof TestSmtpServer.start>): Promise<TestSmtpServer> {
  const server = await TestSmtpServer.start(...given);
  afterCleanup(() => server.close());
  return server;
}

async function sendgrid(): Promise<TestProviderServer> {
  const server = await TestProviderServer.start('sendgrid');
  afterCleanup(() => server.close());
  return server;
}

const caught = (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => undefined,
    (error: unknown) => error,
  );

const SMTP = { tls: 'off', poolSize: 1 } as const;

test('each mail goes over the transport of its tenant, with its defaults', async () => {
  const [one, two] = [await sendgrid(), await smtp()];
  const { mail } = await application({
    'tenant:1': { from: 'one@example.test', transport: one.url },
    'tenant:2': { from: 'two@example.test', transport: { url: two.url, ...SMTP } },
  });
  const receipts = [await mail.mailer('tenant:1').send(MAIL), await mail.mailer('tenant:2').send(MAIL)];
  expect(receipts.map(({ transport }) => transport)).toEqual(['sendgrid', 'smtp']);
  expect(one.mails).toHaveLength(1);
  expect(two.mails.map(({ from }) => from)).toEqual(['two@example.test']);
});

test('forRootAsync takes a resolver too, with what the container injects', async () => {
  const tenants = new Tenants();
  tenants.options.set('tenant:1', { from: 'one@example.test' });
  const app = await boot([
    tenantModule(tenants),
    MailModule.forRootAsync({
      useFactory: () => ({
        from: 'app@example.test',
        transport: 'memory:',
        queue: { driver: 'off' },
        resolver: TenantMailers,
      }),
    }),
  ]);
  await app.get(MailService).mailer('tenant:1').send(MAIL);
  expect(app.get(MailOutbox).messages.map(({ from }) => from.address)).toEqual(['one@example.test']);
});

test('a tenant inherits what it leaves out, and its mails name it', async () => {
  const { mail, outbox } = await application({ 'tenant:1': {} });
  const rendered = await mail.mailer('tenant:1').render(MAIL);
  await mail.mailer('tenant:1').verify();
  await mail.mailer('tenant:1').send(MAIL);
  expect([rendered, ...outbox.messages].map(({ mailer, from }) => [mailer, from.address])).toEqual(
    Array.from({ length: 2 }, () => ['tenant:1', 'app@example.test']),
  );
});

test('configured mailers are not asked for', async () => {
  const { mail, tenants } = await application({}, { mailers: { news: {} } });
  await mail.mailer('news').send(MAIL);
  await mail.mailer('default').send(MAIL);
  expect(tenants.asked).toEqual([]);
});

describe('an unknown name is `config`', () => {
  test.each<[string, (mail: MailService) => Promise<unknown>]>([
    ['send', (mail) => mail.send(MAIL)],
    ['render', (mail) => mail.render(MAIL)],
    ['verify', (mail) => mail.verify()],
    ['queue', (mail) => mail.queue(MAIL)],
  ])('to the caller of %s', async (_call, run) => {
    const { mail } = await application();
    await expect(run(mail.mailer('tenant:9'))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining("There is no mailer 'tenant:9'") as string,
    });
  });

  test('also if the resolver answers null, as databases do', async () => {
    const { mail, tenants } = await application();
    jest.spyOn(tenants.options, 'get').mockReturnValue(JSON.parse('null') as undefined);
    await expect(mail.mailer('tenant:9').send(MAIL)).rejects.toMatchObject({ code: 'config' });
  });

  test('and listeners hear of it', async () => {
    const { app, mail } = await application();
    const failed = new Promise((resolve) => app.get(EventEmitter2).once('mail.failed', resolve));
    await caught(mail.mailer('tenant:9').send(MAIL));
    expect(await failed).toMatchObject({ mailer: 'tenant:9', error: { code: 'config' } });
  });
});

test.each<[string, unknown]>([
  ['empty', ''],
  ['a number', 42],
  ['nothing', undefined],
  ['with a line break', 'tenant:1\r\nX'],
  ['with half a character', 'tenant:\uD800'],
  ['long', 'x'.repeat(201)],
])('a name that is %s is refused at once', async (_what, name) => {
  const { mail, tenants } = await application();
  expect(() => mail.mailer(name as string)).toThrow(MailError);
  expect(tenants.asked).toEqual([]);
});

describe('options that are not usable', () => {
  test.each<[string, unknown, string]>([
    ['an unknown option', { form: 'a@x.test' }, `resolve('t').form: expected one of`],
    ['an option of another module', { auth: {} }, 'Use transport: { username, password }'],
    ['a wrong port', { transport: { host: 'x.test', port: 0 } }, `resolve('t').transport.port`],
    ['a scheme that is none', { transport: 'smpt://x.test' }, `resolve('t').transport: expected`],
    ['a key that is not its own', { transport: 'sendgrid://default' }, `resolve('t').transport`],
    ['a class', { transport: Tenants }, 'expected a URL, options or an instance, got a class'],
    ['a rate that nobody knows', { transport: 'smtp://x.test', rateLimit: 'account' }, 'cannot ask how fast'],
    ['a text', 'smtp://x.test', 'expected an object of options'],
    ['an array', [], 'expected an object of options'],
  ])('%s: `config`, as at boot', async (_what, options, expected) => {
    const { mail } = await application({ t: options as MailerOptions });
    await expect(mail.mailer('t').send(MAIL)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(expected) as string,
    });
  });

  test('show no secret', async () => {
    const { mail } = await application({
      t: { transport: { host: 'x.test', port: 0, username: 'ada', password: 'pa55-word' } },
    });
    const error = await caught(mail.mailer('t').send(MAIL));
    expect(error).toBeInstanceOf(MailError);
    expect(JSON.stringify(error) + String(error)).not.toContain('pa55');
  });
});

describe('the resolver', () => {
  test('is asked once for mails of one name that come at the same time', async () => {
    const { mail, tenants, outbox } = await application({ t: {} });
    await Promise.all([1, 2, 3].map(() => mail.mailer('t').send(MAIL)));
    expect(tenants.asked).toEqual(['t']);
    await mail.mailer('t').send(MAIL);
    expect(tenants.asked).toEqual(['t', 't']);
    expect(outbox.messages).toHaveLength(4);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('no database'))],
    [
      'throws',
      () => {
        throw new Error('no database');
      },
    ],
  ])('%s: `transport-unavailable` for this mail alone', async (_how, answer) => {
    const { mail, tenants } = await application({ t: {} });
    tenants.answer = answer;
    await expect(mail.mailer('t').send(MAIL)).rejects.toMatchObject({
      code: 'transport-unavailable',
      retryable: true,
      message: expect.stringContaining('no database') as string,
    });
    tenants.answer = () => Promise.resolve();
    await mail.mailer('t').send(MAIL);
  });

  test('that hangs is given up at the timeout of the call, and asked again after its own', async () => {
    const { mail, tenants } = await application({ t: {} }, { timeout: 300 });
    tenants.answer = () => new Promise(() => undefined);
    await expect(mail.mailer('t').send(MAIL, { timeout: 20 })).rejects.toMatchObject({
      code: 'timeout',
      scope: 'transport',
      outcome: 'not-sent',
    });
    await expect(mail.mailer('t').render(MAIL)).rejects.toMatchObject({ code: 'timeout' });
    tenants.answer = () => Promise.resolve();
    await mail.mailer('t').send(MAIL);
  });

  test('that hangs is left by a caller who gives up', async () => {
    const { mail, tenants } = await application({ t: {} }, { timeout: 300 });
    tenants.answer = () => new Promise(() => undefined);
    const leaving = new AbortController();
    const sending = mail.mailer('t').send(MAIL, { signal: leaving.signal });
    leaving.abort();
    await expect(sending).rejects.toMatchObject({ code: 'aborted' });
  });
});

test('the timeout of a tenant is its own', async () => {
  const server = await smtp({ script: (line) => (line === 'END' ? SILENCE : undefined) });
  const { mail } = await application({ t: { transport: { url: server.url, ...SMTP }, timeout: 200 } });
  await expect(mail.mailer('t').send(MAIL)).rejects.toMatchObject({ code: 'ambiguous' });
});

describe('a transport', () => {
  const open = async (poolSize = 1) => {
    const server = await smtp();
    const options = { transport: { url: server.url, tls: 'off', poolSize } } as const;
    return { server, options, ...(await application({ t: options })) };
  };

  test('is used again while the options are equal', async () => {
    const { server, mail, tenants, options } = await open();
    await mail.mailer('t').send(MAIL);
    tenants.options.set('t', { transport: { poolSize: 1, tls: 'off', url: options.transport.url } });
    await mail.mailer('t').send(MAIL);
    expect(server.connections).toBe(1);
  });

  test('closes after its mails once the credentials change, and none is lost', async () => {
    const [old, changed] = [
      await smtp({ script: (line) => (line === 'END' ? SILENCE : undefined) }),
      await smtp(),
    ];
    const { mail, tenants } = await application({ t: { transport: { url: old.url, ...SMTP } } });
    const first = caught(mail.mailer('t').send(MAIL, { timeout: 2_000 }));
    await old.saw('END');
    tenants.options.set('t', { transport: { url: changed.url, ...SMTP } });
    await mail.mailer('t').send(MAIL);
    expect(changed.mails).toHaveLength(1);
    old.dropAll();
    // Its outcome is that of its own connection, and not `closed`.
    expect(await first).toMatchObject({ code: 'ambiguous' });
    await old.quiet();
  });

  test('closes when the tenant is gone', async () => {
    const { server, mail, tenants } = await open();
    await mail.mailer('t').send(MAIL);
    tenants.options.delete('t');
    await caught(mail.mailer('t').send(MAIL));
    await server.quiet();
  });

  test('closes with the application, and later calls are `closed`', async () => {
    const { server, app, mail } = await open();
    await mail.mailer('t').send(MAIL);
    await app.close();
    await server.quiet();
    await expect(mail.mailer('t').send(MAIL)).rejects.toMatchObject({ code: 'closed' });
    await expect(mail.mailer('t').render(MAIL)).rejects.toMatchObject({ code: 'closed' });
  });

  test('that is an instance stays open for the application', async () => {
    const close = jest.fn(() => Promise.resolve());
    const own = { name: 'own', send: jest.fn(), verify: () => Promise.resolve(), close };
    const { app, mail, tenants } = await application({ t: { transport: own } });
    await mail.mailer('t').verify();
    tenants.options.set('t', { transport: { ...own, name: 'another' } });
    await mail.mailer('t').verify();
    await app.close();
    expect(close).not.toHaveBeenCalled();
  });

  test('of many tenants does not stay open', async () => {
    const server = await smtp();
    const tenants = Array.from({ length: 600 }, (_, index) => `tenant:${index}`);
    const options = { transport: { url: server.url, ...SMTP } };
    const { app, mail } = await application(Object.fromEntries(tenants.map((name) => [name, options])));
    for (const name of tenants) await mail.mailer(name).verify();
    const { resolution } = app.get<{ resolution: { openCount: number } }>(MAILROOM);
    expect(resolution.openCount).toBeLessThanOrEqual(501);
  });
});

test('the inherited rate limit is one for all tenants, and their own is each its own', async () => {
  const once = { max: 1, per: 60_000 };
  const { mail } = await application(
    { a: {}, b: {}, c: { rateLimit: { ...once } }, d: { rateLimit: { ...once } } },
    { rateLimit: once },
  );
  const codes = [];
  for (const name of ['a', 'b', 'c', 'd', 'd']) {
    codes.push(await caught(mail.mailer(name).send(MAIL, { timeout: 500 })));
  }
  expect(codes.map((error) => (MailError.is(error) ? error.code : 'sent'))).toEqual([
    'sent',
    'rate-limited',
    'sent',
    'sent',
    'rate-limited',
  ]);
});
