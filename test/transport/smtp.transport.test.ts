import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import PostalMime from 'postal-mime';
import { MailError } from '../../src/errors/mail-error.js';
import type { RenderedMessage } from '../../src/message/message.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import type { SmtpOptions } from '../../src/transport/smtp/smtp.options.js';
import { CA } from '../support/certificates.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import { startSmtpServer } from '../support/smtp-server.js';
import type { TestServer, TestServerOptions } from '../support/smtp-server.js';
import { DROP, RESET, SILENCE, startScriptedServer } from '../support/scripted-server.js';
import type { Script, ScriptedServer } from '../support/scripted-server.js';

const open: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await expectNoOpenSockets();
});

const never = (): AbortSignal => new AbortController().signal;

function smtp(port: number, options: SmtpOptions = {}): SmtpTransport {
  const transport = new SmtpTransport({ host: '127.0.0.1', port, ...options });
  open.push(() => transport.close());
  return transport;
}

async function server(options?: TestServerOptions): Promise<TestServer> {
  const started = await startSmtpServer(options);
  open.push(() => started.close());
  return started;
}

async function scripted(script?: Script): Promise<ScriptedServer> {
  const started = await startScriptedServer(script);
  open.push(() => started.close());
  return started;
}

/** Answers DATA and then reads no more than a little of the body. */
async function startStuckServer(): Promise<{ port: number; reading: Promise<unknown> }> {
  const started = new EventEmitter();
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      const line = chunk.toString('latin1');
      if (/^(EHLO|MAIL|RCPT)/.test(line)) socket.write('250 fine\r\n');
      else if (line.startsWith('DATA')) socket.write('354 go on\r\n');
      else {
        socket.pause();
        started.emit('reading');
      }
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  open.push(async () => {
    listener.close();
    for (const socket of sockets) socket.destroy();
    await once(listener, 'close');
  });
  const address = listener.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    reading: once(started, 'reading'),
  };
}

async function failure(sending: Promise<unknown>): Promise<MailError> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MailError))
    throw new Error(`expected a MailError, got ${String(error)}`, { cause: error });
  return error;
}

describe('the received mail', () => {
  test('is the mail, to every envelope recipient, over STARTTLS', async () => {
    const { port, mails } = await server();
    const message = renderedMessage({
      envelope: { from: 'bounce@from.test', to: ['ada@to.test', 'bcc@to.test'] },
    });
    const receipt = await smtp(port).send(message, { signal: never() });
    expect(receipt).toMatchObject({
      messageId: '<1@from.test>',
      transport: 'smtp',
      accepted: ['ada@to.test', 'bcc@to.test'],
      rejected: [],
      response: expect.stringMatching(/^250 /),
    });
    expect(mails).toMatchObject([
      { from: 'bounce@from.test', to: ['ada@to.test', 'bcc@to.test'], session: { secure: true } },
    ]);
    const parsed = await PostalMime.parse(mails[0]!.bytes);
    expect(parsed).toMatchObject({ subject: 'Welcome', messageId: '<1@from.test>', text: 'Hello Ada\n' });
    expect(mails[0]!.bytes.toString()).not.toMatch(/bcc@to\.test|x-mailer/i);
  });

  test('is one mail, though a line of it is a dot', async () => {
    const { port, mails } = await server();
    const { html: _html, ...text } = renderedMessage({ text: 'a\n.\r\nMAIL FROM:<evil@y.test>\n..b' });
    await smtp(port).send(text, { signal: never() });
    expect(mails).toHaveLength(1);
    expect((await PostalMime.parse(mails[0]!.bytes)).text).toBe('a\n.\nMAIL FROM:<evil@y.test>\n..b\n');
  });
});

