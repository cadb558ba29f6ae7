import type { Claim, MailQueue } from '../../src/queue/mail-queue.js';
import { MemoryQueue } from '../../src/queue/memory-queue.js';
import { dueMail } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-03-01T12:00:00Z');

let now: number;
let place: SpoolFolder;
beforeEach(async () => {
  now = START;
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

const STORES: ReadonlyArray<[string, () => Promise<MailQueue>]> = [
  ['in memory', () => Promise.resolve(new MemoryQueue(() => new Date(now)))],
  ['on disk', () => place.open({ clock: () => now })],
];

const attempt = { startedAt: new Date(START), durationMs: 1, accepted: [], rejected: [] };
const mailAt = (dueAt: number, isDated = false) =>
  dueMail({}, { dueAt: new Date(dueAt), isDated, expiresAt: new Date(START + 9 * DAY) });

function claim(queue: MailQueue): Promise<readonly Claim[]> {
  const leasedUntil = new Date(now + MINUTE);
  return queue.claim({ mailer: 'default', limit: 9, now: new Date(now), leasedUntil });
}

async function dueIn(queue: MailQueue): Promise<number | undefined> {
  const dueAt = await queue.nextDueAt('default');
  return dueAt === undefined ? undefined : dueAt.getTime() - now;
}

describe.each(STORES)('a clock that is set back by a day, %s', (_name, open) => {
  test('holds up no mail that is due', async () => {
    const queue = await open();
    await queue.add(mailAt(now));
    expect(await claim(queue)).toHaveLength(1);
    await queue.add(mailAt(now));
    now -= DAY;
    expect(await claim(queue)).toHaveLength(1);
  });

  test('lets a mail wait for its next attempt as long as it was to, and no longer', async () => {
    const queue = await open();
    const { id } = await queue.add(mailAt(now));
    await claim(queue);
    await queue.settle(id, { state: 'waiting', dueAt: new Date(now + 5 * MINUTE), attempt });
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue)).toBe(5 * MINUTE);
    now += 5 * MINUTE - 1;
    expect(await claim(queue)).toEqual([]);
    now += 1;
    expect(await claim(queue)).toHaveLength(1);
  });

  test('lets a mail with a delay wait as long as that is, and no longer', async () => {
    const queue = await open();
    await queue.add(mailAt(now));
    await queue.add(mailAt(now + 5 * MINUTE));
    expect(await claim(queue)).toHaveLength(1);
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue)).toBe(MINUTE);
    now += 5 * MINUTE;
    expect(await claim(queue)).toHaveLength(2);
  });

  test('ends the lease of who is gone when it would have ended', async () => {
    const queue = await open();
    await queue.add(mailAt(now));
    await claim(queue);
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    now += MINUTE;
    expect(await claim(queue)).toMatchObject([{ crashes: 1 }]);
  });

  test('leaves a date that was given alone', async () => {
    const queue = await open();
    await queue.add(mailAt(START + DAY, true));
    now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await queue.nextDueAt('default')).toEqual(new Date(START + DAY));
  });
});

test('a clock that is set back while nobody runs holds no mail up either', async () => {
  const before = await place.open({ clock: () => now });
  await before.add(mailAt(now));
  await before.close();
  now -= DAY;
  expect(await claim(await place.open({ clock: () => now }))).toHaveLength(1);
});
