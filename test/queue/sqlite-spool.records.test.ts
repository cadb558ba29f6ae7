import { crc32 } from 'node:zlib';
import type { CorruptMail } from '../../src/queue/spool/sqlite-spool.js';
import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import { claimDue, dueMail, messageIds, settle } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

async function database() {
  const { database } = await openDatabase(place.path);
  return database;
}

async function run(sql: string): Promise<void> {
  const opened = await database();
  opened.exec(sql);
  opened.close();
}

async function count(sql: string): Promise<number> {
  const opened = await database();
  const rows = opened.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.integer('n');
  opened.close();
  return rows ?? -1;
}

describe('an unreadable record is set aside and reported, and the others go on', () => {
  const flip = "substr(content, 1, 40) || x'00' || substr(content, 42)";
  test.each([
    [
      'torn',
      `UPDATE body SET content = substr(content, 1, 100) WHERE seq = 2`,
      /does not match its checksum/,
    ],
    ['flipped', `UPDATE body SET content = CAST(${flip} AS BLOB) WHERE seq = 2`, /checksum/],
    ['empty', `UPDATE body SET content = x'' WHERE seq = 2`, /is empty/],
    ['missing', `DELETE FROM body WHERE seq = 2`, /is missing/],
    [
      'of a later version',
      `UPDATE body SET content = x'09', checksum = ${crc32(Buffer.of(9))} WHERE seq = 2`,
      /is of a version \(9\) that is unknown here/,
    ],
  ])('%s', async (_, damage, reason) => {
    const spool = await place.open();
    for (const n of [1, 2, 3]) await spool.add(dueMail({ messageId: `<${n}@from.test>` }));
    await run(damage);
    const told: CorruptMail[] = [];
    const end = spool.onCorrupt((mail) => told.push(mail));
    expect(messageIds(await claimDue(spool, 2))).toEqual(['<1@from.test>', '<3@from.test>']);
    expect(told).toEqual([{ id: '2', mailer: 'default', reason: expect.stringMatching(reason) }]);
    expect((await spool.stats()).states).toMatchObject({ corrupt: 1, sending: 2 });
    expect((await spool.get('2'))?.state).toBe('corrupt');
    expect(await spool.retry({ id: '2' }, new Date())).toBe(0);
    end();
  });

  test('whole, but not a mail', async () => {
    const spool = await place.open();
    await spool.add(dueMail());
    await spool.add(dueMail({ messageId: '<2@from.test>' }));
    const bytes = Buffer.from([3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]);
    await run(
      `UPDATE body SET content = x'${bytes.toString('hex')}', checksum = ${crc32(bytes)} WHERE seq = 1`,
    );
    const told: CorruptMail[] = [];
    spool.onCorrupt((mail) => told.push(mail));
    expect(messageIds(await claimDue(spool))).toEqual(['<2@from.test>']);
    expect(told).toEqual([{ id: '1', mailer: 'default', reason: expect.stringContaining('no mail') }]);
    expect((await spool.get('1'))?.state).toBe('corrupt');
  });

  test.each([
    ['letters that there are not', "'a?'", /what became of its recipients cannot be read/],
    ['too few', "'a'", /what became of its recipients/],
    ['none', "''", /what became of its recipients/],
    ['too many', "'a--'", /what became of its recipients/],
    ['noise', "CAST(x'ff00' AS TEXT)", /what became of its recipients/],
    ['nobody left', "'ra'", /all noted as done, and it waits/],
  ])('what became of its recipients: %s', async (_, outcomes, reason) => {
    const spool = await place.open();
    await spool.add(dueMail({ envelope: { from: '', to: ['yes@to.test', 'later@to.test'] } }));
    await spool.add(dueMail({ messageId: '<2@from.test>' }));
    const claim = (await claimDue(spool)).find(({ id }) => id === '1');
    const attempt = { startedAt: new Date(), durationMs: 1, accepted: ['yes@to.test'], rejected: [] };
    await settle(spool, claim!.id, { state: 'waiting', dueAt: new Date(), attempt });
    await settle(spool, '2', { state: 'released' });
    await run(`UPDATE mail SET outcomes = ${outcomes} WHERE seq = 1`);
    const told: CorruptMail[] = [];
    spool.onCorrupt((mail) => told.push(mail));
    expect(messageIds(await claimDue(spool))).toEqual(['<2@from.test>']);
    expect(told).toEqual([{ id: '1', mailer: 'default', reason: expect.stringMatching(reason) }]);
    expect((await spool.get('1'))?.state).toBe('corrupt');
  });

  test('an entry with an unknown state or lane: the listing goes on, and so do the others', async () => {
    const spool = await place.open();
    await spool.add(dueMail());
    await spool.add(dueMail({ messageId: '<2@from.test>' }));
    await run(`DROP TRIGGER mail_moved; UPDATE mail SET state = 77, priority = 7 WHERE seq = 1`);
    expect(await spool.list({}, 10)).toMatchObject([
      { id: '2', state: 'waiting' },
      { id: '1', state: 'corrupt', priority: 'normal' },
    ]);
    expect(messageIds(await claimDue(spool))).toEqual(['<2@from.test>']);
  });

  test('a hundred in a row', async () => {
    const spool = await place.open();
    await Promise.all(Array.from({ length: 100 }, () => spool.add(dueMail())));
    await spool.add(dueMail({ messageId: '<last@from.test>' }));
    await run(`UPDATE body SET checksum = checksum + 1 WHERE seq <= 100`);
    expect(messageIds(await claimDue(spool, 5))).toEqual(['<last@from.test>']);
    expect((await spool.stats()).states.corrupt).toBe(100);
  });

  test('an unreadable summary is empty in a listing', async () => {
    const spool = await place.open();
    await spool.add(dueMail());
    const [claim] = await claimDue(spool);
    const attempt = { startedAt: new Date(), durationMs: 1, accepted: [], rejected: [] };
    await settle(spool, claim!.id, { state: 'dead', attempt });
    await run(`UPDATE mail SET label = x'ff'; UPDATE attempt SET record = x'01'`);
    expect(await spool.list({}, 10)).toMatchObject([
      { id: '1', messageId: '', to: [], subject: '', attempts: [] },
    ]);
    await run(`UPDATE attempt SET record = x'7b'`);
    expect(await spool.get('1')).toMatchObject({ attempts: [] });
  });
});

