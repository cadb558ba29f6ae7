import { MailModule, MailService, type Mail, type MailModuleOptions } from 'nest-mailroom';
import { type ProviderAnswer, type ReceivedRequest, TestProviderServer } from 'nest-mailroom/testing';
import { ses } from 'nest-mailroom/ses';
import { MailError } from '../../src/errors/mail-error.js';
import { afterCleanup, boot, cleanup, setEnv } from '../support/application.js';
import { NAMES, TITLES } from '../support/provider-transport.js';
import { queueing, shortPauses } from '../support/queueing.js';

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const mail = {
  to: 'ada@to.test',
  from: 'app@from.test',
  subject: 'Welcome',
  html: '<p>Hello',
  text: 'the body',
};

async function provider(name: string, script: readonly ProviderAnswer[] = []): Promise<TestProviderServer> {
  const server = await TestProviderServer.start(name, { script });
  afterCleanup(() => server.close());
  return server;
}

async function service(options: MailModuleOptions): Promise<MailService> {
  const app = await boot([
    MailModule.forRoot({ verify: 'off', queue: { driver: 'off' }, use: [ses()], ...options }),
  ]);
  return app.get(MailService);
}

async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error('expected a MailError', { cause: error });
  return error;
}

describe.each(NAMES)('%s', (name) => {
  beforeEach(shortPauses);

  test('a URL is all it takes', async () => {
    const server = await provider(name);
    const receipt = await (await service({ transport: server.url })).send(mail);
    expect(receipt).toMatchObject({ transport: name, accepted: ['ada@to.test'], rejected: [] });
    expect(receipt.providerId).toEqual(expect.stringMatching(/./));
    expect(server.problems).toEqual([]);
  });

  test('what it cannot say is refused at the caller, by send() and by queue(), and nothing is asked or kept', async () => {
    const server = await provider(name);
    const { mail: sender, queue } = await queueing(server.url, { retryDelays: [5] }, { use: [ses()] });
    const wanting = { ...mail, dsn: { notify: ['failure'] } } as const;
    for (const call of [sender.send(wanting), sender.queue(wanting)]) {
      const error = await failure(call);
      expect(error).toMatchObject({ code: 'unsupported', outcome: 'not-sent', at: { field: 'dsn' } });
      expect(error.message).toContain(TITLES.get(name));
    }
    expect([await queue.list(), server.requests]).toEqual([[], []]);
  });

  test('an account that is refused makes the mails wait, and none is dead', async () => {
    const server = await provider(name);
    server.always({ error: 'unauthorized' });
    const { mail: sender, queue, next } = await queueing(server.url, { retryDelays: [5] }, { use: [ses()] });
    const paused = next('mail.paused');
    for (let index = 0; index < 20; index += 1) await sender.queue({ ...mail, to: `ada${index}@to.test` });
    expect((await paused).error.code).toBe('authentication');
    const resumed = next('mail.resumed');
    server.always('success');
    await resumed;
    await queue.drain();
    expect((await queue.list()).map(({ state, attempts }) => [state, attempts.length])).toEqual(
      Array.from({ length: 20 }, () => ['sent', 1]),
    );
    expect(server.mails.flatMap(({ recipients }) => recipients).toSorted()).toEqual(
      Array.from({ length: 20 }, (_, index) => `ada${index}@to.test`).toSorted(),
    );
  });

  test('options of another provider are refused', async () => {
    const server = await provider(name);
    const other = name === 'resend' ? 'sendgrid' : 'resend';
    const wrong: Mail = { ...mail, provider: { [other]: {} } };
    const error = await failure((await service({ transport: server.url })).send(wrong));
    expect(error).toMatchObject({ code: 'unsupported', at: { field: `provider.${other}` } });
    expect(server.requests).toEqual([]);
  });
});

test('options of a provider go with the mail, through the queue', async () => {
  const server = await provider('sendgrid');
  const { mail: sender, queue } = await queueing(server.url, { retryDelays: [5] }, { use: [ses()] });
  await sender.queue({ ...mail, provider: { sendgrid: { asm: { group_id: 7 }, send_at: 1 } } });
  await queue.drain();
  expect(server.mails[0]?.request.body).toMatchObject({ asm: { group_id: 7 }, send_at: 1 });
});

