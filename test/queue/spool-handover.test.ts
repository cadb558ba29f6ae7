import type { Exchanged, Settlement } from '../../src/queue/mail-queue.js';
import type { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import { claimDue, dueMail } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

const SENT: Settlement = { state: 'sent' };

async function run(sql: string): Promise<void> {
  const { database } = await openDatabase(place.path);
  database.exec(sql);
  database.close();
}

/** Ends a claim and makes another at once. */
function exchange(spool: SqliteSpool, id = ''): Promise<Exchanged> {
  const now = new Date();
  const claim = { mailer: 'default', limit: 1, now, leasedUntil: new Date(now.getTime() + 60_000) };
  return spool.exchange({ settle: [{ id, settlement: SENT }], claim });
}

test('settling and claiming at once is one change: no claim without its settlement', async () => {
  const spool = await place.open();
  for (let n = 0; n < 3; n++) await spool.add(dueMail());
  const [first] = await claimDue(spool, 1);
  await run(`
    CREATE TRIGGER broken BEFORE UPDATE ON mail WHEN new.state = 2 BEGIN SELECT raise(ABORT, 'broken'); END`);
  expect(await exchange(spool, first?.id)).toMatchObject({
    claims: [],
    unsettled: [
      {
        id: first?.id,
        error: { code: 'transport-unavailable', message: expect.stringContaining('broken') },
      },
    ],
  });
  expect((await spool.stats()).states).toMatchObject({ waiting: 2, sending: 1, sent: 0 });

  await run('DROP TRIGGER broken');
  expect((await exchange(spool, first?.id)).claims).toHaveLength(1);
  expect((await spool.stats()).states).toMatchObject({ waiting: 1, sending: 1, sent: 1 });
});

test('one settlement that cannot be written down holds up no other exchange', async () => {
  const spool = await place.open();
  for (let n = 0; n < 4; n++) await spool.add(dueMail());
  const [first, second] = await claimDue(spool, 2);
  await run(`
    CREATE TRIGGER broken BEFORE UPDATE ON mail WHEN new.state = 2 AND new.seq = ${first?.id}
    BEGIN SELECT raise(ABORT, 'broken'); END`);
  const exchanged = await Promise.all([exchange(spool, first?.id), exchange(spool, second?.id)]);
  expect(exchanged.map(({ claims, unsettled }) => [claims.length, unsettled.length])).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test('a failed claim does not undo the settlements beside it', async () => {
  const spool = await place.open();
  for (let n = 0; n < 2; n++) await spool.add(dueMail());
  const [first] = await claimDue(spool, 1);
  await run(`
    CREATE TRIGGER broken BEFORE UPDATE ON mail WHEN new.state = 1 BEGIN SELECT raise(ABORT, 'broken'); END`);
  await expect(exchange(spool, first?.id)).rejects.toMatchObject({ code: 'transport-unavailable' });
  expect((await spool.stats()).states).toMatchObject({ waiting: 1, sending: 0, sent: 1 });
});
