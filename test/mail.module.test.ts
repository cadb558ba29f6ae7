import { join } from 'node:path';
import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { MailerModule, MailerService } from '@nestjs-modules/mailer';
import {
  type AttemptOptions,
  getMailerToken,
  getTransportToken,
  InjectMailer,
  MAIL_TRANSPORT,
  mailConfig,
  mailEnvSchema,
  MailError,
  MailModule,
  MailOutbox,
  type MailModuleOptions,
  MailService,
  type QueueModuleOptions,
  type Receipt,
  type RenderedMessage,
} from 'nest-mailroom';
import { boot, cleanup, folder, setEnv } from './support/application.js';
import { KeepingTransport } from './support/keeping-transport.js';

afterEach(cleanup);

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'Hello Ada' };
const from = 'App <app@example.test>';

async function bootError(promise: Promise<unknown>): Promise<MailError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error(`expected a MailError, got ${String(error)}`);
  return error;
}

describe('MailModule.forRoot', () => {
  it('captures mail in memory under NODE_ENV=test, with no configuration but a sender', async () => {
    setEnv({ MAIL_FROM: from });
    const app = await boot([MailModule.forRoot()]);
    const receipt = await app.get(MailService).send(mail);
    expect(receipt).toMatchObject({ transport: 'memory', accepted: ['ada@example.test'], rejected: [] });
    expect(app.get(MailOutbox).last()).toMatchObject({
      subject: 'Hello',
      from: { address: 'app@example.test', name: 'App' },
      messageId: receipt.messageId,
    });
  });

  it('is seen everywhere unless told otherwise', async () => {
    @Injectable()
    class Signup {
      constructor(readonly mail: MailService) {}
    }
    @Module({ providers: [Signup] })
    class SignupModule {}
    const app = await boot([SignupModule, MailModule.forRoot({ from })]);
    expect(app.get(Signup, { strict: false }).mail).toBe(app.get(MailService));
    await expect(boot([SignupModule, MailModule.forRoot({ from, isGlobal: false })])).rejects.toThrow(
      /resolve/,
    );
  });

  it('lets options win over the environment field by field', async () => {
    setEnv({ MAIL_FROM: 'env@example.test', MAIL_REPLY_TO: 'reply@example.test' });
    const app = await boot([MailModule.forRoot({ from })]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()).toMatchObject({
      from: { address: 'app@example.test' },
      replyTo: [{ address: 'reply@example.test' }],
    });
  });

  it('refuses a mail without any sender, and says where to set one', async () => {
    const app = await boot([MailModule.forRoot()]);
    await expect(app.get(MailService).send(mail)).rejects.toMatchObject({
      code: 'message-invalid',
      message: expect.stringContaining('MAIL_FROM'),
    });
    expect(app.get(MailOutbox).messages).toEqual([]);
  });

  it.each([0, -1, Number.NaN, 2 ** 40])('refuses a timeout of %p', async (timeout) => {
    const app = await boot([MailModule.forRoot({ from })]);
    await expect(app.get(MailService).send(mail, { timeout })).rejects.toMatchObject({
      code: 'message-invalid',
    });
  });

  it('is an error as a second global root', async () => {
    const error = await bootError(boot([MailModule.forRoot({ from }), MailModule.forRoot({ from })]));
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining('isGlobal') });
  });

  it('keeps two applications in one process apart', async () => {
    const [one, two] = [
      await boot([MailModule.forRoot({ from })]),
      await boot([MailModule.forRoot({ from })]),
    ];
    await one.get(MailService).send(mail);
    expect(one.get(MailOutbox).messages).toHaveLength(1);
    expect(two.get(MailOutbox).messages).toHaveLength(0);
  });
});

