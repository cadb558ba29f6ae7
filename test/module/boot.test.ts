import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  MailError,
  MailModule,
  type MailModuleOptions,
  MailOutbox,
  MailService,
  type QueueModuleOptions,
} from 'nest-mailroom';
import { afterCleanup, cleanup, folder, setEnv } from '../support/application.js';
import { KeepingTransport } from '../support/keeping-transport.js';
import { LogLines } from '../support/log-lines.js';
import { server } from '../support/queueing.js';

jest.mock('libsql', () => {
  if (!isWithoutSqlite) return jest.requireActual<object>('libsql');
  throw Object.assign(new Error("Cannot find module 'libsql'"), { code: 'MODULE_NOT_FOUND' });
});
let isWithoutSqlite = false;

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
  isWithoutSqlite = false;
});

class Said extends LogLines {
  override log(message: unknown, context?: unknown): void {
    if (context === 'Mail') this.logs.push(String(message));
  }
}

const from = 'app@example.test';
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'Hello' };

async function start(root: DynamicModule) {
  const lines = new Said();
  const module = await Test.createTestingModule({ imports: [root] })
    .setLogger(lines)
    .compile();
  afterCleanup(() => module.close());
  await module.init();
  return { lines, app: module };
}

/** The error that stops the boot, without its first line. */
async function refusal(root: DynamicModule): Promise<readonly string[]> {
  const error: unknown = await start(root).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error(`expected a MailError, got ${String(error)}`);
  expect(error.code).toBe('config');
  return error.message.split('\n').slice(1);
}