test.each<[string, object, string]>([
  ['an option it has not', { sendgrid: { asmm: 1 } }, 'provider.sendgrid.asmm'],
  ['one of nobody', { sendgird: {} }, 'provider.sendgird'],
  ['a date', { sendgrid: { send_at: new Date() } }, 'provider.sendgrid.send_at'],
  ['a function', { sendgrid: { asm: () => 1 } }, 'provider.sendgrid.asm'],
  ['no number', { sendgrid: { send_at: Number.NaN } }, 'provider.sendgrid.send_at'],
  ['a list', { sendgrid: [] }, 'provider.sendgrid'],
  ['a text', { sendgrid: 'x' }, 'provider.sendgrid'],
  [
    'too deep',
    { sendgrid: { asm: { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } } } },
    'provider.sendgrid',
  ],
  ['too much', { sendgrid: { batch_id: 'x'.repeat(70_000) } }, 'provider.sendgrid.batch_id'],
])('%s is refused as an option of a provider', async (_what, given, field) => {
  const server = await provider('sendgrid');
  const error = await failure((await service({ transport: server.url })).send({ ...mail, provider: given }));
  expect(['unsupported', 'message-invalid']).toContain(error.code);
  expect(error.at?.field).toContain(field);
  expect(server.requests).toEqual([]);
});

test('a server of SMTP has no options of providers, and what captures takes all', async () => {
  const given = { ...mail, provider: { sendgrid: { send_at: 1 } } };
  const smtp = await service({ transport: 'smtp://127.0.0.1:9?tls=off' });
  expect((await failure(smtp.send(given))).code).toBe('unsupported');
  await cleanup();
  expect((await (await service({ transport: 'memory:' })).send(given)).accepted).toEqual(['ada@to.test']);
});

/** Where a request says its key. */
const KEYS: ReadonlyArray<[name: string, keyOf: (request: ReceivedRequest) => unknown]> = [
  ['resend', ({ headers }) => headers['idempotency-key']],
  ['brevo', ({ body }) => /"idempotencyKey":"([^"]*)"/.exec(JSON.stringify(body))?.[1]],
];

test.each(KEYS)(
  'of an unknown outcome %s is asked again by its key, also where such mails are held',
  async (name, keyOf) => {
    const server = await provider(name, ['reset after', { error: 'serverError' }, 'silence']);
    const { mail: sender, queue } = await queueing(
      server.url,
      { retryDelays: [5], onAmbiguous: 'hold' },
      { timeout: 500 },
    );
    await sender.queue(mail);
    await queue.drain();
    const [entry] = await queue.list();
    expect([entry?.state, entry?.attempts.length]).toEqual(['sent', 4]);
    const keys = server.requests.map(keyOf);
    expect([keys.length, new Set(keys).size, typeof keys[0]]).toEqual([4, 1, 'string']);
  },
);

test('of an unknown outcome a provider without keys is not asked again where such mails are held', async () => {
  const server = await provider('sendgrid', ['reset after']);
  const { mail: sender, queue } = await queueing(server.url, { retryDelays: [5], onAmbiguous: 'hold' });
  await sender.queue(mail);
  await queue.drain();
  expect((await queue.list()).map(({ state }) => state)).toEqual(['ambiguous']);
});

test('a provider that leaves somebody out says so in the receipt', async () => {
  const server = await provider('postmark', [{ refuse: ['bea@to.test', 'cy@to.test'] }]);
  const receipt = await (
    await service({ transport: server.url })
  ).send({
    ...mail,
    to: ['ada@to.test', 'bea@to.test', 'cy@to.test'],
  });
  expect(receipt.accepted).toEqual(['ada@to.test']);
  expect(receipt.rejected).toEqual([
    { address: 'bea@to.test', code: 'suppressed', retryable: false },
    { address: 'cy@to.test', code: 'suppressed', retryable: false },
  ]);
});

test('one bad recipient has the whole refused, and a retry reaches the others', async () => {
  const server = await provider('sendgrid', [{ refuse: ['bea@to.test'] }]);
  const { mail: sender, queue } = await queueing(server.url, { retryDelays: [5] }, { use: [ses()] });
  await sender.queue({ ...mail, to: ['ada@to.test', 'bea@to.test'], cc: 'cy@to.test', bcc: 'dee@to.test' });
  await queue.drain();
  expect(server.mails.map(({ recipients }) => recipients)).toEqual([
    ['ada@to.test', 'cy@to.test', 'dee@to.test'],
  ]);
  expect((await queue.list()).map(({ state }) => state)).toEqual(['sent']);
});

test('those of Bcc alone get requests of their own, and a retry reaches those that were refused for now', async () => {
  const server = await provider('resend', ['success', { error: 'invalid' }, { error: 'rateLimited' }]);
  const { mail: sender, queue } = await queueing(server.url, { retryDelays: [5] }, { use: [ses()] });
  const { to: _to, ...hidden } = mail;
  await sender.queue({ ...hidden, bcc: ['a@to.test', 'b@to.test', 'c@to.test', 'd@to.test', 'e@to.test'] });
  await queue.drain();
  expect(server.mails.map(({ recipients }) => recipients)).toEqual([
    ['a@to.test'],
    ['c@to.test'],
    ['d@to.test'],
    ['e@to.test'],
  ]);
});