describe('configuration', () => {
  it('reports every problem of environment and options in one message', async () => {
    setEnv({
      NODE_ENV: 'production',
      MAIL_PORT: 'abc',
      MAIL_FROM: 'nonsense',
      MAIL_HOSST: 'x',
      MAIL_PASSWORD: 's3cret',
    });
    const options = JSON.parse('{ "timeout": -1, "defaults": {}, "tmplates": {} }') as MailModuleOptions;
    const { code, message } = await bootError(boot([MailModule.forRoot(options)]));
    expect(code).toBe('config');
    expect(message.split('\n')).toEqual([
      expect.stringContaining('not usable'),
      expect.stringMatching(/MAIL_PORT: .*"abc"/),
      expect.stringMatching(/MAIL_FROM: .*"nonsense"/),
      expect.stringMatching(/defaults: .*top level/),
      expect.stringMatching(/tmplates: .*Did you mean "templates"\?$/),
      expect.stringContaining('timeout: expected a whole number'),
      expect.stringContaining('MAIL_HOST: expected the host of a mail server'),
      expect.stringContaining('MAIL_SPOOL_PATH: expected a place for the mails'),
      expect.stringMatching(/MAIL_HOSST: .*"MAIL_HOST"\?/),
    ]);
    expect(message).not.toContain('s3cret');
  });

  it.each([undefined, 'development'])('captures in files when NODE_ENV is %p', async (NODE_ENV) => {
    setEnv({ NODE_ENV });
    const dir = await folder();
    jest.spyOn(process, 'cwd').mockReturnValue(dir);
    const app = await boot([MailModule.forRoot({ from })]);
    jest.restoreAllMocks();
    const receipt = await app.get(MailService).send(mail);
    expect(receipt.transport).toBe('file');
  });

  it.each(['production', 'staging'])('needs a server when NODE_ENV is %s', async (NODE_ENV) => {
    setEnv({ NODE_ENV });
    const { message } = await bootError(boot([MailModule.forRoot({ from })]));
    expect(message).toContain('MAIL_URL');
  });

  it('names the import of a queue driver that is not registered, and shows no secret', async () => {
    const error = await bootError(boot([MailModule.forRoot({ from, queue: { driver: 'bullmq' } })]));
    expect(error.code).toBe('config');
    expect(error.message).toContain("import { bullmq } from 'nest-mailroom/bullmq'");
    setEnv({ MAIL_QUEUE: 'bullmq', MAIL_REDIS_URL: 'redis://:s3cret@x' });
    const other = await bootError(boot([MailModule.forRoot({ from })]));
    expect(other.message).toContain('use: [bullmq()]');
    expect(other.message).not.toContain('s3cret');
  });

  it.each<[QueueModuleOptions, string, string]>([
    [{ url: 'redis://:s3cret@x' }, 'queue.url', 'config'],
    [{ driver: 'bullmq', url: 's3cret' }, 'queue.url', 'config'],
    [{ driver: 'bullmq', path: 'spool.db' }, 'queue.path', 'config'],
    [{ driver: 'bullmq', encryptionKey: 's3cret' }, 'queue.encryptionKey', 'config'],
  ])('refuses settings of another queue: %j', async (queue, where, code) => {
    const error = await bootError(boot([MailModule.forRoot({ from, queue })]));
    expect(error.code).toBe(code);
    expect(error.message).toContain(where);
    expect(error.message).not.toContain('s3cret');
  });

  it("shares the application's own ConfigModule, whichever comes first", async () => {
    setEnv({ MAIL_FROM: from });
    const config = ConfigModule.forRoot({
      load: [mailConfig],
      validationSchema: mailEnvSchema,
      ignoreEnvFile: true,
    });
    for (const imports of [
      [config, MailModule.forRoot()],
      [MailModule.forRoot(), config],
    ]) {
      const app = await boot(imports);
      expect(app.get(ConfigService).get('nest-mailroom.from')).toBe(from);
      await app.get(MailService).send(mail);
    }
  });

  it('takes its options from mailConfig.asProvider()', async () => {
    setEnv({ MAIL_FROM: from, MAIL_PORT: 'abc' });
    const error = await bootError(boot([MailModule.forRootAsync(mailConfig.asProvider())]));
    expect(error.message.match(/MAIL_PORT/g)).toHaveLength(1);
    setEnv({ MAIL_PORT: undefined });
    const app = await boot([MailModule.forRootAsync(mailConfig.asProvider())]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe('app@example.test');
  });

  it('captures everything with MAIL_SUPPRESS_SEND, whatever the transport', async () => {
    setEnv({ MAIL_SUPPRESS_SEND: 'true', MAIL_URL: 'smtp://mail.example.test' });
    const app = await boot([
      MailModule.forRoot({ from, mailers: { other: { transport: 'smtp://other.example.test' } } }),
    ]);
    await app.get(MailService).send(mail);
    await app.get(MailService).mailer('other').send(mail);
    expect(app.get(MailOutbox).messages).toHaveLength(2);
  });
});

describe('MailModule.forRootAsync', () => {
  @Injectable()
  class Settings {
    readonly sender = from;
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}
  @Injectable()
  class MailSettings {
    constructor(readonly settings: Settings) {}
    createMailOptions(): MailModuleOptions {
      return { from: this.settings.sender };
    }
  }
  @Module({ imports: [SettingsModule], providers: [MailSettings], exports: [MailSettings] })
  class MailSettingsModule {}

  it.each([
    [
      'useFactory',
      {
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: (settings: Settings) => Promise.resolve({ from: settings.sender }),
      },
    ],
    ['useClass', { imports: [SettingsModule], useClass: MailSettings }],
    ['useExisting', { imports: [MailSettingsModule], useExisting: MailSettings }],
  ])('makes options by %s', async (_way, options) => {
    const app = await boot([MailModule.forRootAsync(options)]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe('app@example.test');
  });

  it('takes isGlobal beside its factory, not from it', async () => {
    const error = await bootError(
      boot([MailModule.forRootAsync({ useFactory: () => ({ from, isGlobal: false }) })]),
    );
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining('forRootAsync itself') });
  });

  it('wants exactly one way', () => {
    expect(() => MailModule.forRootAsync({})).toThrow(MailError);
    expect(() => MailModule.forRootAsync({ useClass: MailSettings, useFactory: () => ({}) })).toThrow(
      /got 2/,
    );
  });

  it('provides mailers that only its factory knows', async () => {
    @Injectable()
    class News {
      constructor(@InjectMailer('async-news') readonly news: MailService) {}
    }
    const options = {
      useFactory: () => ({ from, mailers: { 'async-news': { from: 'news@example.test' } } }),
    };
    const app = await boot([MailModule.forRootAsync(options)], [News]);
    await app.get(News).news.send(mail);
    expect(app.get(MailOutbox).last()).toMatchObject({
      mailer: 'async-news',
      from: { address: 'news@example.test' },
    });
  });
});

