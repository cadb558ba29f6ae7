import { inspect } from 'node:util';
import type { SmtpAnswer } from 'nest-mailroom/testing';
import { MailError } from '../../src/errors/mail-error.js';
import type { SmtpOptions } from '../../src/transport/smtp/smtp.options.js';
import { saslOf } from '../../src/transport/smtp/oauth2/xoauth2.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import {
  DROP,
  RESET,
  type Script,
  type ScriptedServer,
  SILENCE,
  startScriptedServer,
} from '../support/scripted-server.js';

const open: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await expectNoOpenSockets();
});

const never = (): AbortSignal => new AbortController().signal;

async function connected(script?: Script, options: SmtpOptions = {}) {
  const server = await startScriptedServer(script);
  open.push(() => server.close());
  const transport = new SmtpTransport({ host: '127.0.0.1', port: server.port, tls: 'off', ...options });
  open.push(() => transport.close());
  const send = (...to: string[]) =>
    transport.send(renderedMessage(to.length > 0 ? { envelope: { from: 'app@from.test', to } } : {}), {
      signal: never(),
    });
  return { server, transport, send };
}

async function failure(sending: Promise<unknown>): Promise<MailError> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (MailError.is(error)) return error;
  throw new Error(`expected a MailError, got ${String(error)}`, { cause: error });
}

/** Says something else in the first session, and what is usual afterwards. */
const inFirstSession =
  (command: string, answer: string): Script =>
  (line, connection) =>
    connection === 1 && line.startsWith(command) ? answer : undefined;

/** Offers to be sent all commands at once (RFC 2920). */
const pipelining =
  (script: Script): Script =>
  (line, connection) =>
    line.startsWith('EHLO') ? '250-test\r\n250 PIPELINING' : script(line, connection);

/** Answers that are no SMTP reply, or none to a command of a mail. */
const STRANGE: ReadonlyArray<readonly [what: string, answer: string]> = [
  ['HTML', '<html><body>502 Bad Gateway</body></html>'],
  ['HTTP', 'HTTP/1.1 400 Bad Request'],
  ['a code above 599', '999 x'],
  ['a code below 100', '042 x'],
  ['a code of four digits', '5500 x'],
  ['a code of two digits', '55 x'],
  ['a code that runs on', '550x no'],
  ['no code', 'no'],
  ['1yz', '150 about to begin'],
  ['3yz', '334 go on'],
  ['a greeting', '220 test ESMTP'],
  ['a goodbye', '221 bye'],
  ['success, then refusal in one reply', '250-fine\r\n550 5.1.1 no'],
  ['refusal, then success in one reply', '550-5.1.1 no\r\n250 fine'],
  ['a later refusal in one reply', '451-4.3.0 later\r\n550 5.1.1 never'],
  ['a reply that breaks off in garbage', '250-fine\r\n<html>'],
];

async function expectNextMailOnNewConnection(
  server: ScriptedServer,
  send: (...to: string[]) => Promise<unknown>,
): Promise<void> {
  await send();
  expect(server.connections).toBe(2);
}

