import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import { claimDue, dueMail, settle } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

async function put(content: Buffer | string): Promise<void> {
  await mkdir(dirname(place.path), { recursive: true });
  await writeFile(place.path, content);
}

async function run(sql: string): Promise<void> {
  const { database } = await openDatabase(place.path);
  database.exec(sql);
  database.close();
}

/** Opening must fail and leave every byte as it is. */
async function expectRefused(message: RegExp): Promise<void> {
  const before = await readFile(place.path);
  const files = await readdir(dirname(place.path));
  await expect(place.open()).rejects.toMatchObject({
    code: 'config',
    message: expect.stringMatching(message),
  });
  expect(await readFile(place.path)).toEqual(before);
  expect(await readdir(dirname(place.path))).toEqual(files);
}

test('folder and files are readable by their owner alone', async () => {
  const spool = await place.open();
  await spool.add(dueMail());
  expect(await mode(dirname(place.path))).toBe('700');
  const files = await readdir(dirname(place.path));
  expect(files.toSorted()).toEqual(['spool.db', 'spool.db-shm', 'spool.db-spare', 'spool.db-wal']);
  for (const file of files) expect(await mode(join(dirname(place.path), file))).toBe('600');
  expect(spool.warnings).toEqual([]);
});

test('warns about a spool that others may read, and does not change it', async () => {
  await (await place.open()).close();
  await chmod(place.path, 0o644);
  const { warnings } = await place.open();
  expect(warnings).toEqual([expect.stringContaining(`chmod 600 ${place.path}`)]);
  expect(await mode(place.path)).toBe('644');
});

test('refuses a file that is not a database and leaves it alone', async () => {
  await put('Dear diary, this is no database.\n'.repeat(200));
  await expectRefused(/spool\.db is no SQLite database\. Name another file/);
});

test('refuses a spool with a damaged beginning and leaves it alone', async () => {
  const spool = await place.open();
  await spool.add(dueMail());
  await spool.close();
  const content = await readFile(place.path);
  await put(content.fill(0xff, 100, 4096));
  await expectRefused(/spool\.db is damaged/);
});

