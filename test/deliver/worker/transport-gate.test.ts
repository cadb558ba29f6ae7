import { PAUSES, TransportGate } from '../../../src/deliver/worker/transport-gate.js';
import { MailError } from '../../../src/errors/mail-error.js';

const down = new MailError('transport-unavailable', 'down');

/** A gate with a clock of its own and without jitter. */
function gate(pauses = { first: 100, login: 1_000, longest: 300 }) {
  let now = 0;
  return {
    gate: new TransportGate({ pauses, monotonic: () => now, random: () => 0.5 }),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('is open for all until the transport fails', () => {
  const { gate: open } = gate();
  expect(open.admits(7)).toBe(7);
  expect(open.answered(open.enter()!)).toBe(false);
  expect(open.admits(7)).toBe(7);
});

test('lets one mail find out after each pause, which doubles up to the longest', () => {
  const { gate: closed, pass } = gate();
  const pauses = [closed.fault(down, closed.enter()!)];
  for (let fault = 0; fault < 3; fault += 1) {
    expect(closed.admits(7)).toBe(0);
    pass(closed.opensIn());
    expect(closed.admits(7)).toBe(1);
    const probe = closed.enter()!;
    expect(closed.admits(7)).toBe(0);
    expect(closed.isProbed).toBe(true);
    pauses.push(closed.fault(down, probe));
  }
  expect(pauses).toEqual([100, 200, 300, 300]);
});

test('opens for all when the one got an answer, and counts faults from the start again', () => {
  const { gate: closed, pass } = gate();
  closed.fault(down, closed.enter()!);
  pass(100);
  expect(closed.answered(closed.enter()!)).toBe(true);
  expect(closed.admits(7)).toBe(7);
  expect(closed.fault(down, closed.enter()!)).toBe(100);
});

test('takes mails that were tried together for one fault, and what they heard for old news', () => {
  const { gate: closed, pass } = gate();
  const [first, second, third, fourth] = Array.from({ length: 4 }, () => closed.enter()!);
  expect(closed.fault(down, first!)).toBe(100);
  expect(closed.fault(down, second!)).toBeUndefined();
  pass(100);
  const probe = closed.enter()!;
  expect(closed.answered(third!)).toBe(false);
  closed.leave(fourth!);
  expect(closed.admits(7)).toBe(0);
  expect(closed.answered(probe)).toBe(true);
});

test('lets none in that were asked for before it closed, and no second one beside the one that finds out', () => {
  const { gate: closed, pass } = gate();
  expect(closed.admits(7)).toBe(7);
  closed.fault(down, closed.enter()!);
  expect(closed.enter()).toBeUndefined();
  pass(100);
  expect(closed.enter()).toEqual({ isProbe: true });
  expect(closed.enter()).toBeUndefined();
});

test('tells of the fault for as long as it is closed', () => {
  const { gate: closed, pass } = gate();
  closed.fault(down, closed.enter()!);
  expect(closed.lastFault).toBe(down);
  pass(100);
  closed.answered(closed.enter()!);
  expect(closed.lastFault).toBeUndefined();
});

test('lets another find out when the one did not get so far', () => {
  const { gate: closed, pass } = gate();
  closed.fault(down, closed.enter()!);
  pass(100);
  closed.leave(closed.enter()!);
  expect(closed.admits(7)).toBe(1);
});

test('waits longer after a refused login', () => {
  const { gate: closed } = gate();
  expect(closed.fault(new MailError('authentication', 'no'), closed.enter()!)).toBe(1_000);
  expect(PAUSES.login).toBeGreaterThanOrEqual(30_000);
});

test('keeps to a longer time that the next hop asked for, and to an hour at most', () => {
  const asking = (retryAfterMs: number) => new MailError('rate-limited', 'busy', { retryAfterMs });
  expect(gate().gate.fault(asking(30_000), { isProbe: false })).toBe(30_000);
  expect(gate().gate.fault(asking(10), { isProbe: false })).toBe(100);
  expect(gate().gate.fault(asking(1e12), { isProbe: false })).toBe(3_600_000);
  expect(gate().gate.fault(asking(Number.NaN), { isProbe: false })).toBe(100);
});

test('tells of the first fault in a row, and of one that is another than the last', () => {
  const told: string[] = [];
  const closed = new TransportGate({
    monotonic: () => 0,
    random: () => 0.5,
    onFault: ({ code }) => told.push(code),
  });
  const login = new MailError('authentication', 'no');
  for (const error of [down, down, login, login]) {
    closed.fault(error, { isProbe: true });
  }
  closed.answered({ isProbe: true });
  closed.fault(login, closed.enter()!);
  expect(told).toEqual(['transport-unavailable', 'authentication', 'authentication']);
});