describe('named mailers', () => {
  it('inherit every field of the default, and override each', async () => {
    const marketing = new KeepingTransport();
    const app = await boot([
      MailModule.forRoot({
        from,
        replyTo: 'help@example.test',
        mailers: { plain: {}, marketing: { from: 'news@example.test', transport: marketing } },
      }),
    ]);
    const service = app.get(MailService);
    await service.mailer('plain').send(mail);
    expect(app.get(MailOutbox).last()).toMatchObject({
      mailer: 'plain',
      from: { address: 'app@example.test' },
    });
    await app.get<MailService>(getMailerToken('marketing')).send(mail);
    expect(marketing.sent[0]).toMatchObject({
      from: { address: 'news@example.test' },
      replyTo: [{ address: 'help@example.test' }],
    });
    expect(app.get(getTransportToken('marketing'))).toBe(marketing);
    expect(app.get(getTransportToken('plain'))).toBe(app.get(MAIL_TRANSPORT));
  });

  it('say which there are when one is asked for that is not', async () => {
    const app = await boot([MailModule.forRoot({ from, mailers: { marketing: {} } })]);
    expect(() => app.get(MailService).mailer('marketting')).toThrow(/Did you mean "marketing"\?/);
  });

  it('fail the boot when a class injects one that is not configured, and only then', async () => {
    @Controller()
    class Billing {
      @InjectMailer('biling') readonly mail!: MailService;
    }
    @Module({ controllers: [Billing] })
    class BillingModule {}
    const root = (): ReturnType<typeof MailModule.forRoot> =>
      MailModule.forRoot({ from, mailers: { billing: {} } });
    await boot([root()]);
    const error = await bootError(boot([root(), BillingModule]));
    expect(error).toMatchObject({ code: 'config', message: expect.stringMatching(/'biling'.*"billing"/) });
  });
});

