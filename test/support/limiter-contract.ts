import type { Limiter, RateLimit } from '../../src/deliver/limits/rate-limiter.js';

const { signal: never } = new AbortController();
/** A span that no test outlives. */
const LONG = 3_600_000;
const three = (per = LONG): RateLimit => ({ max: 3, per });

/** A wait as a number of spans: clocks go on meanwhile. */
const spans = (wait: number | undefined): number | undefined =>
  wait === undefined ? undefined : Math.round(wait / LONG);

/** What every limiter does. @param make a limiter that no other test has */
export function limiterContract(make: (limit: RateLimit) => Promise<Limiter>): void {
  const taken = async (limiter: Limiter, within: readonly number[], turns = 1) => {
    const waits: Array<number | undefined> = [];
    for (const withinMs of within) waits.push(spans(await limiter.reserve(withinMs, turns)));
    return waits;
  };

  test('gives the maximum of turns, and none beyond it in the span', async () => {
    const limiter = await make(three());
    expect(limiter.isIdle).toBe(true);
    expect(await taken(limiter, [0, 0, 0, 0])).toEqual([0, 0, 0, undefined]);
    expect([limiter.available(9), spans(limiter.msUntilNext()), limiter.isIdle]).toEqual([0, 1, false]);
  });

  test('gives as many to mails that ask at the same time', async () => {
    const limiter = await make(three());
    const waits = await Promise.all([1, 2, 3, 4, 5].map(async () => limiter.reserve(0)));
    expect(waits).toEqual([0, 0, 0, undefined, undefined]);
  });

  test('reserves turns ahead, in order, and none beyond the longest wait', async () => {
    const limiter = await make(three());
    const waits = await taken(limiter, [LONG, LONG, LONG, LONG, LONG, LONG, LONG]);
    expect(waits).toEqual([0, 0, 0, 1, 1, 1, undefined]);
    expect(spans(limiter.msUntilNext())).toBe(2);
  });

  test('takes several turns at once or none, and tells when they would come', async () => {
    const limiter = await make(three());
    expect(await taken(limiter, [0, 0], 2)).toEqual([0, undefined]);
    expect([spans(limiter.msUntilNext(2)), limiter.msUntilNext(1)]).toEqual([1, 0]);
    expect(await taken(limiter, [0, 0])).toEqual([0, undefined]);
  });

  test('more turns than a span has start with the whole span, and later turns wait longer', async () => {
    const limiter = await make(three());
    const all = 9 * LONG;
    expect(await taken(limiter, [0], 5)).toEqual([0]);
    expect(await taken(limiter, [all, all, all])).toEqual([1, 2, 2]);
  });

  test('gives turns again a span later', async () => {
    const limiter = await make(three(20));
    const turns = Array.from({ length: 10 }, () => limiter.acquire(LONG, never));
    expect(await Promise.all(turns)).toEqual(turns.map(() => true));
  });

  test('waits for a turn no longer than its signal allows, and then gives the reason', async () => {
    const limiter = await make(three());
    for (let turn = 0; turn < 3; turn += 1) expect(await limiter.acquire(0, never)).toBe(true);
    expect(await limiter.acquire(LONG - 60_000, never)).toBe(false);
    const reason = new Error('enough');
    await expect(limiter.acquire(LONG, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
}
