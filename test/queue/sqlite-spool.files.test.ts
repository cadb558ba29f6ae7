import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { claimDue, dueMail, messageIds, settle } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

const COUNT = 30;
const idOf = (name: string | number) => `<${name}@from.test>`;
const IDS = Array.from({ length: COUNT }, (_, n) => idOf(n));

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

async function opened() {
  const spool = await place.open();
  const told: string[] = [];
  spool.onRescued((message) => told.push(message));
  return { spool, told };
}

/** A spool in which mails wait, one of them under way. */
async function waiting() {
  const { spool, told } = await opened();
  for (const messageId of IDS) await spool.add(dueMail({ messageId }));
  const [underWay] = await claimDue(spool, 1);
  return { spool, told, underWay };
}

async function idsIn(spool: SqliteSpool): Promise<readonly string[]> {
  return messageIds(await claimDue(spool)).toSorted();
}

const FILES = ['', '-wal', '-shm'];
const all = (path: string, work: (path: string) => Promise<unknown>) =>
  Promise.all(FILES.map((suffix) => work(`${path}${suffix}`)));

const CHANGES: ReadonlyArray<
  readonly [what: string, change: (path: string) => Promise<unknown>, told: RegExp]
> = [
  ['deleted', unlink, /was deleted or moved/],
  ['deleted with all that is beside it', (path) => all(path, unlink), /was deleted or moved/],
  ['moved', (path) => rename(path, `${path}.away`), /was deleted or moved/],
  ['gone with its folder', (path) => rm(dirname(path), { recursive: true }), /was deleted or moved/],
  [
    'replaced by an empty file',
    (path) => replaced(path, (other) => writeFile(other, '')),
    /replaced by another/,
  ],
  ['emptied', (path) => truncate(path), /was emptied/],
  ['without its log', (path) => unlink(`${path}-wal`), /has lost its -wal or -shm/],
  ['without the index of its log', (path) => unlink(`${path}-shm`), /has lost its -wal or -shm/],
];

async function replaced(path: string, make: (other: string) => Promise<unknown>): Promise<void> {
  const other = join(place.folder, 'other.db');
  await make(other);
  await rename(other, path);
}

describe.each(CHANGES)('a spool whose file is %s below a running process', (_, change, words) => {
  test('reports it with the next mail, and has lost none', async () => {
    const { spool, told, underWay } = await waiting();
    await change(place.path);
    await spool.add(dueMail({ messageId: idOf('new') }));
    expect(told).toEqual([expect.stringMatching(words)]);
    expect(told[0]).toContain(`${COUNT} mails that waited`);
    await settle(spool, underWay!.id, { state: 'sent' });
    expect((await spool.get(underWay!.id))?.state).toBe('sent');
    expect(await idsIn(spool)).toEqual([...IDS.slice(1), idOf('new')].toSorted());
    expect((await spool.stats()).states).toMatchObject({ sending: COUNT, sent: 1, corrupt: 0 });
    await spool.close();
    expect((await (await place.open()).stats()).states).toMatchObject({ sending: COUNT, sent: 1 });
  });

  test('reports them to the caller of take, and has them', async () => {
    const { spool, told } = await waiting();
    await change(place.path);
    expect(await idsIn(spool)).toEqual(IDS.slice(1).toSorted());
    expect(told).toHaveLength(1);
  });

  test('two processes take the mails over only once', async () => {
    const { spool } = await waiting();
    const { spool: other } = await opened();
    await change(place.path);
    await Promise.all([
      spool.add(dueMail({ messageId: idOf('new') })),
      other.add(dueMail({ messageId: idOf('other') })),
    ]);
    const [ids, others] = [await idsIn(spool), await idsIn(other)];
    expect([...ids, ...others].toSorted()).toEqual([...IDS.slice(1), idOf('new'), idOf('other')].toSorted());
  });
});

