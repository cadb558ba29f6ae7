import type { SettledClaim } from '../../src/queue/mail-queue.js';
import { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { inParallel } from '../parallel.js';
import { Filler } from '../queue/fill.js';
import { newMail } from '../queue/new-mail.js';
import { scratch } from '../queue/scratch.js';
import type { Suite } from '../rounds.js';
import type { Task, Work } from '../task.js';

const COUNTS = [1_000, 100_000, 1_000_000] as const;
const FEWEST = COUNTS[0];
/** Filling a spool this far takes gigabytes and minutes. */
const LARGE: number = COUNTS[2];
const CALLERS = 100;
/** Mails claimed at once. */
const CLAIM = 10;
const DAY_MS = 24 * 3_600_000;

const queuedWith = (count: number): string => `queued, ${count.toLocaleString('en')} waiting`;
const takenFrom = (count: number): string => `claimed and settled, of ${count.toLocaleString('en')}`;

interface Filled {
  readonly spool: SqliteSpool;
  readonly filler: Filler;
  readonly close: () => Promise<void>;
}

async function filled(count: number): Promise<Filled> {
  const { spool: path, remove } = await scratch();
  const spool = new SqliteSpool({ path, clock: Date.now, maxBacklog: 10 * LARGE });
  await spool.open();
  await spool.add(await newMail());
  const filler = await Filler.open(path);
  filler.fillTo(count);
  const close = async (): Promise<void> => {
    filler.close();
    await spool.close();
    await remove();
  };
  return { spool, filler, close };
}

async function queueing(count: number): Promise<Work> {
  const { spool, filler, close } = await filled(count);
  const mail = await newMail();
  return {
    before: async () => filler.cutTo(count),
    run: (more) => inParallel(more, CALLERS, () => spool.add(mail)),
    close,
  };
}

async function taking(count: number): Promise<Work> {
  const { spool, filler, close } = await filled(count);
  return {
    before: async () => filler.fillTo(count),
    run: (some) => take(spool, some),
    close,
  };
}

async function take(spool: SqliteSpool, count: number): Promise<number> {
  let taken = 0;
  let settle: readonly SettledClaim[] = [];
  while (taken < count) {
    const now = new Date(Date.now() + DAY_MS);
    const leasedUntil = new Date(now.getTime() + DAY_MS);
    const limit = Math.min(CLAIM, count - taken);
    const claim = { mailer: 'default', limit, now, leasedUntil };
    const { claims } = await spool.exchange({ settle, claim });
    if (claims.length === 0) break;
    settle = claims.map(({ id }) => ({ id, settlement: { state: 'sent' } }));
    taken += claims.length;
  }
  await spool.exchange({ settle });
  return taken;
}

/** Keeps a run that only checks itself from filling a disk. */
const least = (count: number, { smoke }: Task): number => (smoke ? FEWEST : count);

export const queueBacklog: Suite = {
  title: 'Queue: what it costs to queue and to claim a mail, by how many wait',
  candidates: new Map([
    ...COUNTS.map((count) => [queuedWith(count), (task: Task) => queueing(least(count, task))] as const),
    ...COUNTS.map((count) => [takenFrom(count), (task: Task) => taking(least(count, task))] as const),
  ]),
  against: new Map([
    [queuedWith(FEWEST), COUNTS.slice(1).map(queuedWith)],
    [takenFrom(FEWEST), COUNTS.slice(1).map(takenFrom)],
  ]),
  batch: () => 500,
  long: new Set([queuedWith(LARGE), takenFrom(LARGE)]),
};
