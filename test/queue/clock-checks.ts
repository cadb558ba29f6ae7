import type { Claim, PullQueue } from '../../src/queue/mail-queue.js';
import { dueMail, settle } from './spool-mails.js';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** The clock of a queue's process, in the hands of the test. */
export interface Clock {
  now: number;
}

export interface ClockedQueue {
  open(): Promise<PullQueue>;
  /** Time goes by for leases, by whatever clock they end. */
  lapse(ms: number): Promise<void>;
}

const NOTHING = { durationMs: 1, accepted: [], rejected: [] };

/** A mail that is due then, and lives long enough. */
export const mailAt = (dueAt: number, isDated = false) =>
  dueMail({}, { dueAt: new Date(dueAt), isDated, expiresAt: new Date(dueAt + 9 * DAY) });

export async function claimAt(queue: PullQueue, now: number): Promise<readonly Claim[]> {
  const leasedUntil = new Date(now + MINUTE);
  const claim = { mailer: 'default', limit: 9, now: new Date(now), leasedUntil };
  return (await queue.exchange({ claim })).claims;
}

async function dueIn(queue: PullQueue, now: number): Promise<number> {
  return ((await queue.nextDueAt('default'))?.getTime() ?? Number.NaN) - now;
}

/** What every queue promises when the clock of its process is set back by a day. */
export function clockChecks(clock: Clock, { open, lapse }: ClockedQueue): void {
  const attempt = () => ({ ...NOTHING, startedAt: new Date(clock.now) });
  const claim = (queue: PullQueue) => claimAt(queue, clock.now);

  test('does not hold up a due mail, or one that is retried at once', async () => {
    const queue = await open();
    const [first, second] = [await queue.add(mailAt(clock.now)), await queue.add(mailAt(clock.now))];
    expect(await claim(queue)).toHaveLength(2);
    await settle(queue, first.id, { state: 'released' });
    await settle(queue, second.id, { state: 'dead', attempt: attempt() });
    await queue.retry({ id: second.id }, new Date(clock.now + DAY));
    const third = await queue.add(mailAt(clock.now));
    clock.now -= DAY;
    const ids = (await claim(queue)).map(({ id }) => id);
    expect(ids.toSorted()).toEqual([first.id, second.id, third.id].toSorted());
  });

  test('a mail waits for its next attempt as long as planned, and no longer', async () => {
    const queue = await open();
    const { id } = await queue.add(mailAt(clock.now));
    await claim(queue);
    const dueAt = new Date(clock.now + 5 * MINUTE);
    await settle(queue, id, { state: 'waiting', dueAt, attempt: attempt() });
    clock.now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue, clock.now)).toBe(5 * MINUTE);
    clock.now += 5 * MINUTE - 1;
    expect(await claim(queue)).toEqual([]);
    clock.now += 1;
    expect(await claim(queue)).toHaveLength(1);
  });

  test('a mail with a delay waits exactly that long', async () => {
    const queue = await open();
    await queue.add(mailAt(clock.now + 5 * MINUTE));
    clock.now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue, clock.now)).toBe(5 * MINUTE);
    clock.now += 5 * MINUTE;
    expect(await claim(queue)).toHaveLength(1);
  });

  test('keeps a given date', async () => {
    const queue = await open();
    const date = new Date(clock.now + DAY);
    await queue.add(mailAt(date.getTime(), true));
    clock.now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await queue.nextDueAt('default')).toEqual(date);
  });

  test('the lease of a dead process ends at its time', async () => {
    const queue = await open();
    await queue.add(mailAt(clock.now));
    await claim(queue);
    clock.now -= DAY;
    expect(await claim(queue)).toEqual([]);
    expect(await dueIn(queue, clock.now)).toBeLessThanOrEqual(MINUTE);
    await lapse(MINUTE);
    expect(await claim(queue)).toMatchObject([{ crashes: 1 }]);
  });
}
