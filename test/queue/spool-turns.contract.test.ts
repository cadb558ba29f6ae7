import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import { TurnFile } from '../../src/queue/spool/thread/turn-file.js';
import type { TurnStore } from '../../src/queue/turn-store.js';
import { freshName, sharedLimiter, turnStoreContract } from '../support/turn-store-contract.js';
import { SpoolFolder } from './spool-under-test.js';

let folder: SpoolFolder;
beforeEach(async () => {
  folder = await SpoolFolder.create();
});
afterEach(async () => {
  for (const file of files.splice(0)) file.close();
  await folder.remove();
});

const files: TurnFile[] = [];
const HOUR = 3_600_000;
let late = 0;

/** The store as the thread has it, with a clock of the tests' own. */
function turnFile(): TurnFile {
  const file = new TurnFile(folder.path, () => Date.now() - late);
  files.push(file);
  return file;
}

const storeOf = (file: TurnFile): TurnStore => ({
  take: (request) => file.take({ ...request, limit: Buffer.from(request.limit) }),
});

describe('the file of turns', () => {
  turnStoreContract({
    stores: async () => [storeOf(turnFile()), storeOf(turnFile())],
    setBack: async (ms) => {
      late += ms;
    },
  });
});

describe('two spools on one file', () => {
  test('share a limit, also before they are opened for mails', async () => {
    const [here, there] = [folder.make(), folder.make()];
    const [name, limit] = [freshName(), { max: 10, per: HOUR }];
    const limiters = [here, there].map(({ turns }) => sharedLimiter(turns, limit, name));
    const waits = await Promise.all(
      limiters.flatMap((limiter) => Array.from({ length: 10 }, () => limiter.reserve(0))),
    );
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
  });

  test('hide in the file whom a limit is for', async () => {
    const spool = await folder.open({ encryptionKey: Buffer.alloc(32, 7) });
    await sharedLimiter(spool.turns, { max: 1, per: HOUR }, 'domain:secret.test').reserve(0);
    const names = ['', '-wal'].map((suffix) => `${folder.path}-turns${suffix}`);
    const found = await Promise.all(names.map((name) => readFile(name, 'latin1')));
    expect(found.join('').length).toBeGreaterThan(0);
    expect(found.join('')).not.toContain('secret');
  });

  test('are refused once closed', async () => {
    const spool = await folder.open();
    await spool.close();
    const request = { limit: 'mailer:x', max: 1, per: HOUR, wanted: [] };
    await expect(spool.turns.take(request)).rejects.toMatchObject({ code: 'closed' });
  });
});

const ONE = { max: 1, per: HOUR, wanted: [{ turns: 1, withinMs: 0 }] };

/** As by a loss of power: nobody has it open. */
async function spoil(path: string): Promise<void> {
  for (const file of files) file.close();
  for (const suffix of ['-wal', '-shm']) await rm(`${path}${suffix}`, { force: true });
  await writeFile(path, 'no database '.repeat(1_000));
}

test.each([
  ['deleted', (path: string) => rm(path)],
  ['damaged', (path: string) => spoil(path)],
  ['without its log', (path: string) => rm(`${path}-wal`)],
  ['emptied', (path: string) => writeFile(path, '')],
])('a file of turns that is %s is made anew', async (_what, harm) => {
  const [file, other] = [turnFile(), turnFile()];
  const call = { ...ONE, limit: Buffer.from('mailer:x') };
  for (const one of [file, other]) await one.take(call);
  await harm(file.path);
  expect((await file.take(call)).waits).toEqual([0]);
  expect((await other.take(call)).waits).not.toEqual([0]);
});

test('limits that were used once do not stay', async () => {
  const file = turnFile();
  const limits = Array.from({ length: 60 }, (_, index) => Buffer.from(`domain:${index}`));
  for (const limit of limits) await file.take({ ...ONE, per: 1, limit });
  late -= 1_000;
  for (const limit of limits.slice(0, 40)) await file.take({ ...ONE, per: HOUR, limit });
  const { database } = await openDatabase(file.path);
  const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.integer('n');
  expect([count('rate'), count('turn')]).toEqual([40, 40]);
  database.close();
});

test('its files stand beside the spool, for their owner alone', async () => {
  const spool = await folder.open();
  await spool.turns.take({ limit: 'mailer:x', max: 1, per: HOUR, wanted: [] });
  const names = await readdir(dirname(folder.path));
  expect(names).toEqual(expect.arrayContaining(['spool.db-turns', 'spool.db-turns-wal']));
  for (const name of names) expect((await stat(join(dirname(folder.path), name))).mode & 0o077).toBe(0);
});
