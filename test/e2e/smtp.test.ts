import { join } from 'node:path';

import { type INestApplication, Module, StandardSchemaValidationPipe, type Type } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { type AbstractHttpAdapter, APP_PIPE } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MailError, type MailEvents, MailModule, MailService, type SmtpOptions } from 'nest-mailroom';
import { Parser } from 'htmlparser2';
import PostalMime, { type Email } from 'postal-mime';
import request from 'supertest';

import { AppModule } from '../../examples/signup/src/app.module.js';
import { SignupModule } from '../../examples/signup/src/signup/signup.module.js';
import { afterCleanup, cleanup, setEnv } from '../support/application.js';
import { CA } from '../support/certificates.js';
import { freePort } from '../support/example-process.js';
import { LogLines } from '../support/log-lines.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import {
  DROP,
  type Script,
  type ScriptedServer,
  SILENCE,
  startScriptedServer,
} from '../support/scripted-server.js';
import {
  type ReceivedMail,
  startSmtpServer,
  type TestServer,
  type TestServerOptions,
} from '../support/smtp-server.js';

const ADA = { email: 'ada@example.test', name: 'Ada Lovelace' };
const INVITE = { email: 'bo@example.test', inviter: 'Grace Hopper' };
const LITERAL = { to: 'ada@example.test', subject: 'Hello', text: 'Hello' };

afterEach(async () => {
  await cleanup();
  await expectNoOpenSockets();
});

async function smtpServer(options?: TestServerOptions): Promise<TestServer> {
  const server = await startSmtpServer(options);
  afterCleanup(() => server.close());
  return server;
}

async function scripted(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  afterCleanup(() => server.close());
  return server;
}

/** The signup of the example in an application of its own, for servers that no URL describes. */
function signupWith(transport: SmtpOptions): Type {
  @Module({
    imports: [
      ConfigModule.forRoot({
        isGlobal: true,
        ignoreEnvFile: true,
        load: [() => ({ APP_URL: 'https://example.test' })],
      }),
      EventEmitterModule.forRoot(),
      MailModule.forRoot({
        from: 'Tidemark <hello@example.test>',
        transport,
        templates: { dir: join(__dirname, '../../examples/signup/src/templates') },
      }),
      SignupModule,
    ],
    providers: [{ provide: APP_PIPE, useClass: StandardSchemaValidationPipe }],
  })
  class SmallModule {}
  return SmallModule;
}

const parsed = (mail: ReceivedMail | undefined): Promise<Email> =>
  PostalMime.parse(mail?.bytes ?? Buffer.alloc(0));

const headerNames = ({ headers }: Email): string[] => headers.map(({ key }) => key);

async function failure(sending: Promise<unknown>): Promise<MailError> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (MailError.is(error)) return error;
  throw new Error(`expected a MailError, got ${String(error)}`, { cause: error });
}