describe('an answer that is not an SMTP reply', () => {
  const before = ['MAIL', 'RCPT', 'DATA'].flatMap((command) =>
    STRANGE.map(([what, answer]) => [command, what, answer] as const),
  );

  test.each(before)('to %s is temporary, and the connection is given up: %s', async (command, _, answer) => {
    const { server, send } = await connected(inFirstSession(command, answer));
    const error = await failure(send());
    expect(error).toMatchObject({
      code: 'transport-unavailable',
      retryable: true,
      scope: 'transport',
      outcome: 'not-sent',
    });
    expect(error.message).toContain('did not answer as SMTP does: ');
    expect(server.bodies).toEqual([]);
    await expectNextMailOnNewConnection(server, send);
  });

  test.each(STRANGE)('after the body is ambiguous, and the connection is given up: %s', async (_, answer) => {
    const { server, send } = await connected(inFirstSession('END', answer));
    expect(await failure(send())).toMatchObject({
      code: 'ambiguous',
      retryable: true,
      scope: 'transport',
      outcome: 'unknown',
    });
    expect(server.bodies).toHaveLength(1);
    await expectNextMailOnNewConnection(server, send);
  });

  test.each(['MAIL', 'RCPT', 'DATA', 'END'])('where commands go out at once, to %s', async (command) => {
    const { server, send } = await connected(pipelining(inFirstSession(command, '999 x')));
    const code = command === 'END' ? 'ambiguous' : 'transport-unavailable';
    expect(await failure(send('a@to.test', 'b@to.test'))).toMatchObject({ code, retryable: true });
    await expectNextMailOnNewConnection(server, send);
  });

  test('to DATA: 250 does not request the body, and it is not sent', async () => {
    const { server, send } = await connected(inFirstSession('DATA', '250 fine'));
    expect(await failure(send())).toMatchObject({ code: 'transport-unavailable', outcome: 'not-sent' });
    await server.quiet();
    expect(server.lines).not.toContain('BODY');
  });

  test.each(['<html>', '999 x', '150 x', '220 x', '535-no\r\n235 yes'])(
    'to the login does not say that it was refused: %s',
    async (answer) => {
      const { send } = await connected(
        (line) =>
          line.startsWith('EHLO')
            ? '250-test\r\n250 AUTH LOGIN'
            : line.startsWith('AUTH')
              ? answer
              : undefined,
        { username: 'ada', password: 'secret' },
      );
      expect(await failure(send())).toMatchObject({ code: 'transport-unavailable', retryable: true });
    },
  );

  test('of several recipients: none is refused for good', async () => {
    const { send } = await connected((line) => (line.includes('<b@') ? '999 x' : undefined));
    const error = await failure(send('a@to.test', 'b@to.test'));
    expect(error).toMatchObject({ code: 'transport-unavailable', outcome: 'not-sent', rejected: [] });
  });
});

describe('a reply that comes before its command', () => {
  test.each([
    ['MAIL', '250 fine\r\n250 fine'],
    ['RCPT', '250 fine\r\n250 fine'],
    ['RCPT', '250 fine\r\n250 fine\r\n250 fine'],
    ['RCPT', '250 fine\r\n354 go on\r\n250 taken'],
    ['RCPT', '550 5.1.1 no\r\n550 5.1.1 no'],
    ['DATA', '354 go on\r\n250 taken'],
    ['DATA', '354 go on\r\n550 5.7.1 no'],
  ])('with that to %s is no answer: %j', async (command, answer) => {
    for (const offered of [(script: Script) => script, pipelining]) {
      const isFirst = { is: true };
      const { server, send } = await connected(
        offered((line, connection) => {
          if (connection > 1 || !isFirst.is || !line.startsWith(command)) return undefined;
          isFirst.is = false;
          return answer;
        }),
      );
      const error = await failure(send('a@to.test', 'b@to.test'));
      expect(error).toMatchObject({ code: 'transport-unavailable', outcome: 'not-sent', rejected: [] });
      expect(server.bodies).toEqual([]);
      await expectNextMailOnNewConnection(server, send);
    }
  });

  test.each([
    ['BANNER', '220 test\r\n220 test'],
    ['EHLO', '250 test\r\n250 test'],
  ])('after %s: no mail takes it for an answer', async (command, answer) => {
    const { server, send } = await connected(inFirstSession(command, answer));
    expect(await failure(send())).toMatchObject({ code: 'transport-unavailable', outcome: 'not-sent' });
    await expectNextMailOnNewConnection(server, send);
  });

  test('after the mail was accepted: it counts as accepted, and the next one goes over a new connection', async () => {
    const { server, send } = await connected(inFirstSession('END', '250 taken\r\n250 taken'));
    await expect(send()).resolves.toMatchObject({ accepted: ['ada@to.test'], response: '250 taken' });
    await expectNextMailOnNewConnection(server, send);
    expect(server.bodies).toHaveLength(2);
  });

  test('after a refusal: the first reply counts, and the next mail goes over a new connection', async () => {
    const { server, send } = await connected(inFirstSession('RCPT', '550 5.1.1 no\r\n550 5.1.1 really'));
    expect(await failure(send())).toMatchObject({
      code: 'recipients-rejected',
      retryable: false,
      smtp: { code: 550, text: 'no' },
    });
    await expectNextMailOnNewConnection(server, send);
  });
});

