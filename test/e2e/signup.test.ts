import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  MAIL_TRANSPORT,
  MailError,
  type MailEvents,
  MailOutbox,
  MailService,
  type RenderedMessage,
  type Transport,
} from 'nest-mailroom';
import request from 'supertest';

import { AppModule } from '../../examples/signup/src/app.module.js';
import { cleanup, setEnv } from '../support/application.js';
import { LogLines } from '../support/log-lines.js';

const ADA = { email: 'ada@example.test', name: 'Ada Lovelace' };

/** A transport whose server has one answer for every mail. */
function failing(fault: MailError): Transport {
  return {
    name: 'failing',
    send: () => Promise.reject(fault),
    verify: () => Promise.reject(fault),
    close: () => Promise.resolve(),
  };
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('the signup example on %s', (_platform, adapter: () => AbstractHttpAdapter) => {
  let app: INestApplication | undefined;
  let lines: LogLines;

  afterEach(async () => {
    jest.restoreAllMocks();
    await cleanup();
    await app?.close();
    app = undefined;
  });

  async function start(transport?: Transport): Promise<INestApplication> {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    if (transport) builder.overrideProvider(MAIL_TRANSPORT).useValue(transport);
    lines = new LogLines();
    const module = await builder.setLogger(lines).compile();
    app = module.createNestApplication(adapter());
    await app.listen(0, '127.0.0.1');
    return app;
  }

  const post = (path: string, body: unknown) =>
    request(app?.getHttpServer())
      .post(path)
      .set('content-type', 'application/json')
      .send(typeof body === 'string' ? body : JSON.stringify(body));

  /** A signup is answered when its mail is queued: this is when it is out. */
  const next = <N extends keyof MailEvents>(name: N): Promise<MailEvents[N]> =>
    new Promise((resolve) => app?.get(EventEmitter2).once(name, resolve));

  const messages = (): readonly RenderedMessage[] => app?.get(MailOutbox).messages ?? [];

  async function signUp(body: object): Promise<RenderedMessage | undefined> {
    const sent = next('mail.sent');
    await post('/signup', body).expect(201);
    await sent;
    return app?.get(MailOutbox).last();
  }

  describe('POST /signup', () => {
    test('stores the user and sends one welcome mail, with styles inlined and a text part', async () => {
      await start();
      const mail = await signUp(ADA);

      expect(messages()).toHaveLength(1);
      expect(mail).toMatchObject({
        subject: 'Welcome, Ada Lovelace!',
        template: 'welcome',
        to: [{ address: 'ada@example.test', name: 'Ada Lovelace' }],
        from: { address: 'hello@example.test', name: 'Tidemark' },
        envelope: { to: ['ada@example.test'] },
      });
      expect(mail?.html).toMatch(/<html lang="en"/);
      expect(mail?.html).toMatch(/<h1 style="[^"]*font-size: ?28px/);
      expect(mail?.html).toMatch(/@media \(prefers-color-scheme: ?dark\)/);
      expect(mail?.html).toContain('href="https://example.test/start"');
      expect(mail?.html).toContain('bgcolor="#0e4f4f"');
      expect(mail?.text).toMatch(/^Good to have you aboard, Ada Lovelace\.\n/);
      expect(mail?.text).toContain('Write your first note: https://example.test/start');
      expect(mail?.text).toMatch(/\nTidemark, 4 Harbour Row, Saltmouth\n$/);
    });

    test('answers with the user', async () => {
      await start();
      const { body } = await post('/signup', ADA).expect(201);
      expect(body).toEqual({ ...ADA, id: expect.stringMatching(/^[\da-f-]{36}$/) });
    });

    test('takes a name of any script', async () => {
      await start();
      const mail = await signUp({ ...ADA, name: 'Åda 中 😀' });
      expect(mail?.subject).toBe('Welcome, Åda 中 😀!');
      expect(mail?.to).toEqual([{ address: ADA.email, name: 'Åda 中 😀' }]);
      expect(mail?.html).toContain('Åda 中 😀');
      expect(mail?.text).toContain('Åda 中 😀');
    });

    test('escapes a name in the html, and nowhere else', async () => {
      await start();
      const mail = await signUp({ ...ADA, name: '<b>Ada</b>' });
      expect(mail?.html).not.toContain('<b>Ada');
      expect(mail?.text).toContain('<b>Ada</b>');
    });

    test.each(['fr', 'fr-CA'])('writes French to a user of locale %s', async (locale) => {
      await start();
      const mail = await signUp({ ...ADA, locale });
      expect(mail?.subject).toBe('Bienvenue, Ada Lovelace !');
      expect(mail?.html).toContain(`<html lang="${locale}" dir="ltr"`);
      expect(mail?.html).toContain('Vous recevez ce message');
      expect(mail?.html).toContain('Écrire ma première note');
      expect(mail?.text).toContain('Écrire ma première note : https://example.test/start');
    });

    test('writes the base variant to a user of a locale there is none for', async () => {
      await start();
      expect((await signUp({ ...ADA, locale: 'de' }))?.subject).toBe('Welcome, Ada Lovelace!');
    });

    test('refuses an address that has signed up already, however it is cased', async () => {
      await start();
      await signUp(ADA);
      const { body } = await post('/signup', { email: 'ADA@example.test', name: 'Imposter' }).expect(409);
      expect(body.message).toBe('This email address has signed up already.');
      expect(messages()).toHaveLength(1);
    });

    test.each([
      ['a header in the address', { ...ADA, email: 'a@x.test\r\nBcc: b@y.test' }, /email: must be an email/],
      ['a line end after the address', { ...ADA, email: 'a@x.test\n' }, /email: must be an email/],
      ['two addresses', { ...ADA, email: 'a@x.test,b@y.test' }, /email: must be an email/],
      ['an address of 300 letters', { ...ADA, email: `${'a'.repeat(292)}@x.test` }, /email: /],
      ['no address', { name: 'Ada' }, /email: /],
      ['a control character in the name', { ...ADA, name: 'A\u0007da' }, /name: must be one line/],
      ['a line separator in the name', { ...ADA, name: 'A\u2028da' }, /name: must be one line/],
      ['half a surrogate pair', '{"email":"a@x.test","name":"\\ud83d"}', /name: must be one line/],
      ['a blank name', { ...ADA, name: '   ' }, /name: must not be empty/],
      ['a name of 101 letters', { ...ADA, name: 'a'.repeat(101) }, /name: must be at most 100/],
      ['wrong types', { email: 42, name: { first: 'Ada' } }, /email: .*string.*name: .*string/s],
      ['a locale that is a path', { ...ADA, locale: '../../etc' }, /locale: must be a language tag/],
      ['an array', [ADA], /must be a JSON object/],
      ['null', 'null', /./],
      ['half a document', '{"email":', /JSON/],
    ])('refuses %s, sends nothing and stays up', async (_what, body, message) => {
      await start();
      const answer = await post('/signup', body).expect(400);
      expect([answer.body.message].flat().join('\n')).toMatch(message);

      await signUp(ADA);
      expect(messages()).toHaveLength(1);
    });

    test('refuses a request without a body', async () => {
      await start();
      const { body } = await request(app?.getHttpServer()).post('/signup').expect(400);
      expect([body.message].flat().join()).toMatch(/must be a JSON object/);
      expect(messages()).toEqual([]);
    });

    test('refuses 2 MB with 413 and stays up', async () => {
      await start();
      const { body } = await post('/signup', { ...ADA, name: 'a'.repeat(2_000_000) }).expect(413);
      expect(body.message).toMatch(/too large/i);

      await signUp(ADA);
      expect(messages()).toHaveLength(1);
    });

    test('succeeds when the mail server is away: the mail waits; the log and mail.paused tell code and cause', async () => {
      const cause = new Error('connect ECONNREFUSED');
      await start(failing(new MailError('transport-unavailable', 'The mail server is away.', { cause })));
      const paused = next('mail.paused');
      await post('/signup', ADA).expect(201);

      expect(await paused).toMatchObject({ error: { code: 'transport-unavailable', cause } });
      expect(lines.warnings).toContainEqual(
        expect.stringMatching(
          /^mail\.paused transport-unavailable \[default\]: The mail server is away \(cause: connect ECONNREFUSED\)\. .* in \d s\.$/,
        ),
      );
      expect(lines.errors).toEqual([]);
    });

    test('is answered with an error and not with 201 when there is no queue', async () => {
      setEnv({ MAIL_QUEUE: 'off' });
      await start();
      const { body } = await post('/signup', ADA).expect(500);
      expect(body).toMatchObject({ code: 'config', outcome: 'not-sent' });
      expect(messages()).toEqual([]);
    });

    test('may be tried again when its mail could not be queued', async () => {
      await start();
      const full = new MailError('queue-full', 'The disk is full.');
      jest.spyOn(MailService.prototype, 'queue').mockRejectedValueOnce(full);
      await post('/signup', ADA).expect(503);
      await signUp(ADA);
      expect(messages()).toHaveLength(1);
    });

    test('succeeds when the mail is refused for good; the log and mail.dead tell which and why', async () => {
      await start(failing(new MailError('message-rejected', 'The server refused the mail: 554 no')));
      const dead = next('mail.dead');
      await post('/signup', ADA).expect(201);

      const { id, messageId } = await dead;
      const [line] = lines.errors;
      expect(line).toMatch(
        `mail.dead message-rejected [welcome ${messageId}]: The server refused the mail: 554 no.`,
      );
      expect(line).toContain(`Queue id ${id}, attempt 1.`);
      expect(line).not.toContain(ADA.email);
    });

    test('succeeds when the mail is refused for now; the log tells when it is tried again', async () => {
      const busy = new MailError('message-rejected', 'The server is busy: 451', { retryable: true });
      await start(failing(busy));
      const deferred = next('mail.deferred');
      await post('/signup', ADA).expect(201);

      const { dueAt } = await deferred;
      expect(lines.warnings).toContainEqual(
        expect.stringMatching(
          `^mail\\.deferred message-rejected \\[welcome .*\\]: The server is busy: 451\\. .* Tried again at ${dueAt.toISOString()}`,
        ),
      );
    });
  });

  describe('POST /invites', () => {
    const INVITE = { email: 'bo@example.test', inviter: 'Grace Hopper', note: 'Come & add yours.' };

    test('answers with what the next hop said', async () => {
      await start();
      const { body } = await post('/invites', INVITE).expect(201);
      const mail = app?.get(MailOutbox).last();

      expect(body).toEqual({ messageId: mail?.messageId, accepted: ['bo@example.test'], rejected: [] });
      expect(mail?.subject).toBe('Grace Hopper invites you to Tidemark');
      expect(mail?.html).toContain('Come &amp; add yours.');
      expect(mail?.text).toContain('"Come & add yours."');
      expect(mail?.text).toMatch(/https:\/\/example\.test\/join\/[\da-f-]{36}/);
    });

    test('does without a note', async () => {
      await start();
      await post('/invites', { email: INVITE.email, inviter: INVITE.inviter }).expect(201);
      expect(app?.get(MailOutbox).last()?.text).not.toContain('"');
    });

    test.each([
      ['recipients-rejected', 422, false, 'not-sent'],
      ['message-rejected', 422, false, 'not-sent'],
      ['transport-unavailable', 503, true, 'not-sent'],
      ['authentication', 503, true, 'not-sent'],
      ['timeout', 504, true, 'not-sent'],
      ['ambiguous', 504, true, 'unknown'],
      ['config', 500, false, 'not-sent'],
    ] as const)(
      'answers %s with %i and keeps the details to itself',
      async (code, status, retryable, outcome) => {
        const rejected = [{ address: INVITE.email, code, retryable }];
        await start(failing(new MailError(code, 'mx.internal.test said no', { rejected })));
        const { body } = await post('/invites', INVITE).expect(status);

        expect(body).toMatchObject({ statusCode: status, code, retryable, outcome, rejected });
        expect(JSON.stringify(body)).not.toContain('mx.internal.test');
      },
    );

    test('refuses a bad body', async () => {
      await start();
      const { body } = await post('/invites', { ...INVITE, note: 'a\r\nb' }).expect(400);
      expect(body.message).toEqual(['note: must be one line without control characters']);
      expect(messages()).toEqual([]);
    });
  });

  describe('POST /orders', () => {
    const ORDER = {
      ...ADA,
      items: [
        { name: 'Pocket notebook', quantity: 3, price: 1010 },
        { name: 'Fountain pen <fine>', quantity: 1, price: 3450 },
      ],
    };

    test('sends a receipt that lists every item and the total', async () => {
      await start();
      const sent = next('mail.sent');
      const { body } = await post('/orders', ORDER).expect(201);
      await sent;
      const mail = app?.get(MailOutbox).last();

      expect(body).toEqual({ number: expect.any(String), total: 64.8, messageId: mail?.messageId });
      expect(mail?.subject).toBe(`Your receipt ${body.number}`);
      expect(mail?.html?.match(/Quantity \d/g)).toHaveLength(2);
      expect(mail?.html).toContain('Fountain pen &lt;fine&gt;');
      expect(mail?.text).toContain('- 3 x Pocket notebook: €30.30\n- 1 x Fountain pen <fine>: €34.50\n');
      expect(mail?.text).toContain('Total: €64.80');
    });

    test('refuses an order of nothing, or of less than nothing', async () => {
      await start();
      await post('/orders', { ...ORDER, items: [] }).expect(400);
      await post('/orders', { ...ORDER, items: [{ name: 'Pen', quantity: -1, price: 1 }] }).expect(400);
      expect(messages()).toEqual([]);
    });
  });

  test('GET /health answers', async () => {
    await start();
    await request(app?.getHttpServer()).get('/health').expect(200, { status: 'ok' });
  });
});