/** Runs as somebody without rights, where the tests are run by root. */
async function withoutRights<T>(run: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

const WAYS_OUT = /MAIL_SPOOL_PATH .*MAIL_QUEUE=bullmq .*MAIL_QUEUE=off when only send\(\) is used\.$/;

/** Each with what has to be true for it, the path it gives, and what is said of that. */
const FAULTS: ReadonlyArray<readonly [string, () => Promise<string>, RegExp]> = [
  ['is a folder', () => folder(), /: it is a folder\./],
  [
    'lies under a file',
    async () => join(await folder({ file: '' }), 'file/spool.db'),
    /file is a file and no folder/,
  ],
  [
    'lies deep under a file',
    async () => join(await folder({ file: '' }), 'file/a/b/spool.db'),
    /is a file and no folder/,
  ],
  ['is a device', async () => '/dev/null', /: it is no regular file\./],
  ['lies where nobody may make files', async () => '/sys/mail/spool.db', /\/sys/],
];

describe.each<[string, (path: string) => DynamicModule]>([
  ['forRoot', (path) => MailModule.forRoot({ from, transport: 'memory:', queue: { path } })],
  [
    'forRootAsync',
    (path) =>
      MailModule.forRootAsync({
        useFactory: () => ({ from, transport: 'memory:', queue: { path, deliver: false } }),
      }),
  ],
  [
    'the environment',
    (path) => {
      setEnv({ MAIL_URL: 'memory:', MAIL_FROM: from, MAIL_SPOOL_PATH: path });
      return MailModule.forRoot();
    },
  ],
])('a spool whose path, by %s,', (_way, root) => {
  test.each(FAULTS)('%s stops the boot in production', async (_what, make, said) => {
    setEnv({ NODE_ENV: 'production' });
    const [line = '', ...more] = await refusal(root(await make()));
    expect(line).toMatch(
      /^ {2}- (MAIL_SPOOL_PATH|queue\.path): expected a file in a folder that this process may write to, got "\//,
    );
    expect(line).toMatch(said);
    expect(line).toMatch(WAYS_OUT);
    expect(more).toEqual([]);
  });

  test.each(FAULTS)('%s is a warning elsewhere, and queue() is refused', async (_what, make, said) => {
    const { lines, app } = await start(root(await make()));
    const told = lines.warnings.filter((line) => said.test(line));
    expect(told).toEqual([expect.stringMatching(/Until then, queue\(\) is refused\.$/)]);
    expect(lines.logs).toEqual([expect.stringContaining('There is no queue: the warning above says why.')]);
    await expect(app.get(MailService).queue(mail)).rejects.toMatchObject({ code: 'config' });
    await app.get(MailService).send(mail);
  });
});

test.each(['file', 'folder'] as const)(
  'rights that are missing are named with the user and the %s',
  async (what) => {
    setEnv({ NODE_ENV: 'production' });
    const dir = await folder({ 'spool.db': '' });
    await chmod(join(dir, 'spool.db'), what === 'file' ? 0o444 : 0o666);
    await chmod(dir, what === 'file' ? 0o777 : 0o555);
    // Nobody but root could remove it otherwise.
    afterCleanup(() => chmod(dir, 0o777));
    const path = join(dir, 'spool.db');
    const [line] = await withoutRights(() =>
      refusal(MailModule.forRoot({ from, transport: 'memory:', queue: { path } })),
    );
    expect(line).toMatch(/: this process \(user \d+\) may not write to \S+\. Set MAIL_SPOOL_PATH/);
    expect(line).toContain(`may not write to ${what === 'file' ? path : dir}.`);
  },
);

test.each(['production', 'staging'])(
  'a queue without a place stops the boot when NODE_ENV is %s',
  async (NODE_ENV) => {
    setEnv({ NODE_ENV });
    for (const queue of [undefined, {}, { driver: 'spool' }, { deliver: false }] as QueueModuleOptions[]) {
      const [line = '', ...more] = await refusal(MailModule.forRoot({ from, transport: 'memory:', queue }));
      expect(line).toMatch(
        /^ {2}- MAIL_SPOOL_PATH: expected a place for the mails that queue\(\) is given, got nothing, and NODE_ENV is/,
      );
      expect(line).toMatch(WAYS_OUT);
      expect(more).toEqual([]);
    }
  },
);

test('a wrong place is reported once, not also as missing', async () => {
  setEnv({ NODE_ENV: 'production', MAIL_QUEUE: 'redis' });
  expect(await refusal(MailModule.forRoot({ from, transport: 'memory:' }))).toEqual([
    expect.stringContaining('MAIL_QUEUE: '),
  ]);
  setEnv({ MAIL_QUEUE: undefined });
  expect(await refusal(MailModule.forRoot({ from, transport: 'memory:', queue: { path: '' } }))).toEqual([
    expect.stringContaining('queue.path: '),
  ]);
});

test('faults of the queue are in one report with all others', async () => {
  setEnv({ NODE_ENV: 'production', MAIL_PORT: 'abc' });
  const report = await refusal(MailModule.forRoot({ queue: { path: '/dev/null' } }));
  expect(report).toEqual(
    ['MAIL_PORT', 'MAIL_HOST', 'queue.path'].map((where) => expect.stringContaining(`- ${where}: `)),
  );
});

describe('without SQLite', () => {
  beforeEach(() => {
    isWithoutSqlite = true;
    jest.resetModules();
    jest.spyOn(process.getBuiltinModule('node:module'), 'isBuiltin').mockReturnValue(false);
  });
  const place = async () => ({ path: join(await folder(), 'spool.db') });

  test('the boot stops in production, and says what to install', async () => {
    setEnv({ NODE_ENV: 'production' });
    const [line, ...more] = await refusal(
      MailModule.forRoot({ from, transport: 'memory:', queue: await place() }),
    );
    expect(line).toMatch(
      /MAIL_QUEUE: expected SQLite for the spool, got none\..* libsql is not installed\. npm install libsql, or run Node\.js 22\.13 or later.*MAIL_QUEUE=bullmq.*MAIL_QUEUE=off/,
    );
    expect(more).toEqual([]);
  });

  test('it is a warning elsewhere', async () => {
    const { lines } = await start(MailModule.forRoot({ from, transport: 'memory:', queue: await place() }));
    expect(lines.warnings).toContainEqual(
      expect.stringMatching(/npm install libsql.*Until then, queue\(\) is refused\.$/),
    );
  });

  test.each<QueueModuleOptions>([{ driver: 'off' }])(
    'a queue that needs none does not ask for it: %j',
    async (queue) => {
      setEnv({ NODE_ENV: 'production' });
      await start(MailModule.forRoot({ from, transport: 'memory:', queue }));
    },
  );
});

test('while the default mailer captures, no fault of the queue stops the boot in production', async () => {
  setEnv({ NODE_ENV: 'production', MAIL_SUPPRESS_SEND: 'true', MAIL_URL: 'smtp://mail.example.test' });
  const { app, lines } = await start(MailModule.forRoot({ from }));
  await app.get(MailService).queue(mail);
  await app.get(MailOutbox).waitFor({ subject: 'Hello' });
  expect(lines.logs).toEqual([
    expect.stringMatching(
      /^Mail is captured in memory: sending is suppressed\. .* Queued mails wait in memory\. No templates\.$/,
    ),
  ]);
  const wrong = await start(MailModule.forRoot({ from, queue: { path: '/dev/null' } }));
  expect(wrong.lines.warnings).toContainEqual(expect.stringContaining('it is no regular file'));
});

test('proving a place leaves nothing behind, and touches nothing', async () => {
  const dir = await folder({ 'spool.db': 'not ours' });
  const path = join(dir, 'spool.db');
  await expect(start(MailModule.forRoot({ from, transport: 'memory:', queue: { path } }))).rejects.toThrow(
    'is no SQLite database',
  );
  expect(await readdir(dir)).toEqual(['spool.db']);
  setEnv({ NODE_ENV: 'development' });
  const empty = await folder();
  jest.spyOn(process, 'cwd').mockReturnValue(empty);
  await start(MailModule.forRoot({ from }));
  expect(await readdir(empty)).toEqual([]);
});

test('a folder of captured mails that cannot be written to is a warning', async () => {
  const { lines } = await start(MailModule.forRoot({ from, transport: 'file:/sys/mail' }));
  expect(lines.warnings).toContainEqual(
    expect.stringMatching(/^Mails cannot be written to \/sys\/mail, where they are to go: .*\/sys/),
  );
});

describe('a sender that is missing is a warning', () => {
  test.each(['production', 'test'])('when NODE_ENV is %s', async (NODE_ENV) => {
    setEnv({ NODE_ENV });
    const { lines, app } = await start(
      MailModule.forRoot({ transport: 'memory:', queue: { driver: 'off' } }),
    );
    expect(lines.warnings).toContainEqual(
      expect.stringMatching(/^No sender is configured for mails of 'default': .*MAIL_FROM/),
    );
    await app.get(MailService).send({ ...mail, from });
  });

  test('for each mailer without one, and for no other', async () => {
    const mailers = { news: { from }, bulk: {} };
    const { lines } = await start(MailModule.forRoot({ mailers }));
    expect(lines.warnings).toContainEqual(expect.stringContaining("for mails of 'default', 'bulk': "));
    const complete = await start(MailModule.forRoot({ from, mailers, templates: { dirs: [] } }));
    expect(complete.lines.warnings).toEqual([]);
  });
});

describe('a templates folder that is missing is a warning', () => {
  const FOLDERLESS =
    /^There is no templates folder, .* Looked for: \/.*templates, .*MAIL_TEMPLATES_DIR.*\{ dirs: \[\] \}/;
  const warned = async (options: MailModuleOptions, ...more: DynamicModule[]): Promise<boolean> => {
    const root = MailModule.forRoot({ from, ...options });
    const { lines } = await start({ ...root, imports: [...(root.imports ?? []), ...more] });
    return lines.warnings.some((line) => FOLDERLESS.test(line));
  };

  test('where a folder is expected', async () => {
    expect(await warned({})).toBe(true);
    setEnv({ NODE_ENV: 'production' });
    expect(await warned({ transport: 'memory:', queue: { driver: 'off' } })).toBe(true);
  });

  test('but not if there is one, none is wanted, or templates come from elsewhere', async () => {
    const dir = await folder();
    expect(await warned({ templates: { dir } })).toBe(false);
    expect(await warned({ templates: { dirs: [] } })).toBe(false);
    expect(await warned({ templates: { sources: [{ name: 'none', find: async () => undefined }] } })).toBe(
      false,
    );
    expect(await warned({}, MailModule.forFeature({ namespace: 'billing', dir }))).toBe(false);
  });

  test('with what copies it, where the build should have', async () => {
    const dist = join(await folder(), 'dist');
    await mkdir(dist);
    jest.spyOn(process, 'cwd').mockReturnValue(dist);
    const { lines } = await start(MailModule.forRoot({ from }));
    expect(lines.warnings).toContainEqual(
      expect.stringContaining('nest-cli.json: "compilerOptions": { "assets"'),
    );
  });
});

describe('one line of the boot says where mail goes, where the queue is, and how many templates there are', () => {
  const line = async (options: MailModuleOptions): Promise<string> => {
    const { lines } = await start(MailModule.forRoot({ from, ...options }));
    return lines.logs[0] ?? '';
  };

  test('captured', async () => {
    expect(await line({ templates: { dir: await folder({ 'a.hbs': 'a', 'b.hbs': 'b' }) } })).toBe(
      'Mail is captured in memory: no transport is configured and NODE_ENV is test. Read it from MailOutbox. Queued mails wait in memory. 2 templates.',
    );
  });

  test('sent, with the mailers that have transports of their own', async () => {
    const path = join(await folder(), 'spool.db');
    const said = await line({
      transport: 'smtp://user:s3cret@127.0.0.1:2525',
      verify: 'off',
      queue: { path, deliver: false },
      mailers: { same: {}, bulk: { transport: new KeepingTransport() } },
      templates: { dir: await folder({ 'a.hbs': 'a' }) },
    });
    expect(said).toBe(
      `Mail goes by smtp to 127.0.0.1:2525 (not verified). That of 'bulk' goes by keeping (being verified). Queued mails wait in ${path}, and other processes deliver them. 1 template.`,
    );
  });

  test('names only as many as fit a line', async () => {
    const mailers = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`tenant${n}`, { transport: new KeepingTransport() }]),
    );
    expect(await line({ mailers, verify: 'off' })).toMatch(
      /'tenant4' goes by keeping .* 195 more mailers have transports of their own\./,
    );
  });

  test('without a queue', async () => {
    expect(await line({ queue: { driver: 'off' } })).toContain('There is no queue: the queue is turned off');
  });

  test('whether the server was reached, when the boot waits for that', async () => {
    const { port } = await server();
    const transport = `smtp://127.0.0.1:${port}`;
    expect(await line({ transport, verify: 'boot' })).toContain(
      `Mail goes by smtp to 127.0.0.1:${port} (reached).`,
    );
  });

  test('a verification in the background logs its result', async () => {
    const { port } = await server();
    const { lines } = await start(MailModule.forRoot({ from, transport: `smtp://127.0.0.1:${port}` }));
    expect(lines.logs[0]).toContain('(being verified)');
    const told = new Promise((resolve) => {
      jest.spyOn(lines, 'log').mockImplementation(resolve);
    });
    expect(lines.logs[1] ?? (await told)).toBe(
      `The mailer 'default' can send: 127.0.0.1:${port} was reached.`,
    );
  });

  test('as a warning where NODE_ENV is not set', async () => {
    setEnv({ NODE_ENV: undefined });
    const dir = await folder();
    await writeFile(join(dir, 'x'), '');
    jest.spyOn(process, 'cwd').mockReturnValue(dir);
    const { lines } = await start(MailModule.forRoot({ from, templates: { dirs: [] } }));
    expect(lines.warnings).toEqual([
      `Mail is captured in ${dir}/.mail: no transport is configured and NODE_ENV is not set. Set MAIL_URL to send it. Queued mails wait in ${dir}/.mail/spool.db. No templates.`,
    ]);
    expect(lines.logs).toEqual([]);
  });
});
