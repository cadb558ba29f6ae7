import { Global, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { MailerModule, type MailerOptions, MailerService } from '@nestjs-modules/mailer';
import { Test } from '@nestjs/testing';
import { createTransport } from 'nodemailer';
import {
  MAIL_TRANSPORT,
  MailError,
  MailModule,
  MailOutbox,
  MailService,
  type Transport,
} from 'nest-mailroom';
import { mailerService } from 'nest-mailroom/mailer';
import { MailTestingModule } from 'nest-mailroom/testing';
import { afterCleanup, boot, cleanup, setEnv } from '../support/application.js';
import { LogLines } from '../support/log-lines.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { startSmtpServer } from '../support/smtp-server.js';
import { bootBoth, from, smtpAt, throughMailer } from './application.js';

afterEach(async () => {
  await cleanup();
  await expectNoOpenSockets();
});

const mail = { to: 'ada@example.test', text: 'Hello' };
const JSON_MAILER: MailerOptions = { transport: { jsonTransport: true } };

async function faultOf(booting: Promise<unknown>): Promise<MailError> {
  const error: unknown = await booting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error(`expected a MailError, got ${String(error)}`);
  return error;
}

/** The lines that an application logs at boot. */
async function warningsOf(theirs: MailerOptions, ours = throughMailer()): Promise<readonly string[]> {
  const lines = new LogLines();
  const app = await Test.createTestingModule({
    imports: [MailerModule.forRoot(theirs), MailModule.forRoot(ours)],
  })
    .setLogger(lines)
    .compile();
  afterCleanup(() => app.close());
  await app.init();
  return lines.warnings;
}

describe('the boot stops', () => {
  it.each<[string, string, MailerOptions, readonly string[]]>([
    [
      'no transporter of that name',
      'mailer:markting',
      { ...JSON_MAILER, transports: { marketing: { jsonTransport: true }, system: { jsonTransport: true } } },
      ['no transporter "markting"', 'mailer:marketing, mailer:system', 'Did you mean "mailer:marketing"?'],
    ],
    [
      'no transporter with a name',
      'mailer:news',
      JSON_MAILER,
      ['no transporter "news"', 'none with a name', '`transports`'],
    ],
    ['no name that a log line could hold', 'mailer:a%0Ab', JSON_MAILER, ['no transporter "a\\nb"']],
    [
      'no default transporter',
      'mailer:',
      { transports: { default: { jsonTransport: true }, 'our news': { jsonTransport: true } } },
      ['no default transporter', 'mailer:default, mailer:our%20news', '`transport`'],
    ],
  ])('where there is %s', async (_what, transport, theirs, says) => {
    const error = await faultOf(bootBoth(theirs, { transport }));
    expect(error).toMatchObject({ code: 'config' });
    for (const text of ['transport: ', ...says]) expect(error.message).toContain(text);
  });

  it('where there is no MailerService', async () => {
    const error = await faultOf(boot([MailModule.forRoot(throughMailer())]));
    expect(error).toMatchObject({
      code: 'config',
      message: expect.stringContaining('Import MailerModule.forRoot'),
    });
  });

  it('where a class of that name is another one', async () => {
    class MailerService {
      send(): void {}
    }
    const error = await faultOf(boot([MailModule.forRoot(throughMailer())], [MailerService]));
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining('getTransporter') });
  });

  it('where a test replaces it by something else, and says what to do', async () => {
    const imports = [MailerModule.forRoot(JSON_MAILER), MailModule.forRoot(throughMailer())];
    const error = await faultOf(
      boot(imports, [], (builder) =>
        builder.overrideProvider(MailerService).useValue({ sendMail: jest.fn() }),
      ),
    );
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining('MailTestingModule') });
  });

  it('where there are several, and no token says which', async () => {
    const imports = [JSON_MAILER, { ...JSON_MAILER, defaults: {} }].map((options) =>
      MailerModule.forRoot(options),
    );
    const error = await faultOf(boot([...imports, MailModule.forRoot(throughMailer())]));
    expect(error).toMatchObject({
      code: 'config',
      message: expect.stringContaining('mailerService({ token: MailerService })'),
    });
  });

  it('once for all that is wrong', async () => {
    const error = await faultOf(
      bootBoth(JSON_MAILER, { mailers: { a: { transport: 'mailer:a' }, b: { transport: 'mailer:b' } } }),
    );
    expect(error.message.split('\n')).toEqual([
      expect.stringMatching(/^mailers\.a\.transport: .*"a"/),
      expect.stringMatching(/^mailers\.b\.transport: .*"b"/),
    ]);
  });

  it.each([
    ['an option', { transport: 'mailer:' }, undefined],
    ['the environment', {}, 'mailer:marketing'],
  ])(
    'with the import line where %s names the scheme and nothing registers it',
    async (_where, options, MAIL_URL) => {
      setEnv({ MAIL_URL });
      const error = await faultOf(
        boot([MailerModule.forRoot(JSON_MAILER), MailModule.forRoot({ from, ...options })]),
      );
      expect(error.code).toBe('config');
      expect(error.message).toContain("import { mailerService } from 'nest-mailroom/mailer'");
      expect(error.message).toContain('use: [mailerService()]');
    },
  );

  it.each([
    ['mailer://marketing', '`mailer:marketing`'],
    ['mailer://user:s3cret@smtp.example.test', 'in MailerModule'],
    ['mailer:?pool=5', 'in MailerModule'],
    ['mailer:news#x', '`mailer:`'],
    ['mailer:%ff', '`mailer:`'],
    ['Mailer://', '`mailer:`'],
  ])('for the URL %s', async (transport, says) => {
    const error = await faultOf(bootBoth(JSON_MAILER, { transport }));
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining(says) });
    expect(error.message).not.toContain('s3cret');
  });

  it('for a password beside the URL, which would do nothing', async () => {
    setEnv({ MAIL_URL: 'mailer:', MAIL_PASSWORD: 's3cret' });
    const { message } = await faultOf(
      boot([MailerModule.forRoot(JSON_MAILER), MailModule.forRoot({ from, use: [mailerService()] })]),
    );
    expect(message).toContain('MAIL_PASSWORD');
    expect(message).not.toContain('s3cret');
  });
});