describe('MAIL_API_KEY', () => {
  test('completes the one URL without a key', async () => {
    const server = await provider('resend');
    setEnv({ MAIL_URL: server.url.replace(/\/\/[^@]*@/, '//'), MAIL_API_KEY: server.key });
    await (await service({})).send(mail);
    expect(server.mails).toHaveLength(1);
  });

  test.each<[string, MailModuleOptions, string]>([
    ['no URL', { transport: 'smtp://127.0.0.1:9?tls=off' }, 'got none'],
    [
      'two',
      { transport: 'resend://default', mailers: { more: { transport: 'sendgrid://default' } } },
      'got 2',
    ],
  ])('with %s stops the boot', async (_what, options, said) => {
    setEnv({ MAIL_API_KEY: 'planted-key' });
    const error = await failure(service(options));
    expect(error.message).toContain('MAIL_API_KEY: expected one URL');
    expect(error.message).toContain(said);
    expect(error.message).not.toContain('planted');
  });

  test('means nothing where mails are captured', async () => {
    setEnv({ MAIL_API_KEY: 'planted-key', NODE_ENV: 'test' });
    expect((await (await service({})).send(mail)).transport).toBe('memory');
  });
});

test('a key never shows, in whatever spelling it comes back', async () => {
  const server = await provider('sendgrid');
  const spellings = [server.key, encodeURIComponent(server.key), Buffer.from(server.key).toString('base64')];
  for (const spelling of spellings) {
    server.play({ status: 400, body: { errors: [{ message: `Bad Authorization: Bearer ${spelling}` }] } });
    const error = await failure((await service({ transport: server.url })).send(mail));
    expect(error.message).not.toContain(spelling);
    expect(JSON.stringify(error)).not.toContain(spelling);
  }
});

test('a fetch of the caller’s makes the requests', async () => {
  const server = await provider('postmark');
  const asked: string[] = [];
  const own: typeof fetch = (input, init) => {
    asked.push(`${init?.method} ${init?.redirect}`);
    return fetch(input, init);
  };
  await (await service({ transport: { url: server.url, fetch: own } })).send(mail);
  expect(asked).toEqual(['POST manual']);
  expect(server.mails).toHaveLength(1);
});

test('login and pool of SMTP mean nothing to a provider', async () => {
  const error = await failure(service({ transport: { url: 'resend://KEY@default', username: 'x' } }));
  expect(error.message).toContain('transport.username');
});

test('verify at boot asks a harmless question', async () => {
  const server = await provider('mailgun');
  await boot([MailModule.forRoot({ transport: server.url, verify: 'boot', queue: { driver: 'off' } })]);
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v3/mg.example.test/messages.mime',
  ]);
});

describe.each(['postmark', 'resend'])('%s takes several mails in one request', (name) => {
  const many = Array.from({ length: 30 }, (_, index) => ({ ...mail, to: `ada${index}@to.test` }));
  const paths = (server: TestProviderServer) => server.requests.map(({ path }) => path);

  test('of sendMany() and of the queue', async () => {
    const server = await provider(name);
    const { mail: sender, queue } = await queueing(server.url, { retryDelays: [5] });
    const { sent } = await sender.sendMany(many);
    expect([sent.length, server.mails.length]).toEqual([30, 30]);
    expect(server.requests.length).toBeLessThan(30);
    const before = server.requests.length;
    await sender.queueMany(many);
    await queue.drain();
    expect(server.mails).toHaveLength(60);
    expect(server.requests.length - before).toBeLessThan(30);
    expect(server.problems).toEqual([]);
  });

  test('where some recipients are refused for now, a retry reaches those alone', async () => {
    const server = await provider(name);
    const { mail: sender, queue } = await queueing(server.url, { retryDelays: [5] });
    server.play({ error: 'rateLimited' });
    await sender.queueMany(many);
    await queue.drain();
    expect(server.mails.flatMap(({ recipients }) => recipients).toSorted()).toEqual(
      many.map(({ to }) => to).toSorted(),
    );
    expect(paths(server).filter((path) => path.endsWith('/batch')).length).toBeGreaterThan(0);
  });
});

test('mails with a Message-ID of the caller’s keep their own keys', async () => {
  const server = await provider('resend');
  const sender = await service({ transport: server.url });
  const sending = ['<1@from.test>', '<2@from.test>'].map((messageId) => sender.send({ ...mail, messageId }));
  await Promise.all(sending);
  expect(server.requests.map(({ path }) => path)).toEqual(['/emails', '/emails']);
});
