import { inspect } from 'node:util';
import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import pino from 'pino';
import { MailError, MailModule, type MailModuleOptions, MailService, type Rejection } from 'nest-mailroom';
import { PAUSES } from '../../src/transport/circuit-breaker.js';
import { boot, cleanup } from '../support/application.js';
import { KeepingTransport } from '../support/keeping-transport.js';
import { queueing } from '../support/queueing.js';

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

type Level = 'error' | 'warn' | 'log' | 'debug' | 'verbose';
interface Line {
  readonly level: Level;
  readonly entry: unknown;
}

/** The log lines of the module, as a logger of Nest gets them. */
class Lines implements LoggerService {
  readonly all: Line[] = [];
  error = (entry: unknown): void => this.#take('error', entry);
  warn = (entry: unknown): void => this.#take('warn', entry);
  log = (entry: unknown): void => this.#take('log', entry);
  debug = (entry: unknown): void => this.#take('debug', entry);
  verbose = (entry: unknown): void => this.#take('verbose', entry);

  /** Without those of Nest. */
  #take(level: Level, entry: unknown): void {
    if (String(entry).startsWith('mail.')) this.all.push({ level, entry });
  }

  /** `warn mail.deferred message-rejected …`, without the debug lines that name recipients. */
  get text(): readonly string[] {
    return this.all
      .filter(({ entry }) => !String(entry).startsWith('mail.recipients'))
      .map(({ level, entry }) => `${level} ${String(entry)}`);
  }
}

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body', metadata: { user: 'secret-7' } };
const refusal = (code: number, text: string) => ({ smtp: { code, enhanced: '5.1.1', text } });

/** Fails as it is told, mail by mail; then accepts. */
class FailingTransport extends KeepingTransport {
  constructor(readonly errors: MailError[]) {
    super();
  }
  override send(...args: Parameters<KeepingTransport['send']>): ReturnType<KeepingTransport['send']> {
    const error = this.errors.shift();
    return error ? Promise.reject(error) : super.send(...args);
  }
}

async function sending(transport: MailModuleOptions['transport'], more: MailModuleOptions = {}) {
  const app = await boot([
    MailModule.forRoot({ from: 'app@example.test', transport, verify: 'off', ...more }),
  ]);
  const lines = new Lines();
  app.useLogger(lines);
  return { app, lines, mail: app.get(MailService) };
}

describe('a call that fails', () => {
  const dead = (code: ConstructorParameters<typeof MailError>[0]) => new MailError(code, 'No.');

  it.each([
    ['a refusal', dead('message-rejected'), 'error mail.failed message-rejected'],
    ['the guard', dead('suppressed'), 'warn mail.failed suppressed'],
    ['its caller', dead('aborted'), 'debug mail.failed aborted'],
    ['the shutdown', dead('closed'), 'error mail.failed closed'],
  ])('is told of once: %s', async (_what, error, expected) => {
    const { lines, mail: service } = await sending(new FailingTransport([error]));
    await expect(service.send(mail)).rejects.toBe(error);
    expect(lines.text).toHaveLength(1);
    expect(lines.text[0]).toMatch(new RegExp(`^${expected} \\[default <.*>\\]: No\\. To `));
  });

  it('is logged when it never reaches its mail: an invalid timeout, a closed module', async () => {
    const { app, lines, mail: service } = await sending(new KeepingTransport());
    await expect(service.send(mail, { timeout: -1 })).rejects.toThrow('timeout');
    await app.close();
    await expect(service.queue(mail)).rejects.toThrow('closed');
    expect(lines.text).toEqual([
      expect.stringMatching(/^error mail\.failed message-invalid \[default\]: timeout: /),
      expect.stringMatching(/^error mail\.not-queued closed \[default\]: /),
    ]);
  });

  it('is logged with its mail when nothing is queued', async () => {
    const { lines, mail: service } = await sending(new KeepingTransport(), { queue: { driver: 'off' } });
    await expect(service.queue(mail)).rejects.toMatchObject({ code: 'config' });
    expect(lines.text).toEqual([expect.stringMatching(/^error mail\.not-queued config \[default <.*>\]: /)]);
    expect(lines.all[0]?.entry).toMatchObject({
      mailer: 'default',
      code: 'config',
      domains: ['example.test'],
    });
  });

  it.each([
    ['sendMany', 'mail.failed'],
    ['queueMany', 'mail.not-queued'],
  ] as const)('%s tells of ten, and then of their number', async (run, event) => {
    const { lines, mail: service } = await sending(new KeepingTransport());
    const mails = [...Array.from({ length: 25 }, () => ({ ...mail, to: 'nobody' })), mail];
    const { failed } = await service[run](mails);
    expect(failed).toHaveLength(25);
    expect(lines.text.filter((line) => line.startsWith(`error ${event}`))).toHaveLength(10);
    expect(lines.text.filter((line) => line.startsWith('error mail.run'))).toEqual([
      `error mail.run: ${run}: 15 more mails failed; the outcomes of the run tell of each.`,
    ]);
  });
});

