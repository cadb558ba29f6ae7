import { PAUSES, CircuitBreaker } from '../../src/transport/circuit-breaker.js';
import { MailError } from '../../src/errors/mail-error.js';

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

test('admits all until the transport fails', () => {
  const { breaker: open } = breaker();
  expect(open.allows(7)).toBe(7);
  expect(open.succeed(open.acquire()!)).toBe(false);
  expect(open.allows(7)).toBe(7);
});

test('lets one mail probe after each pause, which doubles up to the longest', () => {
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

test('admits all after the probe got an answer, and counts faults from the start again', () => {
  const { breaker: closed, pass } = breaker();
  closed.fail(down, closed.acquire()!);
  pass(100);
  expect(closed.succeed(closed.acquire()!)).toBe(true);
  expect(closed.allows(7)).toBe(7);
  expect(closed.fail(down, closed.acquire()!)).toBe(100);
});

test('counts mails that were tried together as one fault, and ignores their late answers', () => {
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

test('admits no mail after it opened, and no second one beside the probe', () => {
  const { breaker: closed, pass } = breaker();
  expect(closed.allows(7)).toBe(7);
  closed.fail(down, closed.acquire()!);
  expect(closed.acquire()).toBeUndefined();
  pass(100);
  expect(closed.acquire()).toEqual({ isProbe: true });
  expect(closed.acquire()).toBeUndefined();
});

test('shows the fault while it is open', () => {
  const { breaker: closed, pass } = breaker();
  closed.fail(down, closed.acquire()!);
  expect(closed.lastFault).toBe(down);
  pass(100);
  closed.succeed(closed.acquire()!);
  expect(closed.lastFault).toBeUndefined();
});

test('lets another mail probe if the first did not reach the transport', () => {
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

test('keeps a longer pause that the next hop requested, up to an hour', () => {
  const asking = (retryAfterMs: number) => new MailError('rate-limited', 'busy', { retryAfterMs });
  expect(breaker().breaker.fail(asking(30_000), { isProbe: false })).toBe(30_000);
  expect(breaker().breaker.fail(asking(10), { isProbe: false })).toBe(100);
  expect(breaker().breaker.fail(asking(1e12), { isProbe: false })).toBe(3_600_000);
  expect(breaker().breaker.fail(asking(Number.NaN), { isProbe: false })).toBe(100);
});

test('reports the first fault in a row, and each fault of another kind than the last', () => {
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
