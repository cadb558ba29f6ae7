import { setImmediate as turn } from 'node:timers/promises';
import { retry } from 'nest-mailroom';
import { MailError } from '../../../src/errors/mail-error.js';
import { RetryTransport } from '../../../src/transport/composed/retry.js';
import {
  type Act,
  down,
  failure,
  MemberTransport,
  refused,
  unknown,
} from '../../support/member-transport.js';
import { renderedMessage } from '../../support/rendered-message.js';

const signal = new AbortController().signal;
const message = renderedMessage();

const patient = (member: MemberTransport, attempts = 3, random = 0) =>
  new RetryTransport(member, { attempts }, { random: () => random });

const greylisted = new MailError('recipients-rejected', '451 later', { retryable: true });

/** What the attempts do → how many are made. */
test.each<[string, Act[], number]>([
  ['a success', [], 1],
  ['a fault that passes', [down(), down()], 3],
  ['greylisting', [greylisted], 2],
  ['a fault that stays', [down(), down(), down(), down()], 3],
  ['a refusal for good', [refused()], 1],
  ['an unknown outcome', [unknown()], 1],
  [
    'an unknown outcome of a fault',
    [new MailError('transport-unavailable', '500', { outcome: 'unknown' })],
    1,
  ],
  ['an unknown outcome after a fault', [down(), unknown()], 2],
])('%s: %j', async (_what, acts, attempts) => {
  const member = new MemberTransport('a', ...acts);
  await patient(member)
    .send(message, { signal })
    .catch(() => undefined);
  expect(member.asked).toHaveLength(attempts);
});

test('a queued mail is tried again by the queue alone', async () => {
  const member = new MemberTransport('a', down());
  await failure(patient(member).send(message, { signal, isQueued: true }));
  expect(member.asked).toHaveLength(1);
});

test('a receipt and a refusal name the member; a fault of the whole does not', async () => {
  const member = new MemberTransport('a', refused(), down());
  const whole = patient(member, 1);
  expect(whole.name).toBe('retry(a)');
  expect((await failure(whole.send(message, { signal }))).transport).toBe('a');
  expect((await failure(whole.send(message, { signal }))).transport).toBeUndefined();
  expect((await whole.send(message, { signal })).transport).toBe('a');
});

describe('waits', () => {
  test('at least as long as the server asked for', async () => {
    const member = new MemberTransport('a', new MailError('rate-limited', 'slow', { retryAfterMs: 60 }));
    const before = performance.now();
    await patient(member).send(message, { signal });
    expect(performance.now() - before).toBeGreaterThanOrEqual(59);
  });

  test('not at all if the call would be over', async () => {
    const member = new MemberTransport('a', new MailError('rate-limited', 'slow', { retryAfterMs: 60_000 }));
    const error = await failure(patient(member).send(message, { signal, endsAt: performance.now() + 5_000 }));
    expect([error.code, member.asked.length]).toEqual(['rate-limited', 1]);
  });

  test('end when the call is aborted', async () => {
    const member = new MemberTransport('a', new MailError('rate-limited', 'slow', { retryAfterMs: 20_000 }));
    const abort = new AbortController();
    const sending = failure(patient(member).send(message, { signal: abort.signal }));
    await turn();
    abort.abort();
    expect((await sending).code).toBe('aborted');
  });

  test('tell the attempts when the call ends', async () => {
    const member = new MemberTransport('a', down());
    const endsAt = performance.now() + 5_000;
    await patient(member).send(message, { signal, endsAt });
    expect(member.asked.map((options) => options.endsAt)).toEqual([endsAt, endsAt]);
  });
});

test.each([0, 101, 1.5, '3', null])('attempts %j are refused', (attempts) => {
  const make = () => Reflect.apply(retry, undefined, [new MemberTransport('a'), { attempts }]);
  expect(make).toThrow('retry(): expected as attempts a whole number from 1 to 100');
});

test('the account of its member is asked for the rate', async () => {
  const rate = { max: 14, per: 1_000, count: 'recipients' } as const;
  const member = Object.assign(new MemberTransport('a'), { accountRate: () => Promise.resolve(rate) });
  expect(await retry(member).accountRate?.({ signal })).toEqual(rate);
  expect(retry(new MemberTransport('b')).accountRate).toBeUndefined();
});
