import { readdir } from 'node:fs/promises';
import { MailError, MailModule, type MailModuleOptions } from 'nest-mailroom';
import { MailInboxModule } from 'nest-mailroom/inbox';
import { fileFault, pathFault } from '../../src/errors/path-fault.js';
import { FileTransport } from '../../src/transport/file/file.transport.js';
import { boot, cleanup, folder, setEnv } from '../support/application.js';

afterEach(async () => {
  jest.restoreAllMocks();
  await cleanup();
});

/** Spellings that a shell, SQLite, a browser or dotenv-expand resolves, and a path does not. */
const NO_PATHS: ReadonlyArray<readonly [text: string, reason: RegExp]> = [
  ['~/spool.db', /Only a shell knows ~: write the folder out/],
  ['~ada/spool.db', /Only a shell knows ~ada/],
  [':memory:', /database in memory/],
  ['file:/x', /without file:/],
  ['file:x.db', /without file:/],
  ['file:///x', /without file:/],
  ['http://x', /without http:/],
  ['sqlite:x.db', /without sqlite:/],
  ['s3://bucket/x', /without s3:/],
  ['$HOME/x', /puts in the value of \$HOME/],
  ['/data/${APP_NAME}/x', /puts in the value of \$\{APP_NAME\}/],
  ['%APPDATA%/x', /puts in the value of %APPDATA%/],
];

test.each(NO_PATHS)('%s is no path', (text, reason) => {
  expect(pathFault(text)).toMatch(reason);
  expect(fileFault(text)).toMatch(reason);
});

test.each([
  'spool.db',
  '/var/lib/app/spool.db',
  '../~backup/spool.db',
  './~',
  'C:\\mail\\spool.db',
  'C:/mail/spool.db',
  'mail:1.db',
  'costs$5/100%',
  '.',
])('%s is one', (path) => {
  expect(pathFault(path)).toBeUndefined();
});

test('a folder is no file', () => {
  expect(fileFault('/var/lib/app/')).toMatch(/name a file in it/);
  expect(pathFault('/var/lib/app/')).toBeUndefined();
});

async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (MailError.is(error) && error.code === 'config') return error.message;
    throw error;
  }
  throw new Error('expected a MailError, and nothing was thrown');
}

const root = (options: MailModuleOptions) => async () => boot([MailModule.forRoot(options)]);
const from = 'app@example.test';

/** Everywhere a path is configured. */
const PLACES: ReadonlyArray<readonly [place: string, use: (path: string) => unknown]> = [
  [
    'MAIL_SPOOL_PATH',
    async (path) => {
      setEnv({ MAIL_SPOOL_PATH: path });
      return boot([MailModule.forRoot({ from })]);
    },
  ],
  [
    'MAIL_TEMPLATES_DIR',
    async (path) => {
      setEnv({ MAIL_TEMPLATES_DIR: path });
      return boot([MailModule.forRoot({ from })]);
    },
  ],
  ['queue.path', async (path) => root({ from, queue: { path } })()],
  ['templates.dir', async (path) => root({ from, templates: { dir: path } })()],
  ['templates.dirs[0]', async (path) => root({ from, templates: { dirs: [path] } })()],
  ['attachments.roots[0]', async (path) => root({ from, attachments: { roots: [path] } })()],
  ['transport', async (path) => root({ from, transport: `file:${path}` })()],
  ['MailModule.forFeature', (path) => MailModule.forFeature({ namespace: 'billing', dir: path })],
  ['FileTransport', (path) => new FileTransport({ dir: path })],
  ['dir', async (path) => boot([MailModule.forRoot({ from }), MailInboxModule.forRoot({ dir: path })])],
];

describe.each(PLACES)('%s', (place, use) => {
  it('refuses what is no path, says why, and makes no folder of that name', async () => {
    const dir = await folder();
    jest.spyOn(process, 'cwd').mockReturnValue(dir);
    // The URL of a file transport has a scheme of its own, and its path cannot begin with two slashes.
    const paths = NO_PATHS.filter(([text]) => place !== 'transport' || !/:\/\/|^file:|%/.test(text));
    for (const [path, reason] of paths) {
      const message = await refusal(() => use(path));
      expect(message).toContain(`${place}: expected `);
      expect(message).toMatch(reason);
      cleanupEnv();
    }
    expect(await readdir(dir)).toEqual([]);
  });
});

/** Each path alone is in the environment. */
function cleanupEnv(): void {
  setEnv({ MAIL_SPOOL_PATH: undefined, MAIL_TEMPLATES_DIR: undefined });
}