test("refuses another application's database and leaves it alone", async () => {
  await put('');
  await run('CREATE TABLE users (id INTEGER)');
  await expectRefused(/another application's SQLite database/);
});

test('refuses a spool of a later version and leaves it alone', async () => {
  await (await place.open()).close();
  await run('PRAGMA user_version = 9');
  await expectRefused(/written by a later version of nest-mailroom \(schema 9; this one knows 4\)/);
});

test('an empty file becomes a spool', async () => {
  await put('');
  const spool = await place.open();
  await spool.add(dueMail());
  expect((await spool.stats()).states.waiting).toBe(1);
});

test('reports a folder in its place, or a file in place of its folder', async () => {
  await mkdir(place.path, { recursive: true });
  await expect(place.open()).rejects.toMatchObject({
    code: 'config',
    message: expect.stringMatching(/cannot be at .*EISDIR.*Name a file in a folder/),
  });
  await writeFile(join(place.folder, 'file'), '');
  const path = join(place.folder, 'file', 'spool.db');
  await expect(place.open({ path })).rejects.toMatchObject({ code: 'config' });
});

test('many may open a new spool at the same time', async () => {
  const spools = await Promise.all(Array.from({ length: 6 }, () => place.open()));
  await Promise.all(spools.map((spool) => spool.add(dueMail())));
  expect((await spools[0]!.stats()).states.waiting).toBe(6);
});

test('a second spool of the process leaves the locks of the first: another process does not remove its log', async () => {
  const spool = await place.open();
  await place.open();
  const script = `const database = new (require('libsql'))(process.argv[1]);
    database.prepare('SELECT count(*) FROM mail').get();
    database.close();`;
  await promisify(execFile)(process.execPath, ['-e', script, place.path]);
  expect(await readdir(dirname(place.path))).toContain('spool.db-wal');
  await spool.add(dueMail());
  expect((await spool.stats()).states.waiting).toBe(1);
});

test('a link that leads to no file yet becomes a spool', async () => {
  await mkdir(dirname(place.path), { recursive: true });
  await symlink(join(place.folder, 'elsewhere.db'), place.path);
  const spool = await place.open();
  await spool.add(dueMail());
  expect((await spool.stats()).states.waiting).toBe(1);
});

test('a queue that failed to open is closed, and says so', async () => {
  await put('no database'.repeat(100));
  const spool = new SqliteSpool({ path: place.path, clock: Date.now });
  await expect(spool.open()).rejects.toMatchObject({ code: 'config' });
  await expect(spool.add(dueMail())).rejects.toMatchObject({ code: 'closed' });
  await spool.close();
});

test('reports all wrong options together, and shows no key', () => {
  const options = {
    path: 'spool.db',
    clock: Date.now,
    maxBacklog: 0,
    retention: -1,
    failedRetention: 1.5,
    encryptionKey: Buffer.from('hunter2'),
  };
  expect(() => new SqliteSpool(options)).toThrow(
    expect.objectContaining({
      code: 'config',
      message: expect.stringMatching(
        /path: expected an absolute path, got "spool\.db"\.[^]*maxBacklog: [^]*retention: [^]*failedRetention: [^]*encryptionKey: expected 32 bytes, got 7 bytes/,
      ),
    }),
  );
  expect(() => new SqliteSpool(options)).not.toThrow(/hunter2/);
});

describe('with a key', () => {
  const encryptionKey = randomBytes(32);
  const secrets = [
    'secret-subject',
    'secret-html',
    'secret@to.test',
    'secret-reply',
    'secret-key',
    'secret-id',
  ];
  const secretMail = () =>
    dueMail(
      {
        messageId: '<secret-id@from.test>',
        subject: 'secret-subject',
        html: 'secret-html',
        envelope: { from: '', to: ['secret@to.test'] },
      },
      { idempotencyKey: 'secret-key' },
    );

  async function found(options: { encryptionKey?: Buffer }): Promise<readonly string[]> {
    const spool = await place.open(options);
    await spool.add(secretMail());
    const [claim] = await claimDue(spool);
    const attempt = {
      startedAt: new Date(),
      durationMs: 1,
      accepted: [],
      rejected: [],
      response: 'secret-reply',
    };
    await settle(spool, claim!.id, { state: 'waiting', dueAt: new Date(), attempt });
    const folder = dirname(place.path);
    const contents = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))));
    return secrets.filter((secret) => contents.some((content) => content.includes(secret)));
  }

  test('no part of a mail can be read from the files', async () => {
    expect(await found({ encryptionKey })).toEqual([]);
  });

  test('without a key everything can be read, except the idempotency key', async () => {
    expect(await found({})).toEqual(secrets.filter((secret) => secret !== 'secret-key'));
  });

  test.each([
    ['no key', undefined, /is encrypted, and no key was given/],
    ['another key', randomBytes(32), /is encrypted, and another key was given/],
  ])('%s is refused, and the mails stay', async (_, other, message) => {
    const spool = await place.open({ encryptionKey });
    await spool.add(secretMail());
    await spool.close();
    await expect(place.open({ encryptionKey: other })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(message),
    });
    const again = await place.open({ encryptionKey });
    expect(await claimDue(again)).toHaveLength(1);
  });

  test('a spool that was created without a key goes on with one', async () => {
    const clear = await place.open();
    await clear.add(dueMail({ messageId: '<1@from.test>' }));
    await clear.close();
    const sealed = await place.open({ encryptionKey });
    await sealed.add(dueMail({ messageId: '<2@from.test>' }));
    const listed = await sealed.list({ to: 'ada@to.test' }, 10);
    expect(listed.map(({ messageId }) => messageId)).toEqual(['<2@from.test>', '<1@from.test>']);
    expect(await claimDue(sealed)).toHaveLength(2);
  });
});

test('reports mails of a mailer that no longer exists, by number and name', async () => {
  const before = await place.open();
  for (const mailer of ['default', 'old', 'old', 'older']) await before.add(dueMail({ mailer }));
  await before.close();
  const { warnings } = await place.open({ mailers: ['default', 'new'] });
  expect(warnings).toEqual([
    expect.stringMatching(/^2 mails wait in .* for the mailer 'old', which this application does not have/),
    expect.stringMatching(/^1 mail waits in .*'older'/),
  ]);
  expect((await place.open()).warnings).toEqual([]);
});