describe('transports', () => {
  it('are replaced by overrideProvider, for mailers that inherit them too', async () => {
    const fake = new KeepingTransport();
    const app = await boot([MailModule.forRoot({ from, mailers: { other: {} } })], [], (builder) =>
      builder.overrideProvider(MAIL_TRANSPORT).useValue(fake),
    );
    await app.get(MailService).send(mail);
    await app.get(MailService).mailer('other').send(mail);
    expect(fake.sent.map(({ mailer }) => mailer)).toEqual(['default', 'other']);
  });

  it('are replaced one mailer at a time', async () => {
    const fake = new KeepingTransport();
    const app = await boot(
      [MailModule.forRoot({ from, mailers: { other: { transport: 'log:' } } })],
      [],
      (builder) => builder.overrideProvider(getTransportToken('other')).useValue(fake),
    );
    await app.get(MailService).mailer('other').send(mail);
    await app.get(MailService).send(mail);
    expect(fake.sent).toHaveLength(1);
    expect(app.get(MailOutbox).messages).toHaveLength(1);
  });

  it("are made by the container, from the user's own module, with their dependencies", async () => {
    @Injectable()
    class Ledger {
      readonly lines: string[] = [];
    }
    @Injectable()
    class LedgerTransport extends KeepingTransport {
      override readonly name = 'ledger';
      constructor(@Inject(Ledger) readonly ledger: Ledger) {
        super();
      }
      override send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
        this.ledger.lines.push(message.subject);
        return super.send(message, options);
      }
    }
    @Module({ providers: [Ledger, LedgerTransport], exports: [Ledger] })
    class LedgerModule {}
    for (const imports of [
      [MailModule.forRoot({ from, transport: LedgerTransport }), LedgerModule],
      [LedgerModule, MailModule.forRoot({ from, transport: LedgerTransport })],
    ]) {
      const app = await boot(imports);
      expect(await app.get(MailService).send(mail)).toMatchObject({ transport: 'ledger' });
      expect(app.get(Ledger).lines).toEqual(['Hello']);
    }
  });

  it('are made on the spot when no module provides their class', async () => {
    const app = await boot([MailModule.forRoot({ from, transport: KeepingTransport })]);
    expect(await app.get(MailService).send(mail)).toMatchObject({ transport: 'keeping' });
  });

  it('are closed once with the application, and refuse mail afterwards', async () => {
    const transport = new KeepingTransport();
    const app = await boot([MailModule.forRoot({ from, transport, mailers: { other: {} } })]);
    const service = app.get(MailService);
    await app.close();
    expect(transport.closed).toBe(1);
    await expect(service.send(mail)).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('MailModule.forFeature', () => {
  const files = {
    'layouts/default.hbs': '<html><body>root {{> @partial-block}}</body></html>',
    'partials/footer.hbs': 'root footer',
    'welcome.hbs': '---\nsubject: Welcome\nlayout: default\n---\n<p>Hi</p>',
  };
  const billing = {
    'invoice.hbs': '---\nsubject: Invoice\nlayout: default\n---\n<p>Sum</p>{{> footer}}',
    'partials/footer.hbs': 'billing footer',
  };

  it('adds templates under a namespace, in either order', async () => {
    const [root, feature] = [await folder(files), await folder(billing)];
    const modules = (): [ReturnType<typeof MailModule.forRoot>, ReturnType<typeof MailModule.forFeature>] => [
      MailModule.forRoot({ from, templates: { dir: root } }),
      MailModule.forFeature({ namespace: 'billing', dir: feature }),
    ];
    for (const imports of [modules(), modules().toReversed()]) {
      const app = await boot(imports);
      const { html, subject } = await app
        .get(MailService)
        .render({ to: mail.to, template: 'billing/invoice' });
      expect(subject).toBe('Invoice');
      expect(html).toContain('root <p>Sum</p>billing footer');
    }
  });

  it.each(['', '../billing', 'a/b'])('refuses %j as a namespace', (namespace) => {
    expect(() => MailModule.forFeature({ namespace, dir: '.' })).toThrow(/namespace/);
  });

  it('refuses a namespace used twice', async () => {
    const dir = await folder(billing);
    const feature = (): ReturnType<typeof MailModule.forFeature> =>
      MailModule.forFeature({ namespace: 'billing', dir });
    const error = await bootError(
      boot([MailModule.forRoot({ from, templates: { dir: await folder(files) } }), feature(), feature()]),
    );
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining("'billing'") });
  });
});

describe("beside the application's own @nestjs-modules/mailer", () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ])('leaves its MailerService alone when imported %s it', async (_order, place) => {
    const theirs = MailerModule.forRoot({ transport: { jsonTransport: true } });
    const ours = MailModule.forRoot({ from, transport: 'smtp://127.0.0.1:1', verify: 'off' });
    const app = await boot(place === 0 ? [ours, theirs] : [theirs, ours]);
    const info: unknown = await app
      .get(MailerService, { strict: false })
      .sendMail({ from, to: mail.to, subject: 'theirs', text: 'x' });
    expect(info).toMatchObject({
      envelope: { to: ['ada@example.test'] },
      message: expect.stringContaining('theirs'),
    });
    await expect(app.get(MailService).send(mail)).rejects.toMatchObject({ code: 'transport-unavailable' });
  });
});

