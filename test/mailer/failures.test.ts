import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { MailerOptions } from '@nestjs-modules/mailer';
import { MAIL_TRANSPORT, MailError, SmtpTransport, type Transport } from 'nest-mailroom';
import {
  always,
  atFirst,
  DROP,
  RESET,
  SILENCE,
  type SmtpScript,
  TestSmtpServer,
} from 'nest-mailroom/testing';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import { bootBoth, bootOnNodemailer9, smtpAt } from './application.js';

afterEach(async () => {
  await cleanup();
  await expectNoOpenSockets();
});

const never = (): AbortSignal => new AbortController().signal;

const TWO = renderedMessage({ envelope: { from: 'a@from.test', to: ['ada@to.test', 'bob@to.test'] } });

async function server(script?: SmtpScript): Promise<TestSmtpServer> {
  const started = await TestSmtpServer.start({ script });
  afterCleanup(() => started.close());
  return started;
}

/** A shell script in the place of sendmail. */
async function program(script: string): Promise<string> {
  const path = join(await folder({ sendmail: `#!/bin/sh\n${script}\n` }), 'sendmail');
  await chmod(path, 0o755);
  return path;
}

async function through(theirs: MailerOptions): Promise<Transport> {
  return (await bootBoth(theirs)).get<Transport>(MAIL_TRANSPORT);
}

/** The result of a send, without fields that depend on the time and the port. */
async function outcomeOf(transport: Transport): Promise<object> {
  try {
    const { durationMs: _, transport: __, ...receipt } = await transport.send(TWO, { signal: never() });
    return receipt;
  } catch (error) {
    if (!MailError.is(error)) throw error;
    const { code, retryable, scope, outcome, smtp, rejected, message } = error;
    return {
      code,
      retryable,
      scope,
      outcome,
      smtp,
      rejected,
      message: message.replace(/127\.0\.0\.1:\d+/, 'SERVER'),
    };
  }
}

const LOGIN = { user: 'shop', pass: 'correct horse' };

/** Offers a login, and answers so to one. */
function login(answer: string): SmtpScript {
  return (line) => {
    if (line.startsWith('EHLO')) return '250-test\r\n250 AUTH PLAIN';
    return line.startsWith('AUTH') ? answer : undefined;
  };
}

const POOL = { pool: true, maxRequeues: 0 };

