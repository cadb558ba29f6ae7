import type { SmtpAnswer } from 'nest-mailroom/testing';
import { MailError } from '../../src/mail.errors.js';
import type { SmtpOptions } from '../../src/transport/smtp/smtp.options.js';
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

describe('an answer that is no SMTP reply', () => {
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

  test('to DATA: 250 does not ask for the body, and it is not sent', async () => {
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

  test('of several recipients: nobody is condemned for it', async () => {
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

  test('after the mail was taken: it was taken, and the next one goes over a new connection', async () => {
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

  test('is waited for no longer than the attempt lasts', async () => {
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
