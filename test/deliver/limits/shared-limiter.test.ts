import { Limiters } from '../../../src/deliver/limits/limiters.js';
import { DomainLimits } from '../../../src/deliver/limits/domain-limits.js';
import { type RateLimit, RateLimiter } from '../../../src/deliver/limits/rate-limiter.js';
import { SharedRateLimiter } from '../../../src/deliver/limits/shared-rate-limiter.js';
import { TurnFile } from '../../../src/queue/spool/thread/turn-file.js';
import type { TurnStore } from '../../../src/queue/turn-store.js';
import { afterCleanup, cleanup, folder } from '../../support/application.js';

afterEach(cleanup);

const LIMIT: RateLimit = { max: 10, per: 10_000 };

/** A spool's store that can be away, and processes that share it; all have one clock, which the test moves. */
async function processes() {
  let now = 1_000;
  let fault: Error | undefined;
  const told: unknown[] = [];
  const file = new TurnFile(`${await folder()}/spool.db`, () => now);
  afterCleanup(async () => file.close());
  const exchanges: number[] = [];
  const store: TurnStore = {
    take: async (request) => {
      if (fault) throw fault;
      exchanges.push(request.wanted.length);
      return file.take({ ...request, limit: Buffer.from(request.limit) });
    },
  };
  const monotonic = () => now;
  const onStore = (error: unknown): void => void told.push(error);
  const limiters = new Limiters({ monotonic, onStore });
  limiters.shareOver(store);
  return {
    limiters,
    monotonic,
    exchanges,
    told,
    process: (limit: RateLimit = LIMIT) =>
      new SharedRateLimiter({ name: 'mailer:default', limit, store, monotonic, onStore }),
    pass: (ms: number) => {
      now += ms;
    },
    away: () => {
      fault = new Error('gone');
    },
    back: () => {
      fault = undefined;
    },
  };
}

async function take(limiter: SharedRateLimiter, turns: number): Promise<number> {
  const waits = await Promise.all(Array.from({ length: turns }, () => limiter.reserve(0)));
  return waits.filter((wait) => wait === 0).length;
}

/** Until a store that is back has been asked. */
async function asked(limiter: SharedRateLimiter, told: readonly unknown[]): Promise<void> {
  for (; told.at(-1) !== undefined; await new Promise(setImmediate)) limiter.available(1);
}

test('mails that ask at the same time share one exchange', async () => {
  const { process, exchanges } = await processes();
  expect(await take(process(), 8)).toBe(8);
  expect(exchanges).toEqual([8]);
});

test('a worker claims a tenth of the limit at a time, and none before a turn is near', async () => {
  const { process, pass } = await processes();
  const limiter = process({ max: 50, per: 10_000 });
  expect([limiter.available(10), limiter.available(3)]).toEqual([5, 3]);
  expect(await take(limiter, 50)).toBe(50);
  pass(9_899);
  expect(limiter.available(10)).toBe(0);
  pass(1);
  expect(limiter.available(10)).toBe(5);
});

test('while the store is away each process goes on with the share it had, and all stay within the limit', async () => {
  const { process, pass, away, told } = await processes();
  const [busy, calm, idle] = [process(), process(), process()];
  expect([await take(busy, 7), await take(calm, 3), await take(idle, 1)]).toEqual([7, 3, 0]);
  away();
  expect([await take(busy, 9), await take(calm, 9)]).toEqual([0, 0]);
  expect(told.at(-1)).toEqual(new Error('gone'));
  for (let span = 0; span < 3; span += 1) {
    pass(10_000);
    expect([await take(busy, 9), await take(calm, 9)]).toEqual([7, 3]);
  }
  // A process without a share may send, too.
  expect(await take(idle, 9)).toBe(1);
});

test.each([
  ['open', 10],
  ['closed', 0],
] as const)('whenUnavailable: %s gives %i turns', async (whenUnavailable, turns) => {
  const { process, away, back, pass, told } = await processes();
  const limiter = process({ ...LIMIT, whenUnavailable });
  away();
  expect(await take(limiter, 12)).toBe(turns);
  expect([limiter.isClosed, limiter.available(12), limiter.msUntilNext()]).toEqual([turns === 0, 0, 1_000]);
  back();
  pass(1_000);
  await asked(limiter, told);
  expect(await take(limiter, 12)).toBe(10 - turns);
});

test('a store that is back is told the turns that were taken meanwhile', async () => {
  const { process, pass, away, back, told } = await processes();
  const [one, other] = [process(), process()];
  expect(await take(one, 4)).toBe(4);
  away();
  expect(await take(one, 9)).toBe(0);
  pass(10_000);
  expect(await take(one, 9)).toBe(4);
  back();
  pass(1_000);
  expect(await one.reserve(0)).toBeUndefined();
  await asked(one, told);
  expect(await take(other, 9)).toBe(6);
});

test('a store that hangs holds mails up for no longer than its time, once', async () => {
  const monotonic = () => performance.now();
  const told: unknown[] = [];
  const store: TurnStore = { take: () => new Promise(() => undefined) };
  const onStore = (error: unknown): void => void told.push(error);
  const limiter = new SharedRateLimiter({ name: 'mailer:default', limit: LIMIT, store, monotonic, onStore });
  expect(await limiter.reserve(0)).toBe(0);
  expect(await limiter.reserve(0)).toBeUndefined();
  expect(told).toEqual([expect.objectContaining({ code: 'transport-unavailable' })]);
});

test('domains share their limits too, in mails or recipients', async () => {
  const { limiters, monotonic } = await processes();
  const options = {
    'a.test': { max: 3, per: 10_000, count: 'recipients' },
    '*': { max: 1, per: 5_000 },
  } as const;
  const [here, there] = [0, 1].map(() => new DomainLimits(options, { limiters, monotonic, random: () => 0 }));
  const ask = (limits: DomainLimits | undefined, ...remaining: readonly string[]) =>
    limits?.waitFor({ remaining, priority: 'high' });
  expect(await ask(here, 'x@a.test', 'y@a.test')).toBe(0);
  expect(await ask(there, 'x@a.test', 'y@a.test')).toBe(10_000);
  expect(await ask(there, 'x@a.test')).toBe(0);
  expect([await ask(here, 'x@b.test'), await ask(there, 'x@b.test'), await ask(there, 'x@c.test')]).toEqual([
    0, 5_000, 0,
  ]);
});

test('without a store a process keeps a limit for itself', () => {
  const limiters = new Limiters({ monotonic: () => 0, onStore: () => undefined });
  expect(limiters.make('mailer:default', LIMIT)).toBeInstanceOf(RateLimiter);
});