const PARTLY: readonly Rejection[] = [
  {
    address: 'bob@other.test',
    code: 'recipients-rejected',
    retryable: false,
    ...refusal(550, 'no bob@other.test'),
  },
];

describe('a mail that is accepted', () => {
  it('is logged at verbose, with its recipients', async () => {
    const { lines, mail: service } = await sending(new KeepingTransport());
    const { messageId } = await service.send(mail);
    expect(lines.text).toEqual([`verbose mail.sent [default ${messageId}]: Accepted. To ada@example.test.`]);
  });

  it.each(['send', 'queue'] as const)(
    'but not for all is a warning that names domains: %s()',
    async (call) => {
      const transport = new KeepingTransport();
      const send = transport.send.bind(transport);
      jest
        .spyOn(transport, 'send')
        .mockImplementation(async (...args) => ({ ...(await send(...args)), rejected: PARTLY }));
      const { lines, app, mail: service } = await sending(transport);
      await service[call]({ ...mail, to: ['ada@example.test', 'bob@other.test'] });
      await app.close();
      const told = lines.text.filter((line) => line.includes('mail.sent'));
      expect(told).toEqual([
        expect.stringMatching(
          /^warn mail\.sent recipients-rejected \[.*\]: 1 recipient was refused: 550 5\.1\.1 no \*\*\*@other\.test\. .* To other\.test\.$/,
        ),
      ]);
    },
  );

  it('is not when the guard took recipients off a queued mail', async () => {
    const { lines, mail: service } = await sending(new KeepingTransport(), {
      guard: { allow: ['*@example.test'] },
    });
    await service.queue({ ...mail, cc: 'bob@other.test' });
    expect(lines.text[0]).toMatch(
      /^warn mail\.queued suppressed .*taken off by the recipient guard.* To other\.test\.$/,
    );
  });
});

