import { Pace } from '../../../src/deliver/limits/pace.js';

/** Three in a second, with a clock of its own. */
function pace() {
  let now = 0;
  return {
    pace: new Pace({ max: 3, per: 1_000 }, () => now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('gives as many turns as there may be, and the next ones a span after each', () => {
  const { pace: three, pass } = pace();
  expect(three.admits(10)).toBe(3);
  expect(three.take()).toBe(true);
  pass(400);
  expect([three.take(), three.take(), three.take()]).toEqual([true, true, false]);
  expect([three.admits(10), three.opensIn()]).toEqual([0, 600]);
  pass(600);
  expect([three.admits(10), three.opensIn()]).toEqual([1, 0]);
  pass(400);
  expect(three.admits(10)).toBe(3);
  expect(three.admits(2)).toBe(2);
});

test('never gives more than that in any span', () => {
  const { pace: three, pass } = pace();
  const turns: number[] = [];
  for (let now = 0; now < 20_000; now += 70) {
    while (three.take()) turns.push(now);
    pass(70);
  }
  for (const [index, turn] of turns.entries()) {
    expect((turns[index + 3] ?? Number.POSITIVE_INFINITY) - turn).toBeGreaterThanOrEqual(1_000);
  }
  expect(turns.length).toBeGreaterThan(50);
});

test('reserves turns ahead, in order, and none beyond what was asked for', () => {
  const { pace: three } = pace();
  const reserved = Array.from({ length: 7 }, () => three.reserve(1_500));
  expect(reserved).toEqual([0, 0, 0, 1_000, 1_000, 1_000, undefined]);
  expect(three.take()).toBe(false);
});

test('waits for a turn no longer than its signal allows, and then says why', async () => {
  const { pace: three } = pace();
  const { signal } = new AbortController();
  for (let turn = 0; turn < 3; turn += 1) expect(await three.turn(0, signal)).toBe(true);
  expect(await three.turn(999, signal)).toBe(false);
  const reason = new Error('enough');
  await expect(three.turn(1_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('several turns at once never make more than that in any span', () => {
  const { pace: three, pass } = pace();
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

test('more turns than a span has open with all of it, and those after them come the later', () => {
  const { pace: three, pass } = pace();
  expect(three.take()).toBe(true);
  pass(400);
  expect([three.opensIn(3), three.opensIn(8), three.reserve(599, 8), three.reserve(600, 8)]).toEqual([
    600,
    600,
    undefined,
    600,
  ]);
  // Eight are 3 + 3 + 2, from 1000 on.
  expect([three.reserve(9_999), three.reserve(9_999)]).toEqual([2_600, 3_600]);
});
