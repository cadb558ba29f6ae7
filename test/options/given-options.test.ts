import { MailError, MailModule, type MailModuleOptions, MailOutbox, MailService } from 'nest-mailroom';
import { boot, cleanup, setEnv } from '../support/application.js';

afterEach(cleanup);

const SECRET = 'smtp://mailer:Geheim@mail.example.test';
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'Hello Ada' };

async function refusal(run: () => unknown): Promise<MailError> {
  try {
    await run();
  } catch (error) {
    if (MailError.is(error)) return error;
    throw error;
  }
  throw new Error('expected a MailError, and nothing was thrown');
}

class Unrelated {
  readonly host = 'mail.example.test';
}

/** Values that JavaScript, or a value of type any, may give in place of options. */
const NO_OPTIONS: ReadonlyArray<readonly [came: string, value: unknown]> = [
  ['null', null],
  ['an array', [{ from: 'app@example.test' }]],
  ['a string', SECRET],
  ['a number', 587],
  ['a boolean', true],
  ['a symbol', Symbol('options')],
  ['a function', () => ({})],
  ['an instance of Map', new Map([['from', 'app@example.test']])],
  ['an instance of Error', new Error(SECRET)],
  ['an instance of Date', new Date()],
  ['an instance of Unrelated', new Unrelated()],
];

describe.each([['nothing', undefined] as const, ...NO_OPTIONS])('a factory that gives %s', (came, value) => {
  const line = (maker: string): string => `expected ${maker} to return an object of options, got ${came}.`;

  it.each([
    ['at once', () => value],
    ['later', async () => Promise.resolve(value)],
  ])('%s is one config error that says so', async (_when, useFactory) => {
    const root = MailModule.forRootAsync({ useFactory: useFactory as () => MailModuleOptions });
    const { code, message } = await refusal(() => boot([root]));
    expect(code).toBe('config');
    expect(message).toContain(`MailModule.forRootAsync: ${line('useFactory')}`);
    expect(message).not.toContain('Geheim');
  });

  it('as a class is, too', async () => {
    class Factory {
      createMailOptions(): MailModuleOptions {
        return value as MailModuleOptions;
      }
    }
    const { code, message } = await refusal(() => boot([MailModule.forRootAsync({ useClass: Factory })]));
    expect(code).toBe('config');
    expect(message).toContain(line('createMailOptions()'));
  });
});

it.each([...NO_OPTIONS, ['an instance of Promise', Promise.resolve({})] as const])(
  'forRoot refuses %s at the call',
  async (came, value) => {
    const { code, message } = await refusal(() => MailModule.forRoot(value as MailModuleOptions));
    expect(code).toBe('config');
    expect(message).toContain(`MailModule.forRoot: expected an object of options, got ${came}.`);
    expect(message).not.toContain('Geheim');
  },
);

it('a class that makes no options is a config error that names it', async () => {
  class Settings {
    readonly sender = 'app@example.test';
  }
  const useClass = Settings as unknown as new () => { createMailOptions(): MailModuleOptions };
  const { code, message } = await refusal(() => boot([MailModule.forRootAsync({ useClass })]));
  expect(code).toBe('config');
  expect(message).toContain('Settings to have a method createMailOptions()');
});

describe('an instance of a class', () => {
  class Settings {
    readonly replyTo = 'reply@example.test';
    get from(): string {
      return 'getter@example.test';
    }
  }

  it.each([
    ['forRoot', () => MailModule.forRoot(new Settings())],
    ['a factory', () => MailModule.forRootAsync({ useFactory: () => new Settings() })],
  ])('is read by its fields and its getters: %s', async (_way, root) => {
    const app = await boot([root()]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()).toMatchObject({
      from: { address: 'getter@example.test' },
      replyTo: [{ address: 'reply@example.test' }],
    });
  });
});

/** Options that hold options, and some that hold folders or classes. */
const GROUPS = [
  'guard',
  'attachments',
  'templates',
  'queue',
  'mailers',
  'mailers.marketing',
  'mailers.marketing.guard',
  'templates.helpers',
  'templates.dir',
  'templates.dirs',
  'queue.outbox',
  'queue.path',
  'attachments.roots',
  'interceptors',
  'ignoreVariables',
];

function nested(path: string, value: unknown): MailModuleOptions {
  const options: unknown = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return options as MailModuleOptions;
}

const GARBAGE = [['', null], 7, true, Symbol('x'), new Map(), () => 1];

test.each(GROUPS)('%s is named when it holds something else altogether', async (path) => {
  for (const value of GARBAGE) {
    const { code, message } = await refusal(() => boot([MailModule.forRoot(nested(path, value))]));
    expect(code).toBe('config');
    expect(message).toMatch(new RegExp(`- ${path.replaceAll('.', String.raw`\.`)}(\\[\\d\\])?: expected `));
  }
});

test.each(['mailers', 'mailers.marketing', 'templates.dir', 'templates.helpers', 'queue.outbox'])(
  '%s is named when it is null',
  async (path) => {
    const { code, message } = await refusal(() => boot([MailModule.forRoot(nested(path, null))]));
    expect(code).toBe('config');
    expect(message).toContain(`- ${path}: expected `);
  },
);

describe('ignoreVariables', () => {
  it("leaves the application's own variables out of the warnings, and no others", async () => {
    setEnv({ NODE_ENV: 'production', MAIL_PREVIEW: '1', MAIL_HOSST: 'x', MAIL_USER: 'app' });
    const hints = async (options: MailModuleOptions): Promise<readonly string[]> => {
      const { message } = await refusal(() => boot([MailModule.forRoot(options)]));
      return message.split('\n').filter((line) => line.includes('not a variable'));
    };
    expect(await hints({})).toEqual([
      expect.stringMatching(/MAIL_PREVIEW: .* One of your own belongs into ignoreVariables\.$/),
      expect.stringContaining('MAIL_HOSST: not a variable of the mail module. Did you mean "MAIL_HOST"? One'),
      expect.stringContaining(
        'MAIL_USER: not a variable of the mail module. Did you mean "MAIL_USERNAME"? One',
      ),
    ]);
    expect(await hints({ ignoreVariables: ['MAIL_PREVIEW', 'MAIL_USER'] })).toEqual([
      expect.stringContaining('MAIL_HOSST'),
    ]);
  });

  it.each([
    ['MAIL_HOST', 'MAIL_HOST, which the mail module reads'],
    ['PREVIEW', '"PREVIEW"'],
  ])('refuses %s', async (name, found) => {
    const { code, message } = await refusal(() => boot([MailModule.forRoot({ ignoreVariables: [name] })]));
    expect(code).toBe('config');
    expect(message).toContain(
      `ignoreVariables[0]: expected the name of a variable of yours that begins with MAIL_, got ${found}`,
    );
  });
});