describe('the MailerService is found', () => {
  it('by the environment alone, once it is registered', async () => {
    setEnv({ MAIL_URL: 'mailer:' });
    const app = await boot([
      MailModule.forRoot({ from, use: [mailerService()], verify: 'off' }),
      MailerModule.forRoot(JSON_MAILER),
    ]);
    expect(await app.get(MailService).send(mail)).toMatchObject({ transport: 'mailer' });
  });

  it('in another copy of its package, by its name', async () => {
    const other = await jest
      .isolateModulesAsync(() => Promise.resolve())
      .then(() => {
        let copy: typeof import('@nestjs-modules/mailer') | undefined;
        jest.isolateModules(() => void (copy = jest.requireActual('@nestjs-modules/mailer')));
        return copy;
      });
    if (!other) throw new Error('not loaded');
    expect(other.MailerService).not.toBe(MailerService);
    const app = await boot([other.MailerModule.forRoot(JSON_MAILER), MailModule.forRoot(throughMailer())]);
    expect(await app.get(MailService).send(mail)).toMatchObject({ transport: 'mailer' });
  });

  it('where a test puts one with transporters of its own in its place', async () => {
    const sendMail = jest.fn().mockResolvedValue({ response: 'kept' });
    const imports = [MailerModule.forRoot(JSON_MAILER), MailModule.forRoot(throughMailer())];
    const app = await boot(imports, [], (builder) =>
      builder.overrideProvider(MailerService).useValue({ getTransporter: () => ({ sendMail }) }),
    );
    expect(await app.get(MailService).send(mail)).toMatchObject({ response: 'kept' });
    expect(sendMail).toHaveBeenCalledTimes(1);
    expect(sendMail.mock.calls[0]).toMatchObject([{ raw: expect.any(Buffer), envelope: { to: [mail.to] } }]);
    sendMail.mockRejectedValue(new Error('no luck'));
    await expect(app.get(MailService).send(mail)).rejects.toMatchObject({ code: 'ambiguous' });
  });

  it('as a class made from it', async () => {
    @Injectable()
    class CompanyMailer extends MailerService {}
    @Global()
    @Module({
      providers: [CompanyMailer, { provide: 'MAILER_OPTIONS', useValue: JSON_MAILER }],
    })
    class CompanyModule {}
    const app = await boot([CompanyModule, MailModule.forRoot(throughMailer())]);
    expect(await app.get(MailService).send(mail)).toMatchObject({ transport: 'mailer' });
  });

  it('as the one that the application injects, where there are several and it says so', async () => {
    @Injectable()
    class Injected {
      constructor(readonly mailer: MailerService) {}
    }
    const imports = [
      MailerModule.forRoot({ transports: { first: { jsonTransport: true } } }),
      MailerModule.forRoot({ transports: { second: { jsonTransport: true } } }),
    ];
    const use = [mailerService({ token: MailerService })];
    const ours = (name: string): ReturnType<typeof MailModule.forRoot> =>
      MailModule.forRoot(throughMailer({ use, transport: `mailer:${name}` }));
    const app = await boot([...imports, ours('first')], [Injected]);
    expect(() => app.get(Injected).mailer.getTransporter('first')).not.toThrow();
    expect(await app.get(MailService).send(mail)).toMatchObject({ transport: 'mailer:first' });
    expect((await faultOf(boot([...imports, ours('second')]))).message).toContain('mailer:first');
  });

  it('by a token of its own', async () => {
    const relay = await startSmtpServer();
    afterCleanup(() => relay.close());
    const main = new MailerService(smtpAt(relay.port), {
      createTransport: (options) => createTransport(options),
    });
    const use = [mailerService({ token: 'MAIN_MAILER' })];
    const app = await boot(
      [MailerModule.forRoot(JSON_MAILER), MailModule.forRoot(throughMailer({ use }))],
      [{ provide: 'MAIN_MAILER', useValue: main }],
    );
    await app.get(MailService).send(mail);
    expect(relay.mails).toHaveLength(1);
  });

  it('not under a token that nothing is provided under', async () => {
    const use = [mailerService({ token: 'MIAN_MAILER' })];
    const error = await faultOf(bootBoth(JSON_MAILER, { use }));
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining('MIAN_MAILER') });
  });

  it('with a transporter that the application adds while it boots', async () => {
    @Injectable()
    class Tenants implements OnModuleInit {
      constructor(private readonly mailer: MailerService) {}
      onModuleInit(): void {
        this.mailer.addTransporter('tenant', { jsonTransport: true });
      }
    }
    const ours = MailModule.forRoot(throughMailer({ transport: 'mailer:tenant' }));
    const app = await boot([ours, MailerModule.forRoot(JSON_MAILER)], [Tenants]);
    expect(await app.get(MailService).send(mail)).toMatchObject({ transport: 'mailer:tenant' });
  });

  it('not at all where no mail is to be sent', async () => {
    const app = await boot([MailTestingModule.forRoot(throughMailer({ templates: undefined }))]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).messages).toHaveLength(1);
    const suppressed = await boot([MailModule.forRoot(throughMailer({ suppressSend: true }))]);
    expect(await suppressed.get(MailService).send(mail)).toMatchObject({ transport: 'memory' });
  });
});

