import type { Claim, Settlement } from '../../src/queue/mail-queue.js';
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

test('settling and claiming at once is one change: no claim without its settlement', async () => {
  const spool = await place.open();
  for (let n = 0; n < 3; n++) await spool.add(dueMail());
  const [first] = await claimDue(spool, 1);
  await run(`
    CREATE TRIGGER broken BEFORE UPDATE ON mail WHEN new.state = 2 BEGIN SELECT raise(ABORT, 'broken'); END`);
  const [settled, claimed] = await Promise.allSettled([
    spool.settle(first?.id ?? '', SENT),
    claimDue(spool, 1),
  ]);
  expect(settled).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('broken') },
  });
  expect(claimed).toMatchObject({ status: 'rejected', reason: { code: 'transport-unavailable' } });
  expect((await spool.stats()).states).toMatchObject({ waiting: 2, sending: 1, sent: 0 });

  await run('DROP TRIGGER broken');
  const again: [void, readonly Claim[]] = await Promise.all([
    spool.settle(first?.id ?? '', SENT),
    claimDue(spool, 1),
  ]);
  expect(again[1]).toHaveLength(1);
  expect((await spool.stats()).states).toMatchObject({ waiting: 1, sending: 1, sent: 1 });
});

test('a failed claim does not undo the settlements beside it', async () => {
  const spool = await place.open();
  for (let n = 0; n < 2; n++) await spool.add(dueMail());
  const [first] = await claimDue(spool, 1);
  await run(`
    CREATE TRIGGER broken BEFORE UPDATE ON mail WHEN new.state = 1 BEGIN SELECT raise(ABORT, 'broken'); END`);
  const [settled, claimed] = await Promise.allSettled([
    spool.settle(first?.id ?? '', SENT),
    claimDue(spool, 1),
  ]);
  expect([settled.status, claimed.status]).toEqual(['fulfilled', 'rejected']);
  expect((await spool.stats()).states).toMatchObject({ waiting: 1, sending: 0, sent: 1 });
});
