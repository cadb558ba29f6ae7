import { MailModule, MailService, type AccountRate, type MailModuleOptions } from 'nest-mailroom';
import { ses } from 'nest-mailroom/ses';
import { type FakeAnswer, TestProviderServer } from 'nest-mailroom/testing';
import { afterCleanup, boot, cleanup } from './support/application.js';
import { KeepingTransport } from './support/keeping-transport.js';
import { transportOf } from './support/provider-transport.js';
import { queueing, shortPauses } from './support/queueing.js';

beforeEach(shortPauses);
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const HOUR = 3_600_000;
const never = new AbortController().signal;
const mail = { from: 'app@from.test', to: 'ada@to.test', subject: 'Hello', text: 'the body' };
const mailTo = (to: string | readonly string[]) => ({ ...mail, to });
const toMany = (count: number) => Array.from({ length: count }, (_, index) => `u${index}@to.test`);

/** An account with this rate. */
class RatedTransport extends KeepingTransport {
  readonly #rate: AccountRate;

  constructor(rate: AccountRate) {
    super();
    this.#rate = rate;
  }

  accountRate = (): Promise<AccountRate> => Promise.resolve(this.#rate);
}

const account = (MaxSendRate?: number): FakeAnswer => ({
  status: 200,
  body: { SendingEnabled: true, SendQuota: { Max24HourSend: 50_000, MaxSendRate, SentLast24Hours: 0 } },
});

async function amazon(answer: FakeAnswer): Promise<TestProviderServer> {
  const server = await TestProviderServer.start('ses');
  afterCleanup(() => server.close());
  server.alwaysToProbes(answer);
  return server;
}

const asked = ({ requests }: TestProviderServer): number =>
  requests.filter(({ path }) => path === '/v2/email/account').length;

async function service(options: MailModuleOptions): Promise<MailService> {
  const app = await boot([
    MailModule.forRoot({
      verify: 'off',
      queue: { driver: 'off' },
      use: [ses()],
      rateLimit: 'account',
      ...options,
    }),
  ]);
  return app.get(MailService);
}

test.each<[MaxSendRate: number, limit: AccountRate]>([
  [14, { max: 14, per: 1_000, count: 'recipients' }],
  [1, { max: 1, per: 1_000, count: 'recipients' }],
  [0.5, { max: 1, per: 2_000, count: 'recipients' }],
  [2.5, { max: 2, per: 800, count: 'recipients' }],
  [1e9, { max: 100_000, per: 1, count: 'recipients' }],
])('SES: %d a second is %j', async (rate, limit) => {
  const transport = await transportOf((await amazon(account(rate))).url);
  expect(await transport.accountRate?.({ signal: never })).toEqual(limit);
  await transport.close();
});

test.each([
  ['no number', account()],
  ['none', account(0)],
  ['no quota', { status: 200, body: {} }],
  ['a page of html', { status: 503, body: '<html>Busy</html>' }],
])('SES: %s is no rate, and nobody is mailed', async (_what, answer) => {
  const server = await amazon(answer);
  const sending = (await service({ transport: server.url })).send(mail);
  await expect(sending).rejects.toMatchObject({ code: 'transport-unavailable', outcome: 'not-sent' });
  expect(server.mails).toEqual([]);
});

test('the account is asked once, before the first mail, however many there are', async () => {
  const server = await amazon(account(14));
  const { sent } = await (await service({ transport: server.url })).sendMany(toMany(5).map(mailTo));
  expect([sent.length, asked(server), server.requests[0]?.path]).toEqual([5, 1, '/v2/email/account']);
});

test('who may not send so soon is told so at once', async () => {
  const server = await amazon(account(0.001));
  const sender = await service({ transport: server.url });
  await sender.send({ ...mail, to: toMany(3) });
  await expect(sender.send(mail)).rejects.toMatchObject({
    code: 'rate-limited',
    message: expect.stringContaining('to 1 recipients in 1000000 ms'),
  });
  expect(server.mails).toHaveLength(1);
});

test.each<[AccountRate['count'], accepted: number[]]>([
  ['recipients', [3, 1]],
  ['mails', [3, 2, 1, 1]],
])('an account that counts %s', async (count, accepted) => {
  const transport = new RatedTransport({ max: 4, per: HOUR, count });
  const sender = await service({ transport });
  for (const recipients of [3, 2, 1, 1, 1])
    await sender.send({ ...mail, to: toMany(recipients) }).catch(() => undefined);
  expect(transport.sent.map(({ envelope }) => envelope.to.length)).toEqual(accepted);
});

test.each([
  ['no whole number', { max: 1.5, per: 1_000, count: 'mails' }],
  ['none', { max: 0, per: 1_000, count: 'mails' }],
  ['without an end', { max: 1, per: Number.POSITIVE_INFINITY, count: 'mails' }],
  ['no number', { max: Number.NaN, per: 1, count: 'mails' }],
] as const)('a transport whose rate is %s', async (_what, rate) => {
  const sending = (await service({ transport: new RatedTransport(rate) })).send(mail);
  await expect(sending).rejects.toMatchObject({ code: 'config', outcome: 'not-sent' });
});

test('what is queued goes out at the rate of the account, and the rest waits without an attempt', async () => {
  const server = await amazon(account(0.001));
  const {
    mail: sender,
    queue,
    next,
  } = await queueing(server.url, {}, { use: [ses()], rateLimit: 'account', shutdownTimeout: 50 });
  const sent = next('mail.sent');
  await sender.queueMany([1, 2, 3].map(() => mail));
  await sent;
  const waiting = await queue.list({ state: 'waiting' });
  expect(waiting.map(({ attempts }) => attempts)).toEqual([[], []]);
  expect([asked(server), server.mails.length]).toEqual([1, 1]);
});

test.each([
  [
    'is out of order',
    { status: 500, body: { message: 'We encountered an error.' } },
    'transport-unavailable',
  ],
  [
    'may not be asked',
    { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: { message: 'no' } },
    'authentication',
  ],
])('while the account %s queued mails wait, and lose no attempt', async (_what, answer, code) => {
  const server = await amazon(answer);
  const {
    mail: sender,
    queue,
    next,
  } = await queueing(server.url, {}, { use: [ses()], rateLimit: 'account' });
  const paused = next('mail.paused');
  await sender.queueMany(toMany(3).map(mailTo));
  expect((await paused).error.code).toBe(code);
  expect(server.mails).toEqual([]);
  const resumed = next('mail.resumed');
  server.alwaysToProbes(account(1_000));
  await resumed;
  await queue.drain();
  expect((await queue.list()).map(({ state, attempts }) => [state, attempts.length])).toEqual(
    Array.from({ length: 3 }, () => ['sent', 1]),
  );
});

test('a mail to many has its turn among those to one', async () => {
  const transport = new RatedTransport({ max: 3, per: 100, count: 'recipients' });
  const { mail: sender, queue } = await queueing(transport, {}, { rateLimit: 'account' });
  const single = toMany(2);
  await sender.queueMany([...single, toMany(3), ...toMany(6)].map(mailTo));
  await queue.drain();
  const sizes = transport.sent.map(({ envelope }) => envelope.to.length);
  expect(sizes).toHaveLength(9);
  expect(sizes.indexOf(3)).toBeLessThan(5);
});

test('verify asks for the rate as well, so that the boot can stop', async () => {
  const server = await amazon({
    status: 403,
    headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    body: { message: 'not authorized to perform ses:GetAccount' },
  });
  const wrong = service({ transport: server.url, verify: 'boot' });
  await expect(wrong).rejects.toMatchObject({
    code: 'authentication',
    message: expect.stringContaining('ses:GetAccount'),
  });
});

describe('a transport that cannot ask', () => {
  test.each<[string, MailModuleOptions, mailer: string, transport: string]>([
    ['SMTP', { transport: 'smtp://127.0.0.1:9?tls=off' }, 'default', 'smtp'],
    ['Resend', { transport: 'resend://KEY@default' }, 'default', 'resend'],
    ['one of the application', { transport: new KeepingTransport() }, 'default', 'keeping'],
    ['a class of the application', { transport: KeepingTransport }, 'default', 'keeping'],
    [
      'that of a mailer which inherits the option',
      { transport: 'ses://eu-west-1', mailers: { news: { transport: 'postmark://KEY@default' } } },
      'news',
      'postmark',
    ],
  ])('stops the boot: %s', async (_what, options, mailer, transport) => {
    await expect(service(options)).rejects.toMatchObject({
      code: 'config',
      message: `rateLimit of the mailer '${mailer}': the transport ${transport} cannot ask how fast its account may send. Give it a rate such as { max: 10, per: 1000 } instead of 'account'.`,
    });
  });

  test('is no fault where mails are captured', async () => {
    const sender = await service({ transport: 'ses://eu-west-1', suppressSend: true });
    expect((await sender.send(mail)).transport).toBe('memory');
  });

  test('another word is refused', async () => {
    await expect(service({ ...JSON.parse('{"rateLimit":"acount"}') })).rejects.toThrow(
      /rateLimit: expected a rate limit such as .*, or 'account', got "acount"/,
    );
  });
});