/** The text that a reader of the html sees, however its characters are escaped. */
function shown(html: string): string {
  let text = '';
  const parser = new Parser({ ontext: (part) => (text += part) });
  parser.end(html);
  return text;
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('mail by SMTP from an application on %s', (_platform, adapter: () => AbstractHttpAdapter) => {
  let app: INestApplication;
  let log: LogLines;

  async function start(module: Type, env: Record<string, string>): Promise<void> {
    setEnv({ MAIL_VERIFY: 'off', ...env });
    log = new LogLines();
    const testing = await Test.createTestingModule({ imports: [module] })
      .setLogger(log)
      .compile();
    app = testing.createNestApplication(adapter());
    afterCleanup(() => app.close());
    await app.listen(0, '127.0.0.1');
  }

  /** The example as it is, told where to send by the environment alone. */
  const startExample = (port: number, env: Record<string, string> = {}): Promise<void> =>
    start(AppModule, { MAIL_URL: `smtp://127.0.0.1:${port}`, ...env });

  const post = (path: string, body: object) => request(app.getHttpServer()).post(path).send(body);

  const mail = (): MailService => app.get(MailService);

  /** The first `count` events of that name from now on. */
  function events<N extends keyof MailEvents>(name: N, count: number): Promise<Array<MailEvents[N]>> {
    const seen: Array<MailEvents[N]> = [];
    return new Promise((resolve) => {
      app.get(EventEmitter2).on(name, (event: MailEvents[N]) => {
        if (seen.push(event) === count) resolve(seen);
      });
    });
  }

  /** Signs somebody up and waits until the welcome mail went out. */
  async function signUp(body: object): Promise<void> {
    const sent = events('mail.sent', 1);
    await post('/signup', body).expect(201);
    await sent;
  }

  /** Signs Ada up, which succeeds whatever becomes of the mail, and waits until the server was found not to work. */
  async function signUpWithoutMail(): Promise<MailEvents['mail.paused'] | undefined> {
    const paused = events('mail.paused', 1);
    await post('/signup', ADA).expect(201);
    return (await paused)[0];
  }

  describe('what arrives', () => {
    test('is the welcome mail: subject, name of any script, styles inlined, text part', async () => {
      const { port, mails } = await smtpServer();
      await startExample(port);
      await signUp({ ...ADA, name: 'Åda 中 😀' });

      expect(mails).toHaveLength(1);
      expect(mails[0]).toMatchObject({ from: 'hello@example.test', to: [ADA.email] });
      const email = await parsed(mails[0]);
      expect(email).toMatchObject({
        subject: 'Welcome, Åda 中 😀!',
        from: { address: 'hello@example.test', name: 'Tidemark' },
        to: [{ address: ADA.email, name: 'Åda 中 😀' }],
      });
      expect(email.html).toContain('Good to have you aboard, Åda 中 😀.');
      expect(email.html).toMatch(/<h1 style="[^"]*font-size: ?28px/);
      expect(email.text).toMatch(/^Good to have you aboard, Åda 中 😀\.\n/);
    });

    test('is every mail once, of 50 signups at the same time', async () => {
      const { port, mails, connections } = await smtpServer();
      await startExample(port);
      const people = Array.from({ length: 50 }, (_, i) => `user${i}@example.test`);
      const sent = events('mail.sent', people.length);
      await Promise.all(people.map((email) => post('/signup', { ...ADA, email }).expect(201)));
      await sent;

      expect(mails.flatMap(({ to }) => to).toSorted()).toEqual(people.toSorted());
      const ids = await Promise.all(mails.map(async (one) => (await parsed(one)).messageId));
      expect(new Set(ids).size).toBe(people.length);
      expect(connections.most).toBeLessThanOrEqual(5);
    });

    test('is one mail, though its text holds the end of one and a command', async () => {
      const { port, mails } = await smtpServer();
      await startExample(port);
      await mail().send({ ...LITERAL, text: 'a\n.\r\nMAIL FROM:<e@y.test>' });
      await mail().send(LITERAL);

      expect(mails.map(({ from, to }) => [from, to])).toEqual([
        ['hello@example.test', [ADA.email]],
        ['hello@example.test', [ADA.email]],
      ]);
      expect((await parsed(mails[0])).text).toBe('a\n.\nMAIL FROM:<e@y.test>\n');
    });

    test('tells nobody of a blind copy', async () => {
      const { port, mails } = await smtpServer();
      await startExample(port);
      await mail().send({ ...LITERAL, cc: 'cc@example.test', bcc: 'blind@example.test' });

      expect(mails[0]?.to).toEqual([ADA.email, 'cc@example.test', 'blind@example.test']);
      expect(mails[0]?.bytes.toString()).not.toMatch(/blind@|^bcc:/im);
    });

    test.each([
      "O'Brien & Co <b>",
      '<img src=x onerror=alert(1)>',
      '\'"><script>alert(1)</script>',
      '{{constructor.constructor("return process")()}}',
    ])('has %s escaped in the html, as it is in subject and text', async (name) => {
      const { port, mails } = await smtpServer();
      await startExample(port);
      await signUp({ ...ADA, name });
      const email = await parsed(mails[0]);

      expect(email.subject).toBe(`Welcome, ${name}!`);
      expect(email.text).toContain(`Good to have you aboard, ${name}.`);
      const heading = /<h1[^>]*>(.*)<\/h1>/.exec(email.html ?? '')?.[1] ?? '';
      expect(heading).not.toMatch(/[<>]/);
      expect(shown(heading)).toBe(`Good to have you aboard, ${name}.`);
    });
  });

  describe('the server', () => {
    test('secures the connection with STARTTLS and a certificate of our own authority', async () => {
      const { port, mails } = await smtpServer();
      await start(signupWith({ host: '127.0.0.1', port, tls: { mode: 'required', ca: CA } }), {});
      await signUp(ADA);
      expect(mails).toHaveLength(1);
      expect(mails[0]?.session.secure).toBe(true);
    });

    test('gets no mail when its certificate is of nobody we know', async () => {
      const { port, mails } = await smtpServer();
      await start(signupWith({ host: '127.0.0.1', port, tls: 'required' }), {});
      expect((await signUpWithoutMail())?.error).toMatchObject({ code: 'tls', outcome: 'not-sent' });
      expect(mails).toEqual([]);
    });

    test('refuses the login: signup succeeds, an invite says so, the log has the code and no password', async () => {
      const { port, mails } = await smtpServer({
        refuseLogin: () => ({ code: 535, text: '5.7.8 Bad credentials' }),
      });
      await startExample(port, { MAIL_USERNAME: 'tidemark', MAIL_PASSWORD: 's3cret' });

      expect((await signUpWithoutMail())?.error).toMatchObject({
        code: 'authentication',
        smtp: { code: 535 },
      });
      const { body } = await post('/invites', INVITE).expect(503);
      expect(body).toMatchObject({ code: 'authentication', retryable: true, outcome: 'not-sent' });
      expect(mails).toEqual([]);
      expect(log.errors.join('\n')).toContain('mail.alarm authentication');
      expect(log.errors.join('\n')).toContain('mail.failed authentication');
      expect([...log.warnings, ...log.errors].join('\n')).not.toContain('s3cret');
    });

    test('refuses one recipient: the receipt tells, the rest have the mail', async () => {
      const { port, mails } = await smtpServer({
        refuseRecipient: (address) =>
          address === 'gone@example.test' ? { code: 550, text: '5.1.1 Nobody here' } : undefined,
      });
      await startExample(port);
      const receipt = await mail().send({ ...LITERAL, to: [ADA.email, 'gone@example.test'] });

      expect(receipt.accepted).toEqual([ADA.email]);
      expect(receipt.rejected).toMatchObject([
        { address: 'gone@example.test', code: 'recipients-rejected', retryable: false, smtp: { code: 550 } },
      ]);
      expect(mails.map(({ to }) => to)).toEqual([[ADA.email]]);
    });

    test('refuses every recipient: the invite is answered with each', async () => {
      const { port, mails } = await smtpServer({
        refuseRecipient: () => ({ code: 550, text: '5.1.1 Nobody here' }),
      });
      await startExample(port);
      const { body } = await post('/invites', INVITE).expect(422);

      expect(body).toMatchObject({
        code: 'recipients-rejected',
        retryable: false,
        rejected: [{ address: INVITE.email, code: 'recipients-rejected', retryable: false }],
      });
      expect(mails).toEqual([]);
    });

    test('asks to come again (greylisting): the same mail goes through the second time', async () => {
      const seen = new Set<string>();
      const { port, mails } = await smtpServer({
        refuseRecipient: (address) =>
          seen.size === seen.add(address).size ? undefined : { code: 451, text: '4.7.1 Greylisted' },
      });
      await startExample(port);
      const letter = { ...LITERAL, messageId: '<welcome-1@example.test>' };

      expect(await failure(mail().send(letter))).toMatchObject({
        code: 'recipients-rejected',
        retryable: true,
        outcome: 'not-sent',
      });
      expect((await mail().send(letter)).accepted).toEqual([ADA.email]);
      const ids = await Promise.all(mails.map(async (one) => (await parsed(one)).messageId));
      expect(ids).toEqual([letter.messageId]);
    });

    test('drops the connection before the body: not sent, and the next mail goes through', async () => {
      const relay = await scripted((line, connection) =>
        line.startsWith('MAIL') && connection === 1 ? DROP : undefined,
      );
      await startExample(relay.port);
      const error = await failure(mail().send(LITERAL));
      expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, outcome: 'not-sent' });
      expect(error.message).toContain(`127.0.0.1:${relay.port}`);

      await post('/invites', INVITE).expect(201);
      expect(relay.bodies).toHaveLength(1);
    });

    test('drops an idle connection: nobody notices', async () => {
      const relay = await scripted(() => undefined);
      await startExample(relay.port);
      await post('/invites', INVITE).expect(201);
      relay.dropAll();
      await post('/invites', INVITE).expect(201);
      expect(relay.bodies).toHaveLength(2);
    });

    test('drops the connection after the body: nobody knows, and the answer says so', async () => {
      const relay = await scripted((line) => (line === 'END' ? DROP : undefined));
      await startExample(relay.port);
      const { body } = await post('/invites', INVITE).expect(504);
      expect(body).toMatchObject({ code: 'ambiguous', retryable: true, outcome: 'unknown' });
      expect(relay.connections).toBe(1);
    });

    test.each(['BANNER', 'EHLO', 'MAIL', 'RCPT'])(
      'hangs at %s: the call ends in its time, and the mail never arrives',
      async (command) => {
        const relay = await scripted((line) => (line.startsWith(command) ? SILENCE : undefined));
        await startExample(relay.port);
        const started = performance.now();
        const sending = failure(mail().send(LITERAL, { timeout: 300 }));
        await relay.saw(command);

        expect(await sending).toMatchObject({ code: 'timeout', retryable: true, outcome: 'not-sent' });
        expect(performance.now() - started).toBeLessThan(2_500);
        await relay.quiet();
        expect(relay.bodies).toEqual([]);
      },
    );

    test('is not there: signup succeeds; the log and mail.paused tell code and cause', async () => {
      await startExample(await freePort());
      expect((await signUpWithoutMail())?.error).toMatchObject({
        code: 'transport-unavailable',
        outcome: 'not-sent',
        cause: { message: expect.stringContaining('ECONNREFUSED') },
      });
      expect(log.warnings.join('\n')).toMatch(/mail\.paused transport-unavailable \[default\].*ECONNREFUSED/);
    });
  });

  describe('the recipient guard', () => {
    const everywhere = {
      ...LITERAL,
      to: ['ada@staff.test', 'to@out.test'],
      cc: ['cc@out.test', 'boss@staff.test'],
      bcc: ['bcc@out.test', 'audit@staff.test'],
    };

    test('takes everybody off that is not allowed, from the envelope and the headers', async () => {
      const { port, mails } = await smtpServer();
      await startExample(port, { MAIL_ALLOW_RECIPIENTS: '*@staff.test' });
      const receipt = await mail().send(everywhere);

      expect(mails[0]?.to).toEqual(['ada@staff.test', 'boss@staff.test', 'audit@staff.test']);
      expect(mails[0]?.bytes.toString()).not.toMatch(/out\.test|audit@/);
      expect(await parsed(mails[0])).toMatchObject({
        to: [{ address: 'ada@staff.test' }],
        cc: [{ address: 'boss@staff.test' }],
      });
      expect(receipt.rejected.map(({ address, code }) => `${code} ${address}`)).toEqual([
        'suppressed to@out.test',
        'suppressed cc@out.test',
        'suppressed bcc@out.test',
      ]);
    });

    test('sends their mail elsewhere, once, and says for whom it was', async () => {
      const { port, mails } = await smtpServer();
      await startExample(port, {
        MAIL_ALLOW_RECIPIENTS: '*@staff.test',
        MAIL_REDIRECT_TO: 'QA <qa@staff.test>',
      });
      await mail().send(everywhere);

      expect(mails).toHaveLength(1);
      expect(mails[0]?.to).toEqual([
        'ada@staff.test',
        'qa@staff.test',
        'boss@staff.test',
        'audit@staff.test',
      ]);
      const email = await parsed(mails[0]);
      expect(email).toMatchObject({
        to: [{ address: 'ada@staff.test' }, { address: 'qa@staff.test', name: 'QA' }],
        cc: [{ address: 'qa@staff.test', name: 'QA' }, { address: 'boss@staff.test' }],
      });
      expect(headerNames(email)).not.toContain('bcc');
      const originals = email.headers.filter(({ key }) => key === 'x-original-to').map(({ value }) => value);
      expect(originals).toEqual(['to@out.test', 'cc@out.test', 'bcc@out.test']);
    });

    test('takes every signup with MAIL_REDIRECT_TO alone', async () => {
      const { port, mails } = await smtpServer();
      await startExample(port, { MAIL_REDIRECT_TO: 'qa@staff.test' });
      await signUp(ADA);
      expect(mails.map(({ to }) => to)).toEqual([['qa@staff.test']]);
      expect((await parsed(mails[0])).to).toEqual([{ address: 'qa@staff.test', name: '' }]);
    });

    test('leaves nobody: nothing is sent, and the invite says why', async () => {
      const { port, mails, connections } = await smtpServer();
      await startExample(port, { MAIL_ALLOW_RECIPIENTS: '*@staff.test' });
      const { body } = await post('/invites', INVITE).expect(422);
      expect(body).toMatchObject({ code: 'suppressed', rejected: [{ address: INVITE.email }] });
      expect(mails).toEqual([]);
      expect(connections.total).toBe(0);
    });
  });
});