describe('too many recipients', () => {
  test.each(['552 5.5.3 enough', '550 5.5.3 enough', '552 enough', '452 4.5.3 enough'])(
    'those who got %j are to be tried again, and the others got the mail',
    async (answer) => {
      const { send } = await connected((line) => (/RCPT TO:<[c-z]/.test(line) ? answer : undefined));
      const receipt = await send('a@to.test', 'b@to.test', 'c@to.test', 'd@to.test');
      expect(receipt.accepted).toEqual(['a@to.test', 'b@to.test']);
      expect(receipt.rejected).toMatchObject([
        { address: 'c@to.test', retryable: true },
        { address: 'd@to.test', retryable: true },
      ]);
    },
  );

  test.each(['552 5.2.2 full', '552 5.3.4 too big'])('%j says something else', async (answer) => {
    const { send } = await connected((line) => (line.includes('<b@') ? answer : undefined));
    const { rejected } = await send('a@to.test', 'b@to.test');
    expect(rejected).toMatchObject([{ address: 'b@to.test', retryable: false }]);
  });
});

test.each([
  ['530 5.7.0 Must issue a STARTTLS command first', 'tls'],
  ['538 5.7.11 in the clear, no', 'tls'],
  ['530 5.7.0 log in another way', 'authentication'],
])('a login that is answered with %j: %s', async (answer, code) => {
  const { send } = await connected(
    (line) =>
      line.startsWith('EHLO') ? '250-test\r\n250 AUTH LOGIN' : line.startsWith('AUTH') ? answer : undefined,
    { username: 'ada', password: 'secret' },
  );
  expect(await failure(send())).toMatchObject({ code, retryable: true, scope: 'transport' });
});

describe('RSET after a refused mail', () => {
  const refused = (answer: SmtpAnswer): Script => {
    return (line, connection) => {
      if (connection > 1) return undefined;
      if (line.startsWith('RSET')) return answer;
      return line.startsWith('RCPT') ? '550 5.1.1 no' : undefined;
    };
  };

  test.each<[what: string, answer: SmtpAnswer]>([
    ['is never answered', SILENCE],
    ['is answered without an end', { trickle: '250-wait' }],
    ['is refused', '500 5.5.1 what'],
    ['is answered by no reply', '<html>'],
    ['is answered twice', '250 fine\r\n250 fine'],
    ['ends the connection', DROP],
    ['resets the connection', RESET],
  ])('that %s: the refusal is told, and the next mail goes over a new connection', async (_, answer) => {
    const { server, send } = await connected(refused(answer), { poolSize: 1, connectTimeout: 500 });
    const [first, second] = [failure(send()), send()];
    expect(await first).toMatchObject({ code: 'recipients-rejected', smtp: { code: 550 } });
    await expect(second).resolves.toMatchObject({ accepted: ['ada@to.test'] });
    expect(server.connections).toBe(2);
  });

  test('ends with the attempt that waits for it', async () => {
    const { server, transport } = await connected(refused(SILENCE), { poolSize: 1 });
    const abort = new AbortController();
    const sending = failure(transport.send(renderedMessage(), { signal: abort.signal }));
    await server.saw('RSET');
    abort.abort();
    expect(await sending).toMatchObject({ code: 'recipients-rejected', smtp: { code: 550 } });
    await server.quiet();
  });

  test('that is answered keeps the connection', async () => {
    const { server, send } = await connected((line) => (line.includes('<no@') ? '550 5.1.1 no' : undefined));
    for (let n = 0; n < 3; n += 1) await failure(send('no@to.test'));
    await send();
    expect(server.connections).toBe(1);
  });
});

