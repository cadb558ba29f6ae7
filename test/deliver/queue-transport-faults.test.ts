import type { SecureContextOptions } from 'node:tls';
import { Logger } from '@nestjs/common';
import type { MailModuleOptions, SmtpOptions } from 'nest-mailroom';
import { cleanup } from '../support/application.js';
import { CA, SERVER_CERTIFICATE } from '../support/certificates.js';
import { at, atFirst, queueing, server, shortPauses } from '../support/queueing.js';
import { RESET, type Script, SILENCE } from '../support/scripted-server.js';

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

beforeEach(shortPauses);
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

/** Queues three mails at a server that is not right at first, and waits until all have gone out. */
async function fixed(script: Script, transport: Partial<SmtpOptions> = {}, more: MailModuleOptions = {}) {
  const smtp = await server(script);
  const { mail: service, queue, next, names } = await queueing({ ...at(smtp.port), ...transport }, {}, more);
  const [paused, resumed] = [next('mail.paused'), next('mail.resumed')];
  for (const name of ['a', 'b', 'c']) await service.queue({ ...mail, to: `${name}@example.test` });
  await resumed;
  await queue.drain();
  const entries = await queue.list();
  return { smtp, paused: await paused, names: names(), entries };
}

type Fixed = Awaited<ReturnType<typeof fixed>>;

/** No mail was tried twice, given up, or sent twice. */
function expectAllSentWithOneAttempt({ entries, smtp, names }: Fixed): void {
  expect(entries.map(({ state, attempts }) => `${state} ${attempts.length}`)).toEqual(
    Array<string>(3).fill('sent 1'),
  );
  expect(smtp.bodies).toHaveLength(3);
  expect(names).not.toContain('mail.deferred');
}

describe('a fault of the transport makes mails wait and counts no attempt', () => {
  test.each<[string, Script]>([
    ['421 as the banner', atFirst(3, /^BANNER/, '421 4.3.2 shutting down')],
    ['554 as the banner', atFirst(3, /^BANNER/, '554 5.3.2 no service')],
    ['a reset', atFirst(3, /^BANNER/, RESET)],
    ['EHLO refused', atFirst(6, /^(EHLO|HELO)/, '502 5.5.1 what')],
    ['421 in a session, to MAIL', atFirst(2, /^MAIL/, '421 4.4.5 busy')],
    ['421 in a session, to RCPT', atFirst(2, /^RCPT/, '421 4.4.5 busy')],
    ['421 in a session, to DATA', atFirst(2, /^DATA/, '421 4.4.5 busy')],
  ])('%s', async (_what, script) => {
    const result = await fixed(script);
    expect(result.paused.error.code).toBe('transport-unavailable');
    expect(result.paused.retryInMs).toBeGreaterThan(0);
    expectAllSentWithOneAttempt(result);
  });

  test('no banner', async () => {
    const result = await fixed(atFirst(3, /^BANNER/, SILENCE), { connectTimeout: 60 });
    expect(result.paused.error.code).toBe('transport-unavailable');
    expectAllSentWithOneAttempt(result);
  });

  test.each<[string, Script]>([
    ['a banner that trickles in', atFirst(3, /^BANNER/, { trickle: '220-wait' })],
    ['an answer to EHLO that trickles in', atFirst(3, /^EHLO/, { trickle: '250-wait' })],
    ['no answer to EHLO', atFirst(3, /^EHLO/, SILENCE)],
  ])('%s', async (_what, script) => {
    const result = await fixed(script, { poolSize: 1 }, { timeout: 300 });
    expect(result.paused.error.code).toBe('timeout');
    expectAllSentWithOneAttempt(result);
  });

  test.each(['MAIL', 'RCPT', 'DATA'])('503 to %s, which a new connection fixes', async (command) => {
    let confused: number | undefined;
    let refusals = 0;
    const result = await fixed(
      (line, connection) => {
        if (!line.startsWith(command)) return undefined;
        confused ??= connection;
        if (connection !== confused) return undefined;
        refusals += 1;
        return '503 5.5.1 bad sequence of commands';
      },
      { poolSize: 1 },
    );
    expect(result.paused.error).toMatchObject({ code: 'transport-unavailable', smtp: { code: 503 } });
    expect(refusals).toBe(1);
    expectAllSentWithOneAttempt(result);
  });

  test.each([
    ['535 5.7.8 no', 535],
    ['454 4.7.0 later', 454],
  ])('a login that is refused with %s', async (answer, code) => {
    const refuse = atFirst(2, /^AUTH/, answer);
    const result = await fixed(
      (line, connection) =>
        line.startsWith('EHLO') ? '250-test\r\n250 AUTH PLAIN' : (refuse(line, connection) ?? accepted(line)),
      { username: 'app', password: 'secret', poolSize: 1 },
    );
    expect(result.paused.error).toMatchObject({ code: 'authentication', smtp: { code } });
    expect(result.names.includes('mail.alarm')).toBe(code === 535);
    expectAllSentWithOneAttempt(result);
  });

  test('a server that demands TLS', async () => {
    const result = await fixed(atFirst(2, /^MAIL/, '530 5.7.0 Must issue a STARTTLS command first'));
    expect(result.paused.error).toMatchObject({ code: 'tls', smtp: { code: 530 } });
    expect(result.names).toContain('mail.alarm');
    expectAllSentWithOneAttempt(result);
  });

  test('a host without an address is looked up again and again', async () => {
    const { mail: service, queue, next } = await queueing({ host: 'mail.invalid', tls: 'off' });
    const paused = next('mail.paused');
    const { id } = await service.queue(mail);
    await expect(paused).resolves.toMatchObject({ error: { code: 'transport-unavailable' } });
    await next('mail.paused');
    expect(await queue.get(id)).toMatchObject({ attempts: [], subject: 'Hello' });
  });
});

