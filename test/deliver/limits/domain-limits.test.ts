import { type DomainLimitOptions, DomainLimits } from '../../../src/deliver/limits/domain-limits.js';
import { Limiters } from '../../../src/deliver/limits/limiters.js';
import type { MailPriority } from '../../../src/queue/mail-queue.js';

/** Limits with a clock of their own. */
function limits(options: DomainLimitOptions) {
  let now = 0;
  const monotonic = () => now;
  const limiters = new Limiters({ monotonic, onStore: () => undefined });
  const domains = new DomainLimits(options, { limiters, monotonic, random: () => 0 });
  return {
    ask: (to: string | readonly string[], priority: MailPriority = 'normal') =>
      domains.waitFor({ remaining: [to].flat(), priority }),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const ONE_A_SECOND = { max: 1, per: 1_000 };

test('limits each domain by itself, and domains without a limit not at all', () => {
  const { ask } = limits({ 'a.test': ONE_A_SECOND });
  expect([ask('x@a.test'), ask('y@a.test')]).toEqual([0, 1_000]);
  expect([ask('x@b.test'), ask('y@b.test')]).toEqual([0, 0]);
});

test('takes * for each domain without a limit of its own', () => {
  const { ask } = limits({ '*': ONE_A_SECOND, 'big.test': { max: 2, per: 1_000 } });
  expect([ask('x@a.test'), ask('x@b.test'), ask('y@b.test')]).toEqual([0, 0, 1_000]);
  expect([ask('x@big.test'), ask('y@big.test'), ask('z@big.test')]).toEqual([0, 0, 1_000]);
});

test('recognises every spelling of a domain', () => {
  const { ask } = limits({ 'xn--bcher-kva.test': ONE_A_SECOND });
  expect([ask('x@bücher.test'), ask('y@xn--bcher-kva.test')]).toEqual([0, 1_000]);
});

test('takes one turn for a mail, however many of its recipients are in the domain, and none while another domain is busy', () => {
  const { ask, pass } = limits({ '*': { max: 2, per: 1_000 } });
  expect(ask(['x@a.test', 'y@a.test', 'z@b.test'])).toBe(0);
  expect(ask('x@b.test')).toBe(0);
  expect(ask(['x@a.test', 'x@b.test'])).toBe(1_000);
  expect(ask('y@a.test')).toBe(0);
  pass(1_000);
  expect(ask(['x@a.test', 'x@b.test'])).toBe(0);
});

test('lets waiting mails come back one after another, and a mail of high priority with the next turn', () => {
  const { ask } = limits({ 'a.test': ONE_A_SECOND });
  expect(ask('x@a.test')).toBe(0);
  expect([1, 2, 3].map(() => ask('x@a.test'))).toEqual([1_000, 1_900, 2_800]);
  expect(ask('x@a.test', 'high')).toBe(1_000);
});

test('puts no mail off for longer than five minutes', () => {
  const { ask } = limits({ 'a.test': ONE_A_SECOND });
  const waits = Array.from({ length: 1_000 }, () => ask('x@a.test'));
  expect(Math.max(...waits.map(Number))).toBeLessThanOrEqual(300_000);
});

test('counts the recipients of a domain where the limit does', () => {
  const { ask, pass } = limits({ 'a.test': { max: 3, per: 1_000, count: 'recipients' } });
  expect(ask(['x@a.test', 'y@a.test', 'z@b.test'])).toBe(0);
  expect(ask(['x@a.test', 'y@a.test'], 'high')).toBe(1_000);
  expect(ask('x@a.test')).toBe(0);
  pass(1_000);
  expect(ask(['v@a.test', 'w@a.test', 'x@a.test', 'y@a.test'])).toBe(0);
});