describe('a queued mail', () => {
  it.each([
    [
      'refused',
      new MailError('message-rejected', 'No.', refusal(554, 'no')),
      {},
      'error mail.dead message-rejected',
    ],
    [
      'refused for now',
      new MailError('message-rejected', 'Later.', { retryable: true }),
      {},
      'warn mail.deferred message-rejected',
    ],
    [
      'without an answer',
      new MailError('ambiguous', 'Silence.'),
      { onAmbiguous: 'hold' },
      'error mail.ambiguous ambiguous',
    ],
    [
      'too late',
      new MailError('message-rejected', 'Later.', { retryable: true }),
      { retryDelays: [1e9] },
      'error mail.expired message-rejected',
    ],
  ] as const)('%s is told of once, with all there is to search for', async (_how, error, queue, expected) => {
    const { app, mail: service, next } = await queueing(new FailingTransport([error]), queue);
    const lines = new Lines();
    app.useLogger(lines);
    const [level = '', event = '', code] = expected.split(' ');
    const over = next(
      event === 'mail.deferred'
        ? 'mail.deferred'
        : event === 'mail.dead'
          ? 'mail.dead'
          : event === 'mail.expired'
            ? 'mail.expired'
            : 'mail.ambiguous',
    );
    const { id, messageId } = await service.queue(mail);
    await over;
    const told = lines.all.filter((line) => line.level === level);
    expect(told).toHaveLength(1);
    expect(String(told[0]?.entry)).toContain(`Queue id ${id}, attempt 1.`);
    expect(told[0]?.entry).toMatchObject({
      event,
      code,
      mailer: 'default',
      id,
      messageId,
      attempt: 1,
      domains: ['example.test'],
    });
    expect(JSON.stringify(told)).not.toMatch(/ada@|secret-7/);
  });

  it('whose transport fails: one line when it pauses, one when it works again', async () => {
    for (const name of ['first', 'login', 'longest'] as const) jest.replaceProperty(PAUSES, name, 20);
    const away = () => new MailError('transport-unavailable', 'Away.', { cause: new Error('ECONNREFUSED') });
    const { app, mail: service, next } = await queueing(new FailingTransport([away(), away(), away()]));
    const lines = new Lines();
    app.useLogger(lines);
    const resumed = next('mail.resumed');
    await service.queue(mail);
    await resumed;
    expect(lines.text.filter((line) => /paused|resumed/.test(line))).toEqual([
      'warn mail.paused transport-unavailable [default]: Away (cause: ECONNREFUSED). Queued mails wait; one tries again in 1 s.',
      'log mail.resumed [default]: The transport works again; mails that waited go out.',
    ]);
    expect(lines.all[0]?.entry).toMatchObject({
      mailers: ['default'],
      nextTry: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });
});

// Foreign text must not look like a line of ours, nor reorder one.
it.each([
  ['a line break', '554 no\n[Nest] 1 LOG [Mail] all is well'],
  ['a carriage return', '554 no\r\u001b[2K'],
  ['a separator of Unicode', '554 no\u2028mail.sent'],
  ['an override', '554 \u202eon'],
  ['DEL and C1', '554 \u007f\u009b31m'],
])('%s in what a server says is escaped in the line and in the fields', async (_what, text) => {
  const smtp = { code: 554, text };
  const error = new MailError('message-rejected', `The server refused: ${text}`, { smtp });
  const { lines, mail: service } = await sending(new FailingTransport([error]));
  await expect(service.send(mail)).rejects.toBe(error);
  const [line] = lines.all;
  for (const said of [
    String(line?.entry),
    inspect(line?.entry),
    ...Object.values(Object(line?.entry)).map(String),
  ]) {
    expect(said).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
  }
});

it('a logger or a listener that throws fails no mail', async () => {
  const { app, mail: service, queue } = await queueing('memory:');
  const broken = () => {
    throw new Error('disk full');
  };
  app.useLogger({ error: broken, warn: broken, log: broken, debug: broken, verbose: broken });
  await service.send(mail);
  const { id } = await service.queue(mail);
  await queue.drain();
  expect(await queue.get(id)).toMatchObject({ state: 'sent' });
  app.useLogger(false);
});

/** As nestjs-pino gives it what Nest logs. */
function pinoLogger(write: (line: string) => void): LoggerService {
  const logger = pino({ level: 'trace', base: null, timestamp: false }, { write });
  const at =
    (level: 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (message: unknown, ...params: unknown[]): void => {
      const context = params.at(-1);
      if (typeof message === 'object') logger[level](Object.assign({ context }, message));
      else if (typeof message === 'string') logger[level]({ context }, message);
    };
  return { error: at('error'), warn: at('warn'), log: at('info'), debug: at('debug'), verbose: at('trace') };
}

describe('loggers', () => {
  const error = () =>
    new MailError('message-rejected', 'The server refused the mail: 554 no', refusal(554, 'no'));
  const fields = {
    event: 'mail.failed',
    code: 'message-rejected',
    smtp: '554 5.1.1 no',
    mailer: 'default',
    messageId: expect.stringMatching(/^<.*>$/),
    domains: ['example.test'],
  };
  const msg = expect.stringMatching(
    /^mail\.failed message-rejected \[default <.*>\]: The server refused the mail: 554 no\. To example\.test\.$/,
  );

  it('pino has the fields beside its own, and the line as msg', async () => {
    const { app, mail: service } = await sending(new FailingTransport([error()]));
    const written: string[] = [];
    app.useLogger(pinoLogger((line) => void written.push(line)));
    await expect(service.send(mail)).rejects.toThrow('554 no');
    expect(JSON.parse(written[0] ?? '')).toEqual({ level: 50, context: 'Mail', ...fields, msg });
  });

  it('winston, which asks for message, has it once', async () => {
    const { lines, mail: service } = await sending(new FailingTransport([error()]));
    await expect(service.send(mail)).rejects.toThrow('554 no');
    const { message, ...meta } = Object(lines.all[0]?.entry);
    expect(message).toEqual(msg);
    expect(Object.keys(meta)).not.toContain('message');
  });

  it.each([
    ['json', new ConsoleLogger({ json: true, colors: false, compact: true })],
    ['text', new ConsoleLogger({ colors: false })],
  ])("Nest's own as %s", async (kind, logger) => {
    const { app, mail: service } = await sending(new FailingTransport([error()]));
    const written: string[] = [];
    app.useLogger(logger);
    const take = (chunk: unknown): boolean => written.push(String(chunk)) > 0;
    const spies = [
      jest.spyOn(process.stderr, 'write').mockImplementation(take),
      jest.spyOn(process.stdout, 'write').mockImplementation(take),
    ];
    await expect(service.send(mail)).rejects.toThrow('554 no');
    for (const spy of spies) spy.mockRestore();
    const [line = ''] = written;
    expect(line.match(/\n/g)).toHaveLength(1);
    if (kind === 'json')
      expect(JSON.parse(line)).toMatchObject({
        level: 'error',
        context: 'Mail',
        message: { ...fields, msg },
      });
    else
      expect(line).toMatch(
        /ERROR \[Mail\] mail\.failed message-rejected \[default <.*>\]: .* To example\.test\.\n$/,
      );
  });
});