const accepted = (line: string): string | undefined =>
  line.startsWith('AUTH') ? '235 2.7.0 welcome' : undefined;

/** What may be said before TLS. */
const IN_THE_CLEAR = /^(BANNER|EHLO|STARTTLS|QUIT)/;

describe('a mail never leaves in the clear: it waits, and the fault is reported', () => {
  const OLD = { ...SERVER_CERTIFICATE, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const;
  const trusting: Partial<SmtpOptions> = { tls: { mode: 'required', ca: CA, servername: 'localhost' } };

  test.each<[string, Partial<SmtpOptions>, SecureContextOptions | undefined, Script]>([
    ['a certificate of nobody we know', { tls: 'required' }, SERVER_CERTIFICATE, () => undefined],
    [
      'a certificate of another name',
      { tls: { mode: 'required', ca: CA, servername: 'other.test' } },
      SERVER_CERTIFICATE,
      () => undefined,
    ],
    ['TLS 1.1 and no later', trusting, OLD, () => undefined],
    ['STARTTLS stripped', trusting, undefined, () => undefined],
    ['STARTTLS refused', trusting, SERVER_CERTIFICATE, (line) => refusal(line)],
  ])('%s', async (_what, transport, tls, script) => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const bad = await server(script, undefined, tls);
    const {
      mail: service,
      queue,
      next,
      names,
    } = await queueing({
      ...at(bad.port),
      username: 'app',
      password: 'secret',
      ...transport,
    });
    const [paused, alarm] = [next('mail.paused'), next('mail.alarm')];
    const { id } = await service.queue(mail);
    await expect(paused).resolves.toMatchObject({ error: { code: 'tls' } });
    const { message } = await alarm;
    await next('mail.paused');
    expect(await queue.get(id)).toMatchObject({ attempts: [] });
    expect(bad.lines.filter((line) => !IN_THE_CLEAR.test(line))).toEqual([]);
    expect(names().filter((name) => name === 'mail.alarm')).toHaveLength(1);
    expect(logged.mock.calls.map(String)).toEqual([`mail.alarm tls [default]: ${message}`]);
    expect(message).toMatch(/'default'.*(tls: |tls=|TLS 1\.2 or later)/);
    expect(message).not.toContain('secret');
  });

  test('it goes out by itself once the certificate is right', async () => {
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const stripped = await server();
    const { mail: service, queue, next } = await queueing({ ...at(stripped.port), ...trusting });
    const [alarm, resumed] = [next('mail.alarm'), next('mail.resumed')];
    const { id } = await service.queue(mail);
    await alarm;
    await stripped.close();
    const fixedServer = await server(undefined, stripped.port, SERVER_CERTIFICATE);
    await resumed;
    await queue.drain();
    expect(await queue.get(id)).toMatchObject({ state: 'sent', attempts: [{ accepted: [mail.to] }] });
    expect(fixedServer.bodies).toHaveLength(1);
  });
});

const refusal = (line: string): string | undefined =>
  line === 'STARTTLS' ? '454 4.7.0 TLS not available' : undefined;