describe('an outcome is the one of our SMTP transport', () => {
  async function compare(script: SmtpScript, auth?: typeof LOGIN): Promise<object> {
    const { port } = await server(script);
    const credentials = auth && { username: auth.user, password: auth.pass };
    const ours = new SmtpTransport({ host: '127.0.0.1', port, ...credentials });
    afterCleanup(() => ours.close());
    const expected = await outcomeOf(ours);
    const theirs = await through(smtpAt(port, { ...POOL, ...(auth && { auth, forceAuth: true }) }));
    expect(await outcomeOf(theirs)).toEqual(expected);
    return expected;
  }

  it.each<[string, SmtpScript, object]>([
    ['a server that takes everything', () => undefined, { rejected: [] }],
    ['a greeting that turns away', always(/^BANNER/, '554 5.7.1 no'), { code: 'transport-unavailable' }],
    ['a greeting that is too busy', always(/^BANNER/, '421 4.3.2 busy'), { code: 'transport-unavailable' }],
    ['a connection dropped at the greeting', always(/^BANNER/, DROP), { code: 'transport-unavailable' }],
    ['a login that is asked for', always(/^MAIL/, '530 5.7.0 log in'), { code: 'authentication' }],
    ['a sender refused for now', always(/^MAIL/, '451 4.3.0 later'), { code: 'message-rejected' }],
    ['a sender refused', always(/^MAIL/, '550 5.7.1 not you'), { code: 'message-rejected' }],
    ['a session out of step', always(/^MAIL/, '503 5.5.1 what'), { code: 'transport-unavailable' }],
    ['one recipient refused', always(/^RCPT TO:<bob/, '550 5.1.1 no'), { accepted: ['ada@to.test'] }],
    [
      'one recipient refused for now',
      always(/^RCPT TO:<bob/, '450 4.2.1 grey'),
      { accepted: ['ada@to.test'] },
    ],
    ['every recipient refused', always(/^RCPT/, '550 5.1.1 no'), { code: 'recipients-rejected' }],
    ['every recipient refused for now', always(/^RCPT/, '450 4.2.1 grey'), { retryable: true }],
    ['DATA refused', always(/^DATA/, '554 5.5.1 no'), { code: 'message-rejected' }],
    ['the mail refused', always(/^END/, '550-5.7.1 spam\r\n550 5.7.1 really'), { code: 'message-rejected' }],
    ['the mail refused for now', always(/^END/, '452 4.3.1 full'), { retryable: true }],
    ['a connection dropped at MAIL', always(/^MAIL/, DROP), { code: 'transport-unavailable' }],
    ['a connection dropped at RCPT', always(/^RCPT/, DROP), { code: 'transport-unavailable' }],
    ['a connection reset at DATA', always(/^DATA/, RESET), { code: 'transport-unavailable' }],
    ['a connection dropped after the mail', always(/^END/, DROP), { code: 'ambiguous', outcome: 'unknown' }],
    ['a connection reset after the mail', always(/^END/, RESET), { code: 'ambiguous', outcome: 'unknown' }],
  ])('%s', async (_what, script, expected) => {
    expect(await compare(script)).toMatchObject(expected);
  });

  it.each([
    ['refused', '535 5.7.8 no', { code: 'authentication' }],
    // A server that quotes the password must not put it into a log.
    ['quoted', '535 5.7.8 no user has the password correct horse', { code: 'authentication' }],
  ])('a login that is %s', async (_what, answer, expected) => {
    const outcome = await compare(login(answer), LOGIN);
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toContain(LOGIN.pass);
  });

  it('a server that is not there', async () => {
    const gone = await TestSmtpServer.start();
    await gone.close();
    const outcome = await outcomeOf(await through(smtpAt(gone.port)));
    expect(outcome).toMatchObject({ code: 'transport-unavailable', outcome: 'not-sent' });
  });
});