describe('a reply in another charset', () => {
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
  const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

  test.each<[string, Buffer, string]>([
    ['UTF-8', utf8('550 5.1.1 Empfänger unbekannt – ок'), 'Empfänger unbekannt – ок'],
    ['latin-1', latin1('550 5.1.1 Empfänger unbekannt'), 'Empfänger unbekannt'],
    [
      'a line of each',
      Buffer.concat([utf8('550-5.1.1 Empfänger –\r\n'), latin1('550 5.1.1 gelöscht')]),
      'Empfänger – gelöscht',
    ],
  ])('is read: %s', async (_, answer, text) => {
    for (const command of ['MAIL', 'RCPT', 'DATA', 'END']) {
      const { send } = await connected((line) => (line.startsWith(command) ? answer : undefined));
      const error = await failure(send());
      expect(error.smtp).toMatchObject({ code: 550, text });
      expect(error.message).toContain(text);
    }
  });

  test('and of an accepted mail', async () => {
    const answer = Buffer.concat([utf8('250-größer\r\n'), latin1('250 größer')]);
    const { send } = await connected((line) => (line === 'END' ? answer : undefined));
    expect(await send()).toMatchObject({ response: '250-größer 250 größer' });
  });
});

describe('a reply cannot start a log line', () => {
  const FORGED = 'no\u0085[Nest] 1 LOG\u001b[2K\u000b[Nest] 2\u000d[Nest] 3';

  test.each([
    ['MAIL', `550-5.7.1 ${FORGED}\r\n550 [Nest] 4`],
    ['RCPT', `550-5.7.1 ${FORGED}\r\n550 [Nest] 4`],
    ['END', `550-5.7.1 ${FORGED}\r\n550 [Nest] 4`],
    ['END', `250-${FORGED}\r\n[Nest] 4 LOG`],
  ])('to %s: %j', async (command, answer) => {
    const { send } = await connected((line) => (line.startsWith(command) ? answer : undefined));
    const error = await failure(send());
    expect(linesOf(error)).toEqual([]);
    expect(error.message).not.toMatch(/\p{Cc}/u);
  });

  test('that says the mail was taken', async () => {
    const { send } = await connected((line) => (line === 'END' ? `250-${FORGED}\r\n250 x` : undefined));
    expect((await send()).response).not.toMatch(/\p{Cc}/u);
  });

  test.each([
    ['550 [Nest] 4', 'S: 550-no [Nest] 1 LOG'],
    ['[Nest] 4', 'smtp: no SMTP reply: [Nest] 4'],
  ])('nor of the conversation that debug writes: %j', async (last, told) => {
    const lines: string[] = [];
    const server = await startScriptedServer((line) =>
      line === 'END' ? `550-${FORGED}\r\n${last}` : undefined,
    );
    open.push(() => server.close());
    const transport = new SmtpTransport(
      { host: '127.0.0.1', port: server.port, tls: 'off', debug: true },
      { logger: { log: () => {}, debug: (line: string) => void lines.push(line) } },
    );
    open.push(() => transport.close());
    await failure(transport.send(renderedMessage(), { signal: never() }));
    const written = lines.join('\n');
    expect(written).toContain(told);
    expect(written.split(/[\n\r\u0085\u2028\v]/).filter((line) => line.startsWith('[Nest]'))).toEqual([]);
  });

  /** Lines of what a log prints of an error that begin as one of Nest's own. */
  const linesOf = (error: MailError): string[] =>
    inspect(error, { depth: 9 })
      .split(/[\n\r\u0085\u2028\v]/)
      .filter((line) => /^\s*\[Nest\]/.test(line));
});

