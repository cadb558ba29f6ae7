import { RateLimiter } from '../../../src/deliver/limits/rate-limiter.js';

/** Three in a second, with a clock of its own. */
function limiter() {
  let now = 0;
  return {
    limiter: new RateLimiter({ max: 3, per: 1_000 }, () => now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('gives the maximum of turns, and each next one a span later', () => {
  const { limiter: three, pass } = limiter();
  expect(three.available(10)).toBe(3);
  expect(three.tryAcquire()).toBe(true);
  pass(400);
  expect([three.tryAcquire(), three.tryAcquire(), three.tryAcquire()]).toEqual([true, true, false]);
  expect([three.available(10), three.msUntilNext()]).toEqual([0, 600]);
  pass(600);
  expect([three.available(10), three.msUntilNext()]).toEqual([1, 0]);
  pass(400);
  expect(three.available(10)).toBe(3);
  expect(three.available(2)).toBe(2);
});

test('never exceeds the limit in any span', () => {
  const { limiter: three, pass } = limiter();
  const turns: number[] = [];
  for (let now = 0; now < 20_000; now += 70) {
    while (three.tryAcquire()) turns.push(now);
    pass(70);
  }
  for (const [index, turn] of turns.entries()) {
    expect((turns[index + 3] ?? Number.POSITIVE_INFINITY) - turn).toBeGreaterThanOrEqual(1_000);
  }
  expect(turns.length).toBeGreaterThan(50);
});

test('reserves turns ahead, in order, and none beyond the longest wait', () => {
  const { limiter: three } = limiter();
  const reserved = Array.from({ length: 7 }, () => three.reserve(1_500));
  expect(reserved).toEqual([0, 0, 0, 1_000, 1_000, 1_000, undefined]);
  expect(three.tryAcquire()).toBe(false);
});

test('waits for a turn no longer than its signal allows, and then gives the reason', async () => {
  const { limiter: three } = limiter();
  const { signal } = new AbortController();
  for (let turn = 0; turn < 3; turn += 1) expect(await three.acquire(0, signal)).toBe(true);
  expect(await three.acquire(999, signal)).toBe(false);
  const reason = new Error('enough');
  await expect(three.acquire(1_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('several turns at once never exceed the limit in any span', () => {
  const { limiter: three, pass } = limiter();
  const turns: number[] = [];
  const sizes = [1, 3, 2, 1, 1, 2, 3, 2];
  for (let now = 0; now < 40_000; now += 70) {
    const size = sizes[turns.length % sizes.length] ?? 1;
    if (three.reserve(0, size) !== undefined) turns.push(...Array.from({ length: size }, () => now));
    pass(70);
  }
  for (const [index, turn] of turns.entries()) {
    expect((turns[index + 3] ?? Number.POSITIVE_INFINITY) - turn).toBeGreaterThanOrEqual(1_000);
  }
  expect(turns.length).toBeGreaterThan(80);
});

test('more turns than a span has start with the whole span, and later turns wait longer', () => {
  const { limiter: three, pass } = limiter();
  expect(three.tryAcquire()).toBe(true);
  pass(400);
  expect([three.msUntilNext(3), three.msUntilNext(8), three.reserve(599, 8), three.reserve(600, 8)]).toEqual([
    600,
    600,
    undefined,
    600,
  ]);
  // Eight are 3 + 3 + 2, from 1000 on.
  expect([three.reserve(9_999), three.reserve(9_999)]).toEqual([2_600, 3_600]);
});