describe('the log warns', () => {
  it.each<[string, object, string | undefined]>([
    ['of a pool that starts mails again by itself', { pool: true }, 'up to 5 times'],
    ['of one that does so often', { pool: true, maxRequeues: 20 }, 'up to 20 times'],
    ['of one that does so for ever', { pool: true, maxRequeues: -1 }, 'without end'],
    ['not of one that does not', { pool: true, maxRequeues: 0 }, undefined],
    ['not of a connection for each mail', {}, undefined],
  ])('%s', async (_what, options, says) => {
    const warnings = await warningsOf(
      smtpAt(1, options),
      throughMailer({ mailers: { second: { transport: 'mailer:' } } }),
    );
    expect(warnings.filter((line) => line.includes('maxRequeues'))).toEqual(
      says === undefined ? [] : [expect.stringContaining(says)],
    );
  });

  it('of plugins that come too late', async () => {
    const plugin = (_mail: unknown, done: () => void): void => done();
    const plugins = (['compile', 'stream'] as const).map((step) => ({ step, plugin }));
    const warnings = await warningsOf({ ...JSON_MAILER, plugins });
    expect(warnings.filter((line) => line.includes('plugins'))).toEqual([
      expect.stringContaining("step 'compile' (1)"),
    ]);
  });
});

describe('verify', () => {
  const never = { signal: new AbortController().signal };
  const verifying = (verify?: () => unknown): MailerOptions => ({
    transport: { name: 'pigeon', version: '1', send: () => undefined, ...(verify && { verify }) } as never,
  });

  it.each<[string, MailerOptions]>([
    ['has none', verifying()],
    ['answers nothing', verifying(() => Promise.resolve())],
    ['answers no', verifying(() => false)],
  ])('proves nothing where theirs %s', async (_what, theirs) => {
    const transport = (await bootBoth(theirs)).get<Transport>(MAIL_TRANSPORT);
    await expect(transport.verify(never)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining("pigeon has no way to tell whether it works. Set verify: 'off'"),
    });
    expect(await faultOf(bootBoth(theirs, { verify: 'boot' }))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining("The mailer 'default' is unproven: "),
    });
  });

  it('passes on what theirs says', async () => {
    await (await bootBoth(verifying(() => true))).get<Transport>(MAIL_TRANSPORT).verify(never);
    const failing = verifying(() => Promise.reject(Object.assign(new Error('no'), { code: 'EAUTH' })));
    const transport = (await bootBoth(failing)).get<Transport>(MAIL_TRANSPORT);
    await expect(transport.verify(never)).rejects.toMatchObject({ code: 'authentication' });
  });

  it('gives up when its time is over', async () => {
    const silent = verifying(() => new Promise(() => {}));
    const transport = (await bootBoth(silent)).get<Transport>(MAIL_TRANSPORT);
    const abort = new AbortController();
    const proving = transport.verify({ signal: abort.signal });
    abort.abort(new DOMException('late', 'TimeoutError'));
    await expect(proving).rejects.toMatchObject({ code: 'timeout' });
  });

  it('warns in the log of what it cannot prove, without saying that mail will fail', async () => {
    const lines = await warningsOf(JSON_MAILER, { ...throughMailer(), verify: 'warn' });
    const line = lines.find((text) => text.includes('unproven'));
    expect(line).toContain('JSONTransport');
    expect(line).not.toContain('will fail');
  });
});