describe('a deadline', () => {
  async function cutOff(start: typeof bootBoth, silent: RegExp): Promise<MailError> {
    const relay = await server(always(silent, SILENCE));
    const transport = (await start(smtpAt(relay.port, POOL))).get<Transport>(MAIL_TRANSPORT);
    // Theirs waits for mails under way when it closes, and these wait for ever.
    afterCleanup(() => Promise.resolve(relay.dropAll()));
    const abort = new AbortController();
    const sending = transport.send(TWO, { signal: abort.signal });
    await relay.saw(/[A-Z]+/.exec(silent.source)?.[0] ?? '');
    abort.abort(new DOMException('late', 'TimeoutError'));
    const error: unknown = await sending.catch((reason: unknown) => reason);
    if (!MailError.is(error)) throw new Error(`expected a MailError, got ${String(error)}`);
    return error;
  }

  it.each([
    ['before the body ended, and the mail is withdrawn', bootBoth, /^MAIL/, 'timeout'],
    ['after the body ended', bootBoth, /^END/, 'ambiguous'],
    ['anywhere, and nodemailer cannot withdraw a mail', bootOnNodemailer9, /^MAIL/, 'ambiguous'],
  ] as const)('that ends %s', async (_when, start, silent, code) => {
    expect(await cutOff(start, silent)).toMatchObject({ code });
  });

  it('of a nodemailer without signals that ends before the hand-over withdraws the mail', async () => {
    const relay = await server();
    const abort = new AbortController();
    const plugin = (_mail: unknown, done: () => void): void => {
      abort.abort();
      done();
    };
    const theirs = { ...smtpAt(relay.port), plugins: [{ step: 'stream' as const, plugin }] };
    const transport = (await bootOnNodemailer9(theirs)).get<Transport>(MAIL_TRANSPORT);
    await expect(transport.send(TWO, { signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(relay.connections).toBe(0);
  });
});

it('a pool that starts a mail again by itself is judged by its last start', async () => {
  const first = atFirst(1, /^BANNER/, DROP);
  const { port } = await server((line, connection) =>
    connection > 1 && line.startsWith('RCPT') ? '550 5.1.1 nobody here' : first(line, connection),
  );
  const outcome = await outcomeOf(await through(smtpAt(port, { pool: true })));
  expect(outcome).toMatchObject({ code: 'recipients-rejected' });
});

describe('a transporter that speaks no SMTP', () => {
  const answering = (
    answer: (done: (error: Error | null, info?: object) => void) => void,
  ): MailerOptions => ({
    transport: { name: 'pigeon', version: '1', send: (_mail: unknown, done: never) => answer(done) } as never,
  });
  const failing = (fields: object): MailerOptions =>
    answering((done) => done(Object.assign(new Error('no luck'), fields)));

  it.each<[string, MailerOptions]>([
    ['json', { transport: { jsonTransport: true } }],
    ['a stream', { transport: { streamTransport: true, buffer: true } }],
    ['a plugin that says nothing', answering((done) => done(null, {}))],
  ])('that is %s has accepted what it does not refuse', async (_what, theirs) => {
    expect(await outcomeOf(await through(theirs))).toMatchObject({
      messageId: TWO.messageId,
      accepted: TWO.envelope.to,
      rejected: [],
    });
  });

  it.each<[string, object, object]>([
    ['says nothing of it', {}, { code: 'ambiguous', outcome: 'unknown' }],
    ['timed out', { code: 'ETIMEDOUT' }, { code: 'ambiguous', outcome: 'unknown' }],
    ['answered 500', { statusCode: 500 }, { code: 'ambiguous', outcome: 'unknown' }],
    ['answered 408', { status: 408 }, { code: 'ambiguous', outcome: 'unknown' }],
    ['answered 429', { $metadata: { httpStatusCode: 429 } }, { code: 'rate-limited', outcome: 'not-sent' }],
    ['answered 403', { statusCode: 403 }, { code: 'authentication', outcome: 'not-sent' }],
    ['answered 400', { statusCode: 400 }, { code: 'message-rejected', outcome: 'not-sent' }],
    ['answered as a server', { response: '550 5.1.1 no' }, { code: 'message-rejected', outcome: 'not-sent' }],
    ['was not reached', { code: 'ECONNREFUSED' }, { code: 'transport-unavailable', outcome: 'not-sent' }],
  ])('and fails: it %s', async (_what, fields, expected) => {
    const outcome = await outcomeOf(await through(failing(fields)));
    expect(outcome).toMatchObject(expected);
    expect(outcome).toMatchObject({ message: expect.stringContaining('pigeon') });
  });

  it('that is a program has accepted what it read', async () => {
    const path = await program('cat > /dev/null');
    expect(await outcomeOf(await through({ transport: { sendmail: true, path } }))).toMatchObject({
      accepted: TWO.envelope.to,
    });
  });

  it('and is a program that fails after it has read the mail', async () => {
    const path = await program('cat > /dev/null\nexit 75');
    const outcome = await outcomeOf(await through({ transport: { sendmail: true, path } }));
    expect(outcome).toMatchObject({ code: 'ambiguous', outcome: 'unknown' });
  });

  it('and is a program that is not there', async () => {
    const path = join(await folder(), 'sendmail');
    const outcome = await outcomeOf(await through({ transport: { sendmail: true, path } }));
    expect(outcome).toMatchObject({ code: 'transport-unavailable', outcome: 'not-sent' });
  });
});

describe('a plugin of theirs that fails', () => {
  it.each<[string, (mail: unknown, done: (error: Error) => void) => void]>([
    ['by an error', (_mail, done) => done(new Error('no key'))],
    [
      'by throwing',
      () => {
        throw new Error('no key');
      },
    ],
  ])('%s is blamed, and nothing is sent', async (_how, plugin) => {
    const relay = await server();
    const theirs = { ...smtpAt(relay.port), plugins: [{ step: 'stream' as const, plugin }] };
    expect(await outcomeOf(await through(theirs))).toMatchObject({
      code: 'message-rejected',
      outcome: 'not-sent',
      retryable: true,
      message: expect.stringContaining('plugins, refused the mail before it was handed over: no key'),
    });
    expect(relay.connections).toBe(0);
  });

  it("is told from a limit of theirs on a mail's recipients", async () => {
    const { port } = await server();
    expect(await outcomeOf(await through(smtpAt(port, { maxRecipients: 1 })))).toMatchObject({
      code: 'message-rejected',
      retryable: false,
    });
  });
});
