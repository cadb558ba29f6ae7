import { MemoryQueue } from '../../src/queue/memory-queue.js';
import { claimAt, type Clock, clockChecks, DAY, mailAt } from './clock-checks.js';
import { SpoolFolder } from './spool-under-test.js';

const START = Date.parse('2026-03-01T12:00:00Z');

let place: SpoolFolder;
const clock: Clock = { now: START };
beforeEach(async () => {
  clock.now = START;
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

const lapse = async (ms: number): Promise<void> => {
  clock.now += ms;
};
const openSpool = () => place.open({ clock: () => clock.now });

describe('a clock set back by a day, in memory', () => {
  clockChecks(clock, { open: async () => new MemoryQueue(() => new Date(clock.now)), lapse });
});

describe('a clock set back by a day, on disk', () => {
  clockChecks(clock, { open: openSpool, lapse });
});

test('a clock set back while no process runs does not delay mails either', async () => {
  const before = await openSpool();
  await before.add(mailAt(clock.now));
  await before.close();
  clock.now -= DAY;
  expect(await claimAt(await openSpool(), clock.now)).toHaveLength(1);
});
