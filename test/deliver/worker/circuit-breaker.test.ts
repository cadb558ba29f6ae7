import { PAUSES, CircuitBreaker } from '../../../src/deliver/worker/circuit-breaker.js';
import { MailError } from '../../../src/errors/mail-error.js';

const down = new MailError('transport-unavailable', 'down');

/** A breaker with a clock of its own and without jitter. */
function breaker(pauses = { first: 100, login: 1_000, longest: 300 }) {
  let now = 0;
  return {
    breaker: new CircuitBreaker({ pauses, monotonic: () => now, random: () => 0.5 }),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('is open for all until the transport fails', () => {
  const { breaker: open } = breaker();
  expect(open.allows(7)).toBe(7);
  expect(open.succeed(open.acquire()!)).toBe(false);
  expect(open.allows(7)).toBe(7);
});

test('lets one mail find out after each pause, which doubles up to the longest', () => {
  const { breaker: closed, pass } = breaker();
  const pauses = [closed.fail(down, closed.acquire()!)];
  for (let fault = 0; fault < 3; fault += 1) {
    expect(closed.allows(7)).toBe(0);
    pass(closed.msUntilProbe());
    expect(closed.allows(7)).toBe(1);
    const probe = closed.acquire()!;
    expect(closed.allows(7)).toBe(0);
    expect(closed.isProbing).toBe(true);
    pauses.push(closed.fail(down, probe));
  }
  expect(pauses).toEqual([100, 200, 300, 300]);
});

test('opens for all when the one got an answer, and counts faults from the start again', () => {
  const { breaker: closed, pass } = breaker();
  closed.fail(down, closed.acquire()!);
  pass(100);
  expect(closed.succeed(closed.acquire()!)).toBe(true);
  expect(closed.allows(7)).toBe(7);
  expect(closed.fail(down, closed.acquire()!)).toBe(100);
});

test('takes mails that were tried together for one fault, and what they heard for old news', () => {
  const { breaker: closed, pass } = breaker();
  const [first, second, third, fourth] = Array.from({ length: 4 }, () => closed.acquire()!);
  expect(closed.fail(down, first!)).toBe(100);
  expect(closed.fail(down, second!)).toBeUndefined();
  pass(100);
  const probe = closed.acquire()!;
  expect(closed.succeed(third!)).toBe(false);
  closed.release(fourth!);
  expect(closed.allows(7)).toBe(0);
  expect(closed.succeed(probe)).toBe(true);
});

test('lets none in that were asked for before it closed, and no second one beside the one that finds out', () => {
  const { breaker: closed, pass } = breaker();
  expect(closed.allows(7)).toBe(7);
  closed.fail(down, closed.acquire()!);
  expect(closed.acquire()).toBeUndefined();
  pass(100);
  expect(closed.acquire()).toEqual({ isProbe: true });
  expect(closed.acquire()).toBeUndefined();
});

test('tells of the fault for as long as it is closed', () => {
  const { breaker: closed, pass } = breaker();
  closed.fail(down, closed.acquire()!);
  expect(closed.lastFault).toBe(down);
  pass(100);
  closed.succeed(closed.acquire()!);
  expect(closed.lastFault).toBeUndefined();
});

test('lets another find out when the one did not get so far', () => {
  const { breaker: closed, pass } = breaker();
  closed.fail(down, closed.acquire()!);
  pass(100);
  closed.release(closed.acquire()!);
  expect(closed.allows(7)).toBe(1);
});

test('waits longer after a refused login', () => {
  const { breaker: closed } = breaker();
  expect(closed.fail(new MailError('authentication', 'no'), closed.acquire()!)).toBe(1_000);
  expect(PAUSES.login).toBeGreaterThanOrEqual(30_000);
});

test('keeps to a longer time that the next hop asked for, and to an hour at most', () => {
  const asking = (retryAfterMs: number) => new MailError('rate-limited', 'busy', { retryAfterMs });
  expect(breaker().breaker.fail(asking(30_000), { isProbe: false })).toBe(30_000);
  expect(breaker().breaker.fail(asking(10), { isProbe: false })).toBe(100);
  expect(breaker().breaker.fail(asking(1e12), { isProbe: false })).toBe(3_600_000);
  expect(breaker().breaker.fail(asking(Number.NaN), { isProbe: false })).toBe(100);
});

test('tells of the first fault in a row, and of one that is another than the last', () => {
  const told: string[] = [];
  const closed = new CircuitBreaker({
    monotonic: () => 0,
    random: () => 0.5,
    onFault: ({ code }) => told.push(code),
  });
  const login = new MailError('authentication', 'no');
  for (const error of [down, down, login, login]) {
    closed.fail(error, { isProbe: true });
  }
  closed.succeed({ isProbe: true });
  closed.fail(login, closed.acquire()!);
  expect(told).toEqual(['transport-unavailable', 'authentication', 'authentication']);
});