test('a file that another spool created in its place keeps its mails and gets those of the first', async () => {
  const { spool, told, underWay } = await waiting();
  await rm(place.path);
  const { spool: next } = await opened();
  for (const name of ['x', 'y']) {
    await next.add(dueMail({ messageId: idOf(name) }, { idempotencyKey: name }));
  }
  const [theirs] = await claimDue(next, 1);
  await spool.add(dueMail({ messageId: idOf('x again') }, { idempotencyKey: 'x' }));
  expect(told).toHaveLength(1);
  // The number of the mail under way is that of another one there: neither ends the other's.
  await settle(spool, underWay!.id, { state: 'sent' });
  expect((await next.get(theirs!.id))?.state).toBe('sending');
  expect(await idsIn(spool)).toEqual([...IDS.slice(1), idOf('y')].toSorted());
});

test('an older copy of the file in its place gets the later mails, and the outcomes of the others', async () => {
  const { spool } = await opened();
  for (const name of ['old', 'sent since']) await spool.add(dueMail({ messageId: idOf(name) }));
  await spool.close();
  const backup = join(place.folder, 'backup.db');
  await copyFile(place.path, backup);
  for (let time = 0; time < 2; time += 1) {
    const { spool: next, told } = await opened();
    const name = `since ${time}`;
    await next.add(dueMail({ messageId: idOf(name) }));
    if (time === 0) await settleOne(next, idOf('sent since'));
    await copyFile(backup, `${backup}.again`);
    await rename(`${backup}.again`, place.path);
    await next.add(dueMail({ messageId: idOf('new') }));
    expect(told).toEqual([expect.stringMatching(/replaced by another file/)]);
    await next.close();
  }
  const { spool: last } = await opened();
  expect((await last.stats()).states.sent).toBe(1);
  expect(await idsIn(last)).toEqual(['new', 'new', 'old', 'since 0', 'since 1'].map(idOf));
});

/** Sends one mail and gives the others back. */
async function settleOne(spool: SqliteSpool, messageId: string): Promise<void> {
  for (const { id, message } of await claimDue(spool)) {
    await settle(spool, id, { state: message.messageId === messageId ? 'sent' : 'released' });
  }
}

test.each([
  [
    'no database',
    (path: string) => writeFile(path, 'something else entirely, for longer than a header is\n'.repeat(9)),
  ],
  ['a folder', (path: string) => mkdir(path)],
])(
  'refuses mails aloud while %s is in its place, and goes on when that is gone',
  async (_, make) => {
    const { spool, told } = await waiting();
    await rm(place.path);
    await make(place.path);
    await expect(spool.add(dueMail())).rejects.toMatchObject({ code: 'transport-unavailable' });
    await expect(spool.add(dueMail())).rejects.toMatchObject({ code: 'transport-unavailable' });
    expect(told).toEqual([expect.stringMatching(/replaced by another file.*could not be made anew/)]);
    await rm(place.path, { recursive: true });
    const until = performance.now() + 8_000;
    for (;;) {
      const added = await spool.add(dueMail({ messageId: idOf('new') })).catch(() => undefined);
      if (added) break;
      expect(performance.now()).toBeLessThan(until);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(told).toHaveLength(2);
    expect(await idsIn(spool)).toEqual([...IDS.slice(1), idOf('new')].toSorted());
  },
  20_000,
);

test('if a process dies while it takes mails over, the next one finishes that', async () => {
  const { spool } = await waiting();
  await spool.close();
  for (const suffix of FILES) {
    if (existsSync(`${place.path}${suffix}`))
      await rename(`${place.path}${suffix}`, `${place.path}-rescue${suffix}`);
  }
  const { spool: next } = await opened();
  await next.add(dueMail({ messageId: idOf('new') }));
  expect((await next.stats()).states).toMatchObject({ waiting: COUNT, sending: 1 });
  expect(await readdir(dirname(place.path))).not.toContain('spool.db-rescue');
});