describe('the queue', () => {
  it.each([
    ['queue.concurrency', { concurrency: 0 }],
    ['queue.domainLimits', { domainLimits: { 'a b': { max: 1, per: 1 } } }],
    ['queue.domainLimits', { domainLimits: { '*': { max: 1, duration: 1 } } }],
    ['queue.deliver', { deliver: 'no' }],
    ['queue.deliver', { deliver: false }],
    ['queue.retryDelays', { retryDelays: [] }],
    ['queue.encryptionKey', { encryptionKey: 's3cret' }],
    ['queue.maxBacklock', { maxBacklock: 5 }],
    ['queue.outbox.dialect', { outbox: { execute: () => [] } }],
    ['queue.outbox.dialect', { outbox: { dialect: 'oracle', execute: () => [] } }],
    ['queue.outbox.execute', { outbox: { dialect: 'sqlite' } }],
    ['queue.outbox.table', { outbox: { dialect: 'sqlite', execute: () => [], table: 'mails; DROP' } }],
    ['queue.outbox.pollInterval', { outbox: { dialect: 'sqlite', execute: () => [], pollInterval: 0 } }],
    ['queue.outbox.pollMs', { outbox: { dialect: 'sqlite', execute: () => [], pollMs: 5 } }],
    ['queue.outbox', { driver: 'off', outbox: { dialect: 'sqlite', execute: () => [] } }],
  ])('refuses a wrong %s', async (where, queue) => {
    const { message } = await bootError(boot([MailModule.forRoot({ from, queue: queue as object })]));
    expect(message).toContain(where);
    expect(message).not.toContain('s3cret');
  });

  it('stops the boot for a spool that was asked for and cannot be opened', async () => {
    const dir = await folder({ 'spool.db': 'this is no database, but a file of somebody else' });
    const queue = { path: join(dir, 'spool.db') };
    const error = await bootError(boot([MailModule.forRoot({ from, transport: 'memory:', queue })]));
    expect(error.code).toBe('config');
  });
});
