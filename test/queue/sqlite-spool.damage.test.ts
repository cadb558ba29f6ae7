import { randomBytes } from 'node:crypto';
import { cp, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CorruptMail, SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import { claimDue, dueMail, settle } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

const PAGE = 4096;
const MAILS = 90;
const [TRIED, DEAD, CANCELLED] = [30, 15, 10];
const WAITING = MAILS - TRIED - CANCELLED;
const idOf = (name: string | number) => `<${name}@from.test>`;

/** A spool that was used: mails that wait, were sent, died and were cancelled, and pages that are free. */
async function usedSpool(): Promise<{ readonly place: SpoolFolder; readonly bytes: Buffer }> {
  const place = await SpoolFolder.create();
  const spool = await place.open();
  // Some are so long that they go on on further pages.
  const textOf = (n: number) => `${n} `.repeat(n % 20 === 0 ? 5_000 : 500);
  const attempt = { startedAt: new Date(), durationMs: 1, accepted: [], rejected: [] };
  await Promise.all(
    Array.from({ length: MAILS }, (_, n) =>
      spool.add(
        dueMail({ messageId: idOf(n), text: textOf(n) }, n % 3 === 0 ? { idempotencyKey: `${n}` } : {}),
      ),
    ),
  );
  const claims = await claimDue(spool, TRIED);
  for (const [n, { id }] of claims.entries()) {
    await settle(spool, id, { state: n % 2 === 0 ? 'sent' : 'dead', attempt });
  }
  for (const { id } of await spool.list({ state: 'waiting' }, CANCELLED)) await spool.cancel({ id });
  await spool.close();
  return { place, bytes: await readFile(place.path) };
}

/** A copy with other bytes in the place of a page. */
async function damaged(used: SpoolFolder, page: number, bytes: Buffer): Promise<SpoolFolder> {
  const place = await SpoolFolder.create();
  await cp(dirname(used.path), dirname(place.path), { recursive: true });
  const file = await open(place.path, 'r+');
  await file.write(bytes, 0, PAGE, (page - 1) * PAGE);
  await file.close();
  return place;
}

interface Seen {
  readonly spool: SqliteSpool;
  readonly corrupt: CorruptMail[];
  readonly told: string[];
}

async function watched(place: SpoolFolder): Promise<Seen> {
  const [corrupt, told]: [CorruptMail[], string[]] = [[], []];
  const spool = await place.open();
  spool.onCorrupt((mail) => corrupt.push(mail));
  spool.onRescued((message) => told.push(message));
  return { spool, corrupt, told };
}

/** Takes and settles whatever can be had. */
async function sendAll(spool: SqliteSpool): Promise<readonly string[]> {
  const sent: string[] = [];
  for (;;) {
    const claims = await claimDue(spool, 50);
    if (claims.length === 0) return sent;
    sent.push(...claims.map(({ message }) => message.messageId));
    await Promise.all(claims.map(({ id }) => settle(spool, id, { state: 'sent' })));
  }
}

const KINDS: ReadonlyArray<readonly [string, (page: number, bytes: Buffer) => Buffer, number]> = [
  ['of zeros', () => Buffer.alloc(PAGE), 8],
  ['of noise', () => randomBytes(PAGE), 16],
  ['that is another one', (page, bytes) => bytes.subarray((page - 2) * PAGE, (page - 1) * PAGE), 16],
];

describe.each(KINDS)('a page %s', (_, make, stride) => {
  let used: Awaited<ReturnType<typeof usedSpool>>;
  beforeAll(async () => {
    used = await usedSpool();
  });
  afterAll(() => used.place.remove());

  /** Tests that share the pages of the file out. */
  const SHARES = 4;

  test.each(Array.from({ length: SHARES }, (_, n) => n))(
    'share %i',
    async (share) => {
      const last = used.bytes.length / PAGE;
      // The first page says that this is a database at all: without it the spool does not open.
      for (let page = share + 2; page <= last; page += page < OF_MANY_KINDS ? SHARES : stride) {
        const place = await damaged(used.place, page, make(page, used.bytes));
        const found = await sentAndSetAside(place);
        expect({ page, ...found }).toEqual({ page, ...WHOLE, lost: found.lost });
        expect(found.lost).toBeLessThanOrEqual(PER_PAGE);
        await place.remove();
      }
    },
    120_000,
  );
});

/** Pages from which on nearly all hold bodies. */
const OF_MANY_KINDS = 24;
/** Bodies that are on one page, at most. */
const PER_PAGE = 3;
const NEW = 20;
const WHOLE = { accounted: WAITING + NEW, fresh: NEW, repeated: 0, dead: DEAD, waiting: 0, sending: 0 };

/** Queues some more, and looks where all of them are then. */
async function sentAndSetAside(place: SpoolFolder) {
  const { spool, corrupt } = await watched(place);
  await Promise.all(
    Array.from({ length: NEW }, (_, n) => spool.add(dueMail({ messageId: idOf(`new${n}`) }))),
  );
  const sent = await sendAll(spool);
  const { states } = await spool.stats();
  return {
    accounted: new Set(sent).size + corrupt.length,
    fresh: sent.filter((id) => id.startsWith('<new')).length,
    repeated: sent.length - new Set(sent).size,
    lost: states.corrupt,
    dead: states.dead,
    waiting: states.waiting,
    sending: states.sending,
  };
}

test('the write-ahead log is damaged while it is in use: readable mails go out', async () => {
  const place = await SpoolFolder.create();
  const writer = await place.open();
  await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      writer.add(dueMail({ messageId: idOf(n), text: 'x'.repeat(2_000) })),
    ),
  );
  const log = `${place.path}-wal`;
  const file = await open(log, 'r+');
  const frames = Math.floor(((await file.stat()).size - LOG_HEADER) / (FRAME_HEADER + PAGE));
  const position = LOG_HEADER + (frames - 6) * (FRAME_HEADER + PAGE) + FRAME_HEADER;
  await file.write(Buffer.alloc(PAGE), 0, PAGE, position);
  await file.close();
  const { spool, corrupt } = await watched(place);
  const sent = await sendAll(spool);
  expect(sent.length + corrupt.length).toBe(40);
  expect(corrupt.length).toBeLessThanOrEqual(PER_PAGE);
  await writer.add(dueMail({ messageId: idOf('new') }));
  expect(await sendAll(spool)).toEqual([idOf('new')]);
  await place.remove();
});

test('text that is not UTF-8 does not end the process: it is listed, and reported at boot', async () => {
  const place = await SpoolFolder.create();
  const { spool } = await watched(place);
  for (const n of [1, 2]) await spool.add(dueMail({ messageId: idOf(n) }));
  const { database } = await openDatabase(place.path);
  database.exec("UPDATE mail SET mailer = CAST(x'ff64ff' AS TEXT) WHERE seq = 1");
  database.close();
  const next = await place.open({ mailers: ['default'] });
  expect(next.warnings).toEqual([expect.stringMatching(/1 mail waits .* for the mailer '\ufffdd\ufffd'/)]);
  expect(await next.list({}, 9)).toMatchObject([{ mailer: 'default' }, { mailer: '\ufffdd\ufffd' }]);
  expect((await next.stats()).states.waiting).toBe(2);
  expect(await sendAll(next)).toEqual([idOf(2)]);
  await place.remove();
});

const LOG_HEADER = 32;
const FRAME_HEADER = 24;