describe('a secret that a server quotes', () => {
  // As long as Microsoft's are.
  const TOKEN = `eyJ0eXAiOiJKV1Qi.${'Zm9vYmFyYmF6cXV4'.repeat(120)}.sig-nature_`;
  const XOAUTH2 = saslOf('ada@to.test', TOKEN);
  const PLAIN = Buffer.from('\0ada@to.test\0pa+ss/wörd=?').toString('base64');
  /** What stands before it is the name alone, which is no secret. */
  const PASSWORD_IN_PLAIN = PLAIN.slice(18, -4);

  /** Every run of a text that is long enough to be of use. */
  const parts = (secret: string): string[] =>
    Array.from({ length: secret.length - 15 }, (_, at) => secret.slice(at, at + 16));

  function expectHidden(shown: string, ...secrets: string[]): void {
    for (const part of secrets.flatMap(parts)) expect(shown).not.toContain(part);
  }

  const wrapped = (code: string, text: string): string => {
    const lines = text.match(/.{1,400}/g) ?? [];
    return lines.map((line, at) => `${code}${at === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
  };

  const quotes: ReadonlyArray<readonly [string, (sent: string) => string]> = [
    ['as it was sent', (sent) => `535 5.7.8 what is ${sent}`],
    ['cut off', (sent) => `535 5.7.8 what is ${sent.slice(0, Math.ceil(sent.length / 2))}...`],
    ['from the middle', (sent) => `535 5.7.8 what is ...${sent.slice(Math.floor(sent.length / 3))}`],
    ['after a long text', (sent) => `535 5.7.8 ${'x '.repeat(490)}${sent}`],
    ['over several lines', (sent) => wrapped('535', sent)],
    ['without padding', (sent) => `535 5.7.8 what is ${sent.replace(/=+$/, '')}`],
    ['in a URL', (sent) => `535 5.7.8 https://help.test/?said=${encodeURIComponent(sent)}`],
  ];

  async function failedLogin(login: SmtpOptions, mechanism: string, quote: (sent: string) => string) {
    const lines: string[] = [];
    const server = await startScriptedServer((line) => {
      if (line.startsWith('EHLO')) return `250-test\r\n250 AUTH ${mechanism}`;
      if (line === 'AUTH LOGIN') return '334 VXNlcm5hbWU6';
      if (line === Buffer.from('ada@to.test').toString('base64')) return '334 UGFzc3dvcmQ6';
      if (line === 'AUTH CRAM-MD5') return `334 ${Buffer.from('<1@test>').toString('base64')}`;
      return /^(BANNER|QUIT)/.test(line) ? undefined : quote(line);
    });
    open.push(() => server.close());
    const transport = new SmtpTransport(
      { host: '127.0.0.1', port: server.port, tls: 'off', debug: true, ...login },
      { logger: { log: () => {}, debug: (line: string) => void lines.push(line) } },
    );
    open.push(() => transport.close());
    const error = await failure(transport.send(renderedMessage(), { signal: never() }));
    expect(error.code).toBe('authentication');
    return { shown: `${inspect(error, { depth: 9, maxStringLength: null })}\n${lines.join('\n')}`, server };
  }

  test.each(quotes)('is hidden: a token, %s', async (_, quote) => {
    for (const accessToken of [TOKEN, () => Promise.resolve({ token: TOKEN })]) {
      const oauth2 = { user: 'ada@to.test', accessToken };
      const { shown } = await failedLogin({ oauth2 }, 'XOAUTH2', quote);
      expectHidden(shown, TOKEN, XOAUTH2);
    }
  });

  test.each(quotes)('is hidden: a password, %s', async (_, quote) => {
    const login = { username: 'ada@to.test', password: 'pa+ss/wörd=?' };
    for (const mechanism of ['PLAIN', 'LOGIN']) {
      const { shown } = await failedLogin(login, mechanism, quote);
      expect(shown).not.toContain('pa+ss/w');
      expectHidden(shown, PASSWORD_IN_PLAIN, Buffer.from('pa+ss/wörd=?').toString('base64'));
    }
  });

  test('is hidden: the digest of a password', async () => {
    const login = { username: 'ada@to.test', password: 'pa+ss/wörd=?' };
    const { shown, server } = await failedLogin(login, 'CRAM-MD5', (sent) => `535 5.7.8 what is ${sent}`);
    expectHidden(shown, server.lines.at(-1) ?? '');
  });

  test('is hidden: by a server that takes the mail, or refuses it', async () => {
    const login = { username: 'ada@to.test', password: 'pa+ss/wörd=?' };
    const script =
      (end: string): Script =>
      (line) => {
        if (line.startsWith('EHLO')) return '250-test\r\n250 AUTH PLAIN';
        if (line.startsWith('AUTH')) return '235 welcome';
        if (line.includes('<b@')) return `550 5.7.1 you are ${PLAIN}`;
        return line === 'END' ? `${end} you are ${PLAIN}` : undefined;
      };
    const taken = await connected(script('250'), login);
    expectHidden(inspect(await taken.send('a@to.test', 'b@to.test'), { depth: 9 }), PLAIN);
    const refused = await connected(script('999'), login);
    expectHidden(inspect(await failure(refused.send('a@to.test')), { depth: 9 }), PLAIN);
  });
});
