import { readEnvironment, mailEnvSchema } from '../../src/options/config.js';
import type { MailModuleOptions } from '../../src/options/options.js';
import { type Environment, unknownVariable } from '../../src/options/variables.js';

const surroundings = { nodeEnv: 'test', workingDir: '/srv/app', entryDir: '/srv/app/dist' };

function read(env: Environment): {
  options: MailModuleOptions;
  problems: string[];
  hints: readonly string[];
} {
  const { options, report, unknown } = readEnvironment(env, surroundings);
  const problems = report.problems.map((problem) => report.line(problem));
  return { options, problems, hints: unknown.map(unknownVariable) };
}

const KEY = Buffer.alloc(32, 7).toString('base64');

describe('the MAIL_* environment', () => {
  it('reads nothing from an empty one, and takes an empty value as unset', () => {
    expect(read({})).toEqual({ options: {}, problems: [], hints: [] });
    expect(read({ MAIL_URL: '', MAIL_PORT: '  ', MAIL_FROM: undefined, OTHER: 'x' }).options).toEqual({});
  });

  it('reads every variable', () => {
    const { options, problems } = read({
      MAIL_HOST: 'smtp.example.test',
      MAIL_PORT: '587',
      MAIL_USERNAME: 'app',
      MAIL_PASSWORD: 's3cret',
      MAIL_TLS: 'required',
      MAIL_FROM: 'Shop <hello@example.test>',
      MAIL_REPLY_TO: 'help@example.test',
      MAIL_POOL_SIZE: '3',
      MAIL_MAX_MESSAGES: '50',
      MAIL_TIMEOUT: '15s',
      MAIL_TEMPLATES_DIR: 'mail/templates',
      MAIL_VERIFY: 'boot',
      MAIL_SUPPRESS_SEND: 'no',
      MAIL_QUEUE: 'off',
      MAIL_SPOOL_PATH: '/var/lib/app/spool.db',
      MAIL_SPOOL_KEY: KEY,
      MAIL_ALLOW_RECIPIENTS: 'qa@example.test, *@example.test',
      MAIL_REDIRECT_TO: 'catch@example.test',
      MAIL_ASCII_ATTACHMENTS: 'on',
      MAIL_DEBUG: '0',
    });
    expect(problems).toEqual([]);
    expect(options).toEqual({
      queue: { driver: 'off', path: '/var/lib/app/spool.db', encryptionKey: KEY },
      transport: {
        host: 'smtp.example.test',
        port: 587,
        username: 'app',
        password: 's3cret',
        tls: 'required',
        poolSize: 3,
        maxMessages: 50,
        debug: false,
      },
      from: 'Shop <hello@example.test>',
      replyTo: 'help@example.test',
      timeout: 15_000,
      templates: { dir: 'mail/templates' },
      verify: 'boot',
      suppressSend: false,
      guard: { allow: ['qa@example.test', '*@example.test'], redirectTo: 'catch@example.test' },
      attachments: { asciiFilenames: true },
    });
  });

  it("understands Flask-Mail's names", () => {
    const { options, problems } = read({
      MAIL_SERVER: 'smtp.example.test',
      MAIL_USE_SSL: 'True',
      MAIL_USE_TLS: 'False',
      MAIL_DEFAULT_SENDER: 'hello@example.test',
      MAIL_MAX_EMAILS: '10',
    });
    expect(problems).toEqual([]);
    expect(options).toEqual({
      transport: { host: 'smtp.example.test', tls: 'implicit', maxMessages: 10 },
      from: 'hello@example.test',
    });
  });

  it.each([
    [{ MAIL_PORT: 'abc' }, 'MAIL_PORT: expected a whole number from 1 to 65535, got "abc"'],
    [{ MAIL_PORT: '0' }, 'got "0"'],
    [{ MAIL_FROM: 'nonsense' }, 'MAIL_FROM: expected an address'],
    [{ MAIL_TLS: 'yes' }, 'expected one of required, opportunistic, implicit, off, got "yes"'],
    [{ MAIL_TIMEOUT: 'soon' }, 'MAIL_TIMEOUT: expected a time'],
    [{ MAIL_VERIFY: 'maybe' }, 'MAIL_VERIFY'],
    [{ MAIL_SUPPRESS_SEND: 'perhaps' }, 'expected true or false'],
    [{ MAIL_ALLOW_RECIPIENTS: 'everybody' }, 'MAIL_ALLOW_RECIPIENTS'],
    [{ MAIL_HOST: 'a b' }, 'MAIL_HOST: expected a host name'],
    [{ MAIL_URL: 'smtp://x', MAIL_HOST: 'y' }, 'MAIL_URL: expected either MAIL_URL or MAIL_HOST, got both'],
    [{ MAIL_URL: 'smtp://x', MAIL_TLS: 'off' }, '?tls='],
    [{ MAIL_USE_TLS: '1', MAIL_USE_SSL: '1' }, 'MAIL_USE_TLS: expected one of'],
    [{ MAIL_HOST: 'x', MAIL_SERVER: 'y' }, 'Keep MAIL_HOST only'],
    [{ MAIL_QUEUE: 'kafka' }, 'spool, bullmq, off'],
    [{ MAIL_REDIS_URL: 'http://x' }, 'redis:// or rediss://'],
    [{ MAIL_SPOOL_KEY: 'c2hvcnQ=' }, 'MAIL_SPOOL_KEY: expected 32 bytes in base64 or hex'],
  ])('reports %j', (env, line) => {
    const { problems } = read(env);
    expect(problems).toEqual([expect.stringContaining(line)]);
  });

  it('never shows a secret', () => {
    const secret = 's3cret\nline';
    const env = {
      MAIL_PASSWORD: secret,
      MAIL_USERNAME: secret,
      MAIL_URL: secret,
      MAIL_REDIS_URL: `redis://:${secret}`,
      MAIL_SPOOL_KEY: secret,
    };
    const { problems } = read(env);
    expect(problems).toHaveLength(5);
    expect(problems.join('\n')).not.toContain('s3cret');
  });

  it('hints at a variable it does not know, and fails nothing for it', () => {
    const { problems, hints } = read({ MAIL_HOSST: 'x', MAIL_CATCHER_UI: 'y' });
    expect(problems).toEqual([]);
    expect(hints).toEqual([
      expect.stringMatching(/^MAIL_HOSST: .*Did you mean "MAIL_HOST"\?/),
      expect.stringMatching(/^MAIL_CATCHER_UI: [^?]*$/),
    ]);
  });
});

describe('mailEnvSchema', () => {
  const { validate } = mailEnvSchema['~standard'];

  it('passes the MAIL_* variables through as they are', async () => {
    expect(await validate({ MAIL_HOST: 'x', MAIL_PORT: '25', PATH: '/bin' })).toEqual({
      value: { MAIL_HOST: 'x', MAIL_PORT: '25' },
    });
  });

  it('has an issue for each problem, with its variable as the path', async () => {
    expect(await validate({ MAIL_PORT: 'abc', MAIL_FROM: 'nonsense' })).toEqual({
      issues: [
        { path: ['MAIL_PORT'], message: expect.stringContaining('MAIL_PORT') },
        { path: ['MAIL_FROM'], message: expect.stringContaining('MAIL_FROM') },
      ],
    });
    expect(await validate(null)).toEqual({ issues: [expect.anything()] });
  });
});