test('drops the body of a finished mail, and keeps its summary', async () => {
  const spool = await place.open();
  for (const messageId of ['<1@from.test>', '<2@from.test>', '<3@from.test>'])
    await spool.add(dueMail({ messageId }));
  const [first, second] = await claimDue(spool, 2);
  await settle(spool, first!.id, { state: 'sent' });
  await settle(spool, second!.id, { state: 'dead' });
  await spool.cancel({ id: '3' });
  expect(await count('body')).toBe(1);
  expect((await spool.list({}, 10)).map(({ state, subject }) => [state, subject])).toEqual([
    ['cancelled', 'Welcome'],
    ['dead', 'Welcome'],
    ['sent', 'Welcome'],
  ]);
});

test('keeps done and failed mails as long as the options say', async () => {
  let now = Date.now();
  const spool = await place.open({ clock: () => now, retention: 1000, failedRetention: 5000 });
  await spool.add(dueMail());
  await spool.add(dueMail());
  const [first, second] = await claimDue(spool);
  const attempt = { startedAt: new Date(now), durationMs: 1, accepted: [], rejected: [] };
  await settle(spool, first!.id, { state: 'sent', attempt });
  await settle(spool, second!.id, { state: 'dead', attempt });
  const kept = async (): Promise<readonly string[]> => (await spool.list({}, 9)).map(({ state }) => state);
  now += 1000;
  await spool.prune(new Date(now));
  expect(await kept()).toEqual(['dead', 'sent']);
  now += 1;
  await spool.prune(new Date(now));
  expect(await kept()).toEqual(['dead']);
  await spool.prune(new Date(now + 4000));
  expect(await kept()).toEqual([]);
  for (const table of ['mail', 'body', 'attempt']) expect(await count(table)).toBe(0);
});

test('the file shrinks again after a flood', async () => {
  const spool = await place.open();
  const html = 'x'.repeat(1_000_000);
  await Promise.all(Array.from({ length: 40 }, () => spool.add(dueMail({ html }))));
  for (;;) {
    const claims = await claimDue(spool);
    if (claims.length === 0) break;
    await Promise.all(claims.map(({ id }) => settle(spool, id, { state: 'sent' })));
  }
  const pages = async (): Promise<number> => {
    const opened = await database();
    const number = opened.prepare('PRAGMA page_count').get()?.integer('page_count') ?? 0;
    opened.close();
    return number;
  };
  expect(await pages()).toBeGreaterThan(9000);
  await spool.prune(new Date());
  expect(await pages()).toBeLessThan(4700);
});

test('a claim stops at 32 MB, and the next one takes the rest', async () => {
  const spool = await place.open();
  const attachments = [
    {
      content: Buffer.alloc(20_000_000),
      contentType: 'a/b',
      disposition: 'attachment' as const,
      headers: {},
    },
  ];
  for (let n = 0; n < 3; n += 1) await spool.add(dueMail({ attachments }));
  expect(await claimDue(spool)).toHaveLength(2);
  expect(await claimDue(spool)).toHaveLength(1);
});

test('a recipient refused for good gets another chance by a retry', async () => {
  const spool = await place.open();
  await spool.add(dueMail({ envelope: { from: '', to: ['yes@to.test', 'no@to.test'] } }));
  const [claim] = await claimDue(spool);
  const rejected = [{ address: 'no@to.test', code: 'recipients-rejected', retryable: false } as const];
  const attempt = { startedAt: new Date(), durationMs: 1, accepted: ['yes@to.test'], rejected };
  await settle(spool, claim!.id, { state: 'dead', attempt });
  await spool.retry({}, new Date(Date.now() + 1e6));
  const [again] = await claimDue(spool);
  expect(again!.remaining).toEqual(['no@to.test']);
});

describe('the backlog', () => {
  test('is bounded, and does not count refused mails', async () => {
    const spool = await place.open({ maxBacklog: 3 });
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) => spool.add(dueMail({}, { idempotencyKey: `${n}` }))),
    );
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toEqual(
      refused.map(() => ({
        status: 'rejected',
        reason: expect.objectContaining({
          code: 'queue-full',
          retryable: true,
          message: expect.stringMatching(/3 mails wait in the spool, as many as it may hold/),
        }),
      })),
    );
    expect(refused).toHaveLength(2);
    expect(await count('body')).toBe(3);
  });

  test('recognises duplicates when it is full, goes on claiming, and has room again afterwards', async () => {
    const spool = await place.open({ maxBacklog: 1 });
    const first = await spool.add(dueMail({}, { idempotencyKey: 'k' }));
    expect(await spool.add(dueMail({}, { idempotencyKey: 'k' }))).toEqual({ ...first, duplicate: true });
    const [claim] = await claimDue(spool);
    await expect(spool.add(dueMail())).rejects.toMatchObject({ code: 'queue-full' });
    await settle(spool, claim!.id, { state: 'sent' });
    await spool.add(dueMail());
    expect((await spool.stats()).states).toMatchObject({ waiting: 1, sent: 1 });
  });
});