describe('TLS', () => {
  test('STARTTLS with a known authority', async () => {
    const { port, mails } = await server();
    await smtp(port, { tls: { mode: 'required', ca: CA } }).send(renderedMessage(), { signal: never() });
    expect(mails).toMatchObject([{ session: { secure: true } }]);
  });

  test('implicit TLS, also from a smtps URL', async () => {
    const { port, mails } = await server({ secure: true });
    const transport = new SmtpTransport({ url: `smtps://127.0.0.1:${port}`, tls: { ca: CA } });
    open.push(() => transport.close());
    await transport.send(renderedMessage(), { signal: never() });
    expect(mails).toMatchObject([{ session: { secure: true } }]);
  });

  test.each([
    ['STARTTLS', { tls: 'required' }, {}],
    ['implicit', { tls: 'implicit' }, { secure: true }],
    ['another name', { tls: { mode: 'required', ca: CA, servername: 'else.test' } }, {}],
    [
      'opportunistic with an authority',
      { tls: { mode: 'opportunistic', ca: CA, servername: 'else.test' } },
      {},
    ],
  ] satisfies Array<[string, SmtpOptions, TestServerOptions]>)(
    'a certificate nobody vouches for: %s',
    async (_, options, how) => {
      const { port, mails } = await server(how);
      const error = await failure(smtp(port, options).send(renderedMessage(), { signal: never() }));
      expect(error).toMatchObject({ code: 'tls', retryable: true, scope: 'transport', outcome: 'not-sent' });
      expect(error.message).toContain('tls: { ca }');
      expect(mails).toEqual([]);
    },
  );

  test('TLS that an attacker strips is noticed, and the message names the remedy', async () => {
    const { port, lines } = await scripted((line) => (line === 'STARTTLS' ? '502 what?' : undefined));
    const error = await failure(smtp(port, { tls: 'required' }).send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({
      code: 'tls',
      scope: 'transport',
      smtp: { code: 502, command: 'STARTTLS' },
    });
    expect(error.message).toMatch(/\?tls=off.*MAIL_TLS=off/);
    expect(lines.filter((line) => line.startsWith('MAIL'))).toEqual([]);
  });

  test('implicit TLS to a server that speaks in clear: the message says which scheme', async () => {
    const { port } = await server();
    const error = await failure(smtp(port, { tls: 'implicit' }).send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({ code: 'tls' });
    expect(error.message).toContain('smtp://');
  });

  test('plain text on loopback by default, and elsewhere by option', async () => {
    const { port, mails } = await server({ hideSTARTTLS: true });
    await smtp(port).send(renderedMessage(), { signal: never() });
    const offering = await server();
    await smtp(offering.port, { tls: 'off' }).send(renderedMessage(), { signal: never() });
    expect([...mails, ...offering.mails].map(({ session }) => session.secure)).toEqual([false, false]);
  });

  test('nothing below TLS 1.2', async () => {
    const { port } = await server({
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect(
      await failure(
        smtp(port, { tls: { mode: 'required', ca: CA } }).send(renderedMessage(), { signal: never() }),
      ),
    ).toMatchObject({ code: 'tls' });
  });
});

describe('login', () => {
  const login: SmtpOptions = { username: 'ada', password: 'p@ss:wörd', tls: { mode: 'required', ca: CA } };

  test('with a password', async () => {
    const { port, mails, logins } = await server({ authOptional: false });
    await smtp(port, login).send(renderedMessage(), { signal: never() });
    expect(logins).toEqual(['PLAIN ada p@ss:wörd']);
    expect(mails).toHaveLength(1);
  });

  test.each([
    [535, '5.7.8 No p@ss:wörd here'],
    [534, 'Too weak'],
    [454, '4.7.0 Come back'],
  ])('refused with %i: the transport is to blame, and no secret shows', async (code, text) => {
    const { port } = await server({ authOptional: false, refuseLogin: () => ({ code, text }) });
    const error = await failure(smtp(port, login).send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({
      code: 'authentication',
      retryable: true,
      scope: 'transport',
      smtp: { code },
    });
    expect(JSON.stringify([error.message, error.smtp, String(error.cause)])).not.toContain('p@ss:wörd');
  });

  test('not offered although there is one: refused, not skipped', async () => {
    const { port, mails } = await server({ disabledCommands: ['AUTH'] });
    expect(await failure(smtp(port, login).send(renderedMessage(), { signal: never() }))).toMatchObject({
      code: 'authentication',
    });
    expect(mails).toEqual([]);
  });

  test('requested at MAIL FROM, without a login', async () => {
    const { port } = await server({ authOptional: false });
    const error = await failure(smtp(port).send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({
      code: 'authentication',
      scope: 'transport',
      smtp: { code: 530, command: 'MAIL FROM' },
    });
  });
});

describe('refusals', () => {
  test('of one recipient: the rest is accepted', async () => {
    const { port, mails } = await server({
      refuseRecipient: (address) =>
        ({
          'no@to.test': { code: 550, text: '5.1.1 No such user' },
          'later@to.test': { code: 452, text: '4.5.3 Too many' },
        })[address],
    });
    const envelope = { from: 'a@from.test', to: ['no@to.test', 'ada@to.test', 'later@to.test'] };
    const receipt = await smtp(port).send(renderedMessage({ envelope }), { signal: never() });
    expect(receipt.accepted).toEqual(['ada@to.test']);
    expect(receipt.rejected).toEqual([
      {
        address: 'no@to.test',
        code: 'recipients-rejected',
        retryable: false,
        smtp: { code: 550, enhanced: '5.1.1', text: 'No such user', command: 'RCPT TO' },
      },
      {
        address: 'later@to.test',
        code: 'recipients-rejected',
        retryable: true,
        smtp: { code: 452, enhanced: '4.5.3', text: 'Too many', command: 'RCPT TO' },
      },
    ]);
    expect(mails).toMatchObject([{ to: ['ada@to.test'] }]);
  });

  test.each([
    ['all for good', [550, 551], false],
    ['one greylisted', [550, 451], true],
  ])('of every recipient: %s', async (_, [first, second], retryable) => {
    const codes: Record<string, number> = { 'a@to.test': first!, 'b@to.test': second! };
    const { port } = await server({ refuseRecipient: (address) => ({ code: codes[address]!, text: 'No' }) });
    const envelope = { from: 'a@from.test', to: Object.keys(codes) };
    const error = await failure(smtp(port).send(renderedMessage({ envelope }), { signal: never() }));
    expect(error).toMatchObject({
      code: 'recipients-rejected',
      scope: 'recipient',
      retryable,
      outcome: 'not-sent',
    });
    expect(error.rejected).toMatchObject([
      { address: 'a@to.test', retryable: false, smtp: { code: first } },
      { address: 'b@to.test', retryable, smtp: { code: second } },
    ]);
  });

  test.each([
    ['MAIL', '451 4.3.0 Later', { code: 'message-rejected', retryable: true, scope: 'mail' }],
    ['MAIL', '550 5.7.1 No', { code: 'message-rejected', retryable: false, scope: 'mail' }],
    ['MAIL', '503 Out of step', { code: 'transport-unavailable', retryable: true }],
    ['MAIL', '421 Closing', { code: 'transport-unavailable', retryable: true }],
    ['MAIL', '535 Login', { code: 'authentication', retryable: true, scope: 'transport' }],
    ['RCPT', '530 Login', { code: 'authentication', retryable: true, scope: 'transport' }],
    ['DATA', '451 Later', { code: 'message-rejected', retryable: true }],
    ['DATA', '554 No', { code: 'message-rejected', retryable: false }],
    ['END', '452 Full', { code: 'message-rejected', retryable: true }],
    [
      'END',
      '552-5.2.3 Too\r\n552 5.2.3 big',
      {
        code: 'message-rejected',
        retryable: false,
        smtp: { code: 552, enhanced: '5.2.3', text: 'Too big', command: 'DATA' },
      },
    ],
    ['END', '421 Closing', { code: 'transport-unavailable', retryable: true }],
    [
      'BANNER',
      '554 Not you',
      { code: 'transport-unavailable', retryable: true, scope: 'transport', smtp: { code: 554 } },
    ],
    [
      'BANNER',
      '421 Busy',
      { code: 'transport-unavailable', retryable: true, scope: 'transport', smtp: { code: 421 } },
    ],
    ['EHLO', '421 Busy', { code: 'transport-unavailable', retryable: true, scope: 'transport' }],
  ])('at %s with %s', async (command, reply, expected) => {
    const relay = await scripted((line) => (line.startsWith(command) ? reply : undefined));
    const error = await failure(
      smtp(relay.port, { tls: 'off' }).send(renderedMessage(), { signal: never() }),
    );
    expect(error).toMatchObject({ outcome: 'not-sent', ...expected });
    expect(relay.bodies).toHaveLength(command === 'END' ? 1 : 0);
  });

  test('of a mail that is larger than the server takes, before it is sent', async () => {
    const { port, lines } = await scripted((line) =>
      line.startsWith('EHLO') ? '250-test\r\n250 SIZE 100' : undefined,
    );
    const error = await failure(smtp(port, { tls: 'off' }).send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({
      code: 'message-rejected',
      retryable: false,
      scope: 'mail',
      outcome: 'not-sent',
    });
    expect(lines.filter((line) => line.startsWith('DATA'))).toEqual([]);
  });

  test("with a server's text stay on one line", async () => {
    const { port } = await scripted((line) =>
      line.startsWith('MAIL') ? '550 a\u001b[31m\u0085b' : undefined,
    );
    const error = await failure(smtp(port, { tls: 'off' }).send(renderedMessage(), { signal: never() }));
    expect(error.message).not.toMatch(/\p{Cc}/u);
  });
});

describe('lost connections', () => {
  test.each([
    ['BANNER', 'transport-unavailable', 'not-sent'],
    ['EHLO', 'transport-unavailable', 'not-sent'],
    ['MAIL', 'transport-unavailable', 'not-sent'],
    ['RCPT', 'transport-unavailable', 'not-sent'],
    ['DATA', 'transport-unavailable', 'not-sent'],
    ['BODY', 'ambiguous', 'unknown'],
    ['END', 'ambiguous', 'unknown'],
  ])('at %s: %s', async (command, code, outcome) => {
    for (const answer of [DROP, RESET] as const) {
      const { port, lines } = await scripted((line) => (line.startsWith(command) ? answer : undefined));
      const error = await failure(smtp(port, { tls: 'off' }).send(renderedMessage(), { signal: never() }));
      expect(error).toMatchObject({ code, outcome, retryable: true, scope: 'transport' });
      expect(lines.filter((line) => line === 'BANNER')).toHaveLength(1);
    }
  });

  test('no server listens', async () => {
    const { port, close } = await startScriptedServer();
    await close();
    const error = await failure(smtp(port).send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, scope: 'transport' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('no such host', async () => {
    const transport = new SmtpTransport({ host: 'nowhere.invalid' });
    open.push(() => transport.close());
    const error = await failure(transport.send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true });
  });

  test('a silent server ends the attempt after connectTimeout', async () => {
    const { port } = await scripted((line) => (line === 'BANNER' ? SILENCE : undefined));
    const error = await failure(
      smtp(port, { connectTimeout: 50 }).send(renderedMessage(), { signal: never() }),
    );
    expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, scope: 'transport' });
  });

  test('while idle: the next mail goes out on a new one', async () => {
    const relay = await scripted((line, connection) =>
      connection === 1 && line === 'MAIL FROM:<two@from.test>' ? DROP : undefined,
    );
    const transport = smtp(relay.port, { tls: 'off' });
    await transport.send(renderedMessage(), { signal: never() });
    const envelope = { from: 'two@from.test', to: ['ada@to.test'] };
    const receipt = await transport.send(renderedMessage({ envelope }), { signal: never() });
    expect(receipt.accepted).toEqual(['ada@to.test']);
    expect(relay.connections).toBe(2);
    expect(relay.bodies).toHaveLength(2);
  });

  test('while idle, twice: replayed only once', async () => {
    const relay = await scripted((line) => (line === 'MAIL FROM:<two@from.test>' ? DROP : undefined));
    const transport = smtp(relay.port, { tls: 'off' });
    await transport.send(renderedMessage(), { signal: never() });
    const envelope = { from: 'two@from.test', to: ['ada@to.test'] };
    const error = await failure(transport.send(renderedMessage({ envelope }), { signal: never() }));
    expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, outcome: 'not-sent' });
    expect(relay.connections).toBe(2);
  });

  test('right after 250: the mail went once', async () => {
    const relay = await scripted((line) => (line === 'END' ? { last: '250 2.0.0 taken' } : undefined));
    const transport = smtp(relay.port, { tls: 'off' });
    const receipt = await transport.send(renderedMessage(), { signal: never() });
    expect(receipt.response).toBe('250 2.0.0 taken');
    await relay.quiet();
    await transport.send(renderedMessage({ messageId: '<2@from.test>' }), { signal: never() });
    expect(relay.bodies.map((body) => /^Message-ID: (.*)$/m.exec(body)?.[1]?.trim())).toEqual([
      '<1@from.test>',
      '<2@from.test>',
    ]);
  });

  test('with commands in one batch (PIPELINING)', async () => {
    for (const [command, code] of [
      ['MAIL', 'transport-unavailable'],
      ['DATA', 'transport-unavailable'],
      ['END', 'ambiguous'],
    ] as const) {
      const ehlo = '250-test\r\n250 PIPELINING';
      const relay = await scripted((line) =>
        line.startsWith(command) ? DROP : line.startsWith('EHLO') ? ehlo : undefined,
      );
      const error = await failure(
        smtp(relay.port, { tls: 'off' }).send(renderedMessage(), { signal: never() }),
      );
      expect(error).toMatchObject({ code });
      expect(relay.connections).toBe(1);
    }
  });
});

describe('abort', () => {
  const reasons = [
    ['aborted', () => new Error('enough')],
    ['timeout', () => new DOMException('late', 'TimeoutError')],
    ['expired', () => new MailError('expired', 'too old')],
  ] as const;

  test.each(reasons)(
    'while the server hangs at MAIL FROM: %s, and the mail never arrives',
    async (code, reason) => {
      const relay = await scripted((line) => (line.startsWith('MAIL') ? SILENCE : undefined));
      const abort = new AbortController();
      const sending = failure(
        smtp(relay.port, { tls: 'off' }).send(renderedMessage(), { signal: abort.signal }),
      );
      await relay.saw('MAIL');
      abort.abort(reason());
      expect(await sending).toMatchObject({ code, outcome: 'not-sent' });
      await relay.quiet();
      expect(relay.bodies).toEqual([]);
    },
  );

  test('while connecting', async () => {
    const relay = await scripted((line) => (line === 'BANNER' ? SILENCE : undefined));
    const abort = new AbortController();
    const sending = failure(smtp(relay.port).send(renderedMessage(), { signal: abort.signal }));
    await relay.saw('BANNER');
    abort.abort();
    expect(await sending).toMatchObject({ code: 'aborted' });
    await relay.quiet();
  });

  test('after the whole body, before the answer: ambiguous', async () => {
    const relay = await scripted((line) => (line === 'END' ? SILENCE : undefined));
    const abort = new AbortController();
    const sending = failure(
      smtp(relay.port, { tls: 'off' }).send(renderedMessage(), { signal: abort.signal }),
    );
    await relay.saw('END');
    abort.abort();
    expect(await sending).toMatchObject({ code: 'ambiguous', outcome: 'unknown' });
  });

  test('in the middle of a large body: it never arrives whole', async () => {
    const relay = await startStuckServer();
    const abort = new AbortController();
    const content = Buffer.alloc(20_000_000, 'x');
    const message = renderedMessage({
      attachments: [
        { content, contentType: 'application/octet-stream', disposition: 'attachment', headers: {} },
      ],
    });
    const sending = failure(smtp(relay.port, { tls: 'off' }).send(message, { signal: abort.signal }));
    await relay.reading;
    abort.abort();
    expect(await sending).toMatchObject({ code: 'aborted', outcome: 'not-sent' });
  });

  test('beforehand: the plugin is not called', async () => {
    const { port, connections } = await server();
    const error = await failure(smtp(port).send(renderedMessage(), { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'aborted' });
    expect(connections.total).toBe(0);
  });

  test('does not disturb the other mails', async () => {
    const relay = await scripted((line) => (line === 'MAIL FROM:<stuck@from.test>' ? SILENCE : undefined));
    const transport = smtp(relay.port, { tls: 'off', poolSize: 1 });
    const abort = new AbortController();
    const stuck = failure(
      transport.send(renderedMessage({ envelope: { from: 'stuck@from.test', to: ['a@to.test'] } }), {
        signal: abort.signal,
      }),
    );
    const waiting = transport.send(renderedMessage(), { signal: never() });
    await relay.saw('MAIL FROM:<stuck');
    abort.abort();
    expect(await stuck).toMatchObject({ code: 'aborted' });
    await expect(waiting).resolves.toMatchObject({ accepted: ['ada@to.test'] });
  });

  test('of 2,000 waiting mails, by one signal', async () => {
    const relay = await scripted((line) => (line.startsWith('MAIL') ? SILENCE : undefined));
    const transport = smtp(relay.port, { tls: 'off', poolSize: 2 });
    const abort = new AbortController();
    const sends = Array.from({ length: 2000 }, () =>
      failure(transport.send(renderedMessage(), { signal: abort.signal })),
    );
    await relay.saw('MAIL');
    abort.abort();
    const errors = await Promise.all(sends);
    expect(errors.filter(({ code }) => code === 'aborted')).toHaveLength(2000);
    await relay.quiet();
    expect(relay.lines.filter((line) => line.startsWith('MAIL')).length).toBeLessThanOrEqual(2);
    expect(relay.bodies).toEqual([]);
  });
});

describe('the pool', () => {
  test('keeps to its size and reuses its connections', async () => {
    const { port, mails, connections } = await server();
    const transport = smtp(port, { poolSize: 3 });
    const ids = Array.from({ length: 30 }, (_, index) => `<${index}@from.test>`);
    await Promise.all(
      ids.map((messageId) => transport.send(renderedMessage({ messageId }), { signal: never() })),
    );
    expect(mails).toHaveLength(30);
    expect(connections.most).toBeLessThanOrEqual(3);
    expect(connections.total).toBeLessThanOrEqual(3);
  });

  test('replaces a connection after maxMessages', async () => {
    const { port, connections, mails } = await server();
    const transport = smtp(port, { poolSize: 1, maxMessages: 2 });
    for (let count = 0; count < 5; count++) await transport.send(renderedMessage(), { signal: never() });
    expect(mails).toHaveLength(5);
    expect(connections.total).toBe(3);
  });

  test('goes on after a refused mail, on the same connection', async () => {
    const { port, connections } = await server({
      refuseSender: (address) => (address === 'no@from.test' ? { code: 550, text: 'No' } : undefined),
    });
    const transport = smtp(port, { poolSize: 1 });
    const refused = renderedMessage({ envelope: { from: 'no@from.test', to: ['ada@to.test'] } });
    expect(await failure(transport.send(refused, { signal: never() }))).toMatchObject({
      code: 'message-rejected',
    });
    await transport.send(renderedMessage(), { signal: never() });
    expect(connections.total).toBe(1);
  });
});

/** Messages that count how many of them were looked at, so composed. */
function countedMessages(amount: number): { messages: RenderedMessage[]; composed: Set<number> } {
  const composed = new Set<number>();
  const messages = Array.from({ length: amount }, (_, index) =>
    Object.defineProperty(renderedMessage(), 'subject', {
      get: () => {
        composed.add(index);
        return 'Welcome';
      },
    }),
  );
  return { messages, composed };
}

test('waiting mails are not composed yet', async () => {
  const relay = await scripted((line) => (line.startsWith('MAIL') ? SILENCE : undefined));
  const transport = smtp(relay.port, { tls: 'off', poolSize: 2 });
  const { messages, composed } = countedMessages(50);
  const sends = messages.map((message) => failure(transport.send(message, { signal: never() })));
  await relay.saw('MAIL');
  await transport.close();
  for (const error of await Promise.all(sends)) expect(error).toMatchObject({ code: 'closed' });
  expect([...composed]).toEqual([0, 1]);
});

describe('close', () => {
  test('rejects waiting mails, and aborts mails under way', async () => {
    const relay = await scripted((line) => (line.startsWith('MAIL') ? SILENCE : undefined));
    const transport = smtp(relay.port, { tls: 'off', poolSize: 1 });
    const sends = [1, 2, 3].map(() => failure(transport.send(renderedMessage(), { signal: never() })));
    await relay.saw('MAIL');
    await transport.close();
    for (const error of await Promise.all(sends))
      expect(error).toMatchObject({ code: 'closed', retryable: true, outcome: 'not-sent' });
    await relay.quiet();
  });

  test('after the body, before the answer: ambiguous', async () => {
    const relay = await scripted((line) => (line === 'END' ? SILENCE : undefined));
    const transport = smtp(relay.port, { tls: 'off' });
    const sending = failure(transport.send(renderedMessage(), { signal: never() }));
    await relay.saw('END');
    await transport.close();
    expect(await sending).toMatchObject({ code: 'ambiguous', outcome: 'unknown' });
  });

  test('lets go of idle connections at once', async () => {
    const relay = await scripted();
    const transport = smtp(relay.port, { tls: 'off' });
    await transport.send(renderedMessage(), { signal: never() });
    await transport.close();
    await relay.quiet();
  });
});

test('close does not linger for a server that never closes its side', async () => {
  const sockets: Socket[] = [];
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write('220 test\r\n');
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  open.push(async () => {
    listener.close();
    for (const socket of sockets) socket.destroy();
    await once(listener, 'close');
  });
  const address = listener.address();
  const transport = smtp(typeof address === 'object' && address ? address.port : 0, { tls: 'off' });
  const sending = failure(transport.send(renderedMessage(), { signal: never() }));
  await once(listener, 'connection');
  await once(sockets[0]!, 'data');
  const ended = once(sockets[0]!, 'end');
  await transport.close();
  await Promise.all([sending, ended]);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap')).toHaveLength(1);
});

describe('verify', () => {
  test('connects, secures, logs in, and sends nothing', async () => {
    const { port, logins, mails } = await server({ authOptional: false });
    const login: SmtpOptions = { username: 'ada', password: 'secret', tls: { mode: 'required', ca: CA } };
    await smtp(port, login).verify({ signal: never() });
    expect(logins).toHaveLength(1);
    expect(mails).toEqual([]);
  });

  test('leaves no connection behind', async () => {
    const relay = await scripted();
    await smtp(relay.port, { tls: 'off' }).verify({ signal: never() });
    await relay.quiet();
    expect(relay.lines.filter((line) => /^(MAIL|RCPT|DATA)/.test(line))).toEqual([]);
  });

  test('fails as a send would', async () => {
    const { port } = await server({ authOptional: false, refuseLogin: () => ({ code: 535, text: 'No' }) });
    const login: SmtpOptions = { username: 'ada', password: 'secret', tls: { mode: 'required', ca: CA } };
    expect(await failure(smtp(port, login).verify({ signal: never() }))).toMatchObject({
      code: 'authentication',
    });
    expect(await failure(smtp(port, { tls: 'required' }).verify({ signal: never() }))).toMatchObject({
      code: 'tls',
    });
  });

  test('ends when the transport is closed', async () => {
    const relay = await scripted((line) => (line === 'BANNER' ? SILENCE : undefined));
    const transport = smtp(relay.port, { connectTimeout: 600_000 });
    const verifying = failure(transport.verify({ signal: never() }));
    await relay.saw('BANNER');
    await transport.close();
    expect(await verifying).toMatchObject({ code: 'closed' });
    await relay.quiet();
  });

  test('ends with its signal', async () => {
    const relay = await scripted((line) => (line === 'BANNER' ? SILENCE : undefined));
    const abort = new AbortController();
    const verifying = failure(smtp(relay.port).verify({ signal: abort.signal }));
    await relay.saw('BANNER');
    abort.abort(new DOMException('late', 'TimeoutError'));
    expect(await verifying).toMatchObject({ code: 'timeout' });
    await relay.quiet();
  });
});

describe('a port with the other kind of TLS', () => {
  test('smtps:// to one that starts in plain text', async () => {
    const { port } = await server();
    const error = await failure(smtp(port, { tls: 'implicit' }).send(renderedMessage(), { signal: never() }));
    expect(error).toMatchObject({ code: 'tls', outcome: 'not-sent' });
    expect(error.message).toMatch(
      /: wrong version number \(ERR_SSL_WRONG_VERSION_NUMBER\)\. .*use smtp:\/\/ \(STARTTLS\)/,
    );
    expect(error.message).not.toContain('openssl');
  });

  test.each(['required', 'opportunistic', 'off'] as const)(
    'tls %s to one that starts with TLS',
    async (tls) => {
      const { port } = await server({ secure: true });
      const options: SmtpOptions = { tls, connectTimeout: 300 };
      const error = await failure(smtp(port, options).send(renderedMessage(), { signal: never() }));
      expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, outcome: 'not-sent' });
      expect(error.message).toContain(
        'did not greet: Greeting never received. If it starts with TLS, as on port 465, use smtps://',
      );
    },
  );
});
