import { inspect } from 'node:util';
import { failover, SmtpTransport } from 'nest-mailroom';
import { MailError, type MailErrorOptions } from '../../../src/errors/mail-error.js';
import { failoverTransport } from '../../../src/transport/composed/failover.js';
import type { AttemptOptions } from '../../../src/transport/transport.js';
import { down, failure, MemberTransport, refused, unknown } from '../../support/member-transport.js';
import { renderedMessage } from '../../support/rendered-message.js';

const message = renderedMessage();
const never = new AbortController().signal;
const call = (parts: Partial<AttemptOptions> = {}): AttemptOptions => ({ signal: never, ...parts });

interface Pair {
  readonly a: MemberTransport;
  readonly b: MemberTransport;
  readonly both: ReturnType<typeof failoverTransport>;
  readonly log: string[];
  /** Milliseconds of the breakers' clock. */
  readonly time: { now: number };
}

function pair(): Pair {
  const [a, b] = [new MemberTransport('a'), new MemberTransport('b')];
  const log: string[] = [];
  const time = { now: 0 };
  const write = (line: string): void => void log.push(line);
  const both = failoverTransport([a, b], {
    logger: { log: write, debug: write, warn: write },
    monotonic: () => time.now,
    random: () => 0.5,
  });
  return { a, b, both, log, time };
}

/** Code and traits → whether the mail goes on to the next member, and whether later mails avoid this one. */
const FAULTS: ReadonlyArray<
  readonly [MailError['code'], MailErrorOptions, 'goes on' | 'stays', 'avoided' | 'used again']
> = [
  ['transport-unavailable', {}, 'goes on', 'avoided'],
  ['authentication', {}, 'goes on', 'avoided'],
  ['tls', {}, 'goes on', 'avoided'],
  ['config', {}, 'goes on', 'avoided'],
  ['closed', {}, 'goes on', 'avoided'],
  ['timeout', {}, 'goes on', 'avoided'],
  ['rate-limited', {}, 'goes on', 'avoided'],
  ['rate-limited', { scope: 'recipient' }, 'goes on', 'avoided'],
  ['unsupported', {}, 'goes on', 'used again'],
  ['timeout', { scope: 'mail' }, 'stays', 'used again'],
  ['message-rejected', {}, 'stays', 'used again'],
  ['message-rejected', { retryable: true }, 'stays', 'used again'],
  ['recipients-rejected', {}, 'stays', 'used again'],
  ['recipients-rejected', { retryable: true }, 'stays', 'used again'],
  ['ambiguous', {}, 'stays', 'avoided'],
  ['transport-unavailable', { outcome: 'unknown' }, 'stays', 'avoided'],
  ['rate-limited', { outcome: 'unknown' }, 'stays', 'avoided'],
  ['message-rejected', { outcome: 'unknown' }, 'stays', 'avoided'],
];

test.each(FAULTS)('%s %j %s, and the member is %s', async (code, traits, way, later) => {
  const { a, b, both } = pair();
  a.acts.push(new MailError(code, 'the fault', traits));
  if (way === 'goes on') {
    expect((await both.send(message, call())).transport).toBe('b');
  } else {
    const error = await failure(both.send(message, call()));
    const isUnknown = error.outcome === 'unknown';
    expect([error.code, error.transport]).toEqual([isUnknown ? 'ambiguous' : code, 'a']);
    expect(b.asked).toHaveLength(0);
  }
  const next = await both.send(message, call());
  expect(next.transport).toBe(later === 'avoided' ? 'b' : 'a');
});

test('a partial acceptance is a receipt', async () => {
  const { a, b, both } = pair();
  const rejected = [{ address: 'bea@to.test', code: 'transport-unavailable', retryable: true } as const];
  a.acts.push(async (mail) => ({ ...a.receipt(mail), rejected }));
  expect(await both.send(message, call())).toMatchObject({ transport: 'a', rejected });
  expect(b.asked).toHaveLength(0);
});

test('a member that failed is probed by one mail after its pause, and used again once it works', async () => {
  const { a, both, time, log } = pair();
  a.acts.push(down(), down());
  const carrier = async (): Promise<string> => (await both.send(message, call())).transport;
  expect([await carrier(), await carrier()]).toEqual(['b', 'b']);
  time.now = 1_000;
  expect([await carrier(), await carrier()]).toEqual(['b', 'b']);
  time.now = 3_000;
  expect([await carrier(), await carrier()]).toEqual(['a', 'a']);
  expect(log).toEqual([
    'failover(a b) cannot send by a now: could not be reached',
    'failover(a b) sends by a again.',
  ]);
});

test('a member that breaks the contract may have sent the mail', async () => {
  const { a, b, both } = pair();
  a.acts.push(() => Promise.reject(new Error('boom')));
  expect(await failure(both.send(message, call()))).toMatchObject({ code: 'ambiguous', transport: 'a' });
  expect(b.asked).toHaveLength(0);
});

describe('time', () => {
  test('each member but the last gets at most half of the time left', async () => {
    const { a, both } = pair();
    const [b, c] = [new MemberTransport('b', 'hang'), new MemberTransport('c')];
    a.acts.push('hang');
    const three = failover([a, b, c]);
    const endsAt = performance.now() + 400;
    const receipt = await three.send(message, call({ endsAt }));
    expect(receipt.transport).toBe('c');
    for (const { asked, askedAt } of [a, b]) {
      const [left = 0, given = 0] = [endsAt, asked[0]?.endsAt ?? Infinity].map(
        (end) => end - (askedAt[0] ?? 0),
      );
      expect(given).toBeLessThanOrEqual(left / 2 + 1);
    }
    expect(c.asked[0]?.endsAt).toBe(endsAt);
    await both.close();
  });

  test('without a known end the first member gets 15 seconds', async () => {
    const { a, both } = pair();
    const before = performance.now();
    await both.send(message, call());
    expect(a.asked[0]?.endsAt).toBeGreaterThanOrEqual(before + 14_999);
    expect(a.asked[0]?.endsAt).toBeLessThanOrEqual(performance.now() + 15_000);
  });

  test('a member that does not stop when told to may have sent the mail', async () => {
    const { a, b, both } = pair();
    a.acts.push(() => new Promise(() => {}));
    const error = await failure(both.send(message, call({ endsAt: performance.now() + 100 })));
    expect(error).toMatchObject({ code: 'ambiguous', transport: 'a' });
    expect(b.asked).toHaveLength(0);
  });

  test('a call that is aborted goes to no other member, and blames none', async () => {
    const { a, b, both } = pair();
    a.acts.push('hang');
    const abort = new AbortController();
    const sending = failure(both.send(message, call({ signal: abort.signal })));
    abort.abort(new MailError('aborted', 'by the caller'));
    expect((await sending).code).toBe('aborted');
    expect(b.asked).toHaveLength(0);
    expect((await both.send(message, call())).transport).toBe('a');
  });
});

describe('when no member works', () => {
  test('the error names each, and pauses the whole transport', async () => {
    const { a, b, both } = pair();
    a.standing = new MailError('authentication', '535 no');
    b.standing = down();
    const error = await failure(both.send(message, call()));
    expect(error).toMatchObject({
      code: 'authentication',
      scope: 'transport',
      outcome: 'not-sent',
      retryable: true,
    });
    expect(error.transport).toBeUndefined();
    expect(error.message).toBe('failover(a b): no member took the mail. a: 535 no; b: could not be reached.');
  });

  test('a queued mail waits for the first breaker, without an attempt', async () => {
    const { a, b, both } = pair();
    a.standing = new MailError('rate-limited', 'slow down', { retryAfterMs: 9_000 });
    b.standing = new MailError('rate-limited', 'slow down', { retryAfterMs: 7_000 });
    await failure(both.send(message, call({ isQueued: true })));
    const error = await failure(both.send(message, call({ isQueued: true })));
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 7_000 });
    expect([a, b].map(({ asked }) => asked.length)).toEqual([1, 1]);
  });

  test('mails behind breakers that unknown outcomes opened were not sent', async () => {
    const { a, b, both } = pair();
    for (const member of [a, b]) {
      member.acts.push(unknown());
      await failure(both.send(message, call({ pinnedTo: member.name, isQueued: true })));
    }
    for (const pinnedTo of [undefined, 'a']) {
      const error = await failure(both.send(message, call({ isQueued: true, pinnedTo })));
      const expected = {
        code: 'transport-unavailable',
        outcome: 'not-sent',
        scope: 'transport',
        retryAfterMs: 1_000,
      };
      expect(error).toMatchObject(expected);
    }
  });

  test('send() tries members behind open breakers, but not those that asked for a pause or refused a login', async () => {
    const { a, b, both } = pair();
    for (const [first, second] of [
      [down(), 'b'],
      [new MailError('authentication', '535 no'), 'b'],
    ] as const) {
      a.acts.push(first);
      b.acts.push(down());
      await failure(both.send(message, call()));
      expect((await both.send(message, call())).transport).toBe(
        first.code === 'authentication' ? second : 'a',
      );
    }
    a.standing = b.standing = new MailError('rate-limited', 'slow down', { retryAfterMs: 9_000 });
    for (let round = 1; round <= 3; round += 1) await failure(both.send(message, call()));
    const before = a.asked.length + b.asked.length;
    await failure(both.send(message, call()));
    expect(a.asked.length + b.asked.length).toBe(before);
  });

  test('a mail that only a member at fault can carry waits for that one alone', async () => {
    const { a, b, both } = pair();
    a.standing = down();
    b.unsayable = new MailError('unsupported', 'no tags', { at: { field: 'tags' } });
    const error = await failure(both.send(message, call({ isQueued: true })));
    expect(error).toMatchObject({ code: 'transport-unavailable', transport: 'a', outcome: 'not-sent' });
  });
});

describe('a mail that may have been sent', () => {
  test('goes to its member alone, even if that is down', async () => {
    const { a, b, both } = pair();
    expect((await both.send(message, call({ pinnedTo: 'b' }))).transport).toBe('b');
    b.standing = down();
    const error = await failure(both.send(message, call({ pinnedTo: 'b', isQueued: true })));
    expect(error).toMatchObject({ code: 'transport-unavailable', transport: 'b', outcome: 'not-sent' });
    expect(a.asked).toHaveLength(0);
  });

  test('goes to nobody if its member is gone', async () => {
    const { a, b, both } = pair();
    const error = await failure(both.send(message, call({ pinnedTo: 'c' })));
    expect(error).toMatchObject({ code: 'ambiguous', outcome: 'unknown', transport: 'c' });
    expect([...a.asked, ...b.asked]).toEqual([]);
  });

  test('finds its member inside another', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new MemberTransport(name));
    if (!a || !b || !c) throw new Error('three members');
    const nested = failover([failover([a, b]), c]);
    expect(nested.members).toEqual(['a', 'b', 'c']);
    expect((await nested.send(message, call({ pinnedTo: 'b' }))).transport).toBe('b');
    b.acts.push(unknown());
    expect(await failure(nested.send(message, call({ pinnedTo: 'b' })))).toMatchObject({ transport: 'b' });
    // Only b is avoided, not the pair that it is in.
    expect((await nested.send(message, call())).transport).toBe('a');
  });
});

describe('check', () => {
  const noTags = new MailError('unsupported', 'no tags', { at: { field: 'tags' } });

  test('refuses what no member can carry, and names the field', async () => {
    const { a, b, both } = pair();
    a.unsayable = noTags;
    both.check(message);
    b.unsayable = new MailError('unsupported', 'no dsn', { at: { field: 'dsn' } });
    const refusal = failure((async () => both.check(message))());
    expect(await refusal).toMatchObject({ code: 'unsupported', at: { field: 'tags' } });
    expect((await refusal).message).toContain('a: no tags; b: no dsn');
    expect(await failure(both.send(message, call()))).toMatchObject({
      code: 'unsupported',
      at: { field: 'tags' },
    });
  });

  test('a mail goes past a member that cannot carry it', async () => {
    const { a, both } = pair();
    a.unsayable = noTags;
    expect((await both.send(message, call())).transport).toBe('b');
    a.unsayable = undefined;
    expect((await both.send(message, call())).transport).toBe('a');
  });
});

test('verify rejects only if no member works, and logs the others', async () => {
  const { a, b, both, log } = pair();
  a.standing = down();
  await both.verify(call());
  expect(log).toEqual(['failover(a b) cannot send by a now: could not be reached']);
  b.standing = refused('554 no service');
  const error = await failure(both.verify(call()));
  expect(error.message).toContain('a: could not be reached; b: 554 no service');
});

test('closing closes each member once, and says which ones do not close', async () => {
  const { a, b, both } = pair();
  const work = Promise.all([both.close(), both.close()]);
  await work;
  expect([a.closed, b.closed]).toEqual([1, 1]);
  const { a: broken, b: other, both: second } = pair();
  broken.close = () => Promise.reject(new Error('a is stuck'));
  await expect(second.close()).rejects.toThrow('a is stuck');
  expect(other.closed).toBe(1);
});

test('it captures if every member does, and tells its targets', () => {
  const at = (name: string, captures: boolean) =>
    Object.assign(new MemberTransport(name), { captures, target: `${name}.example.test:25` });
  expect(failover([at('a', true), at('b', true)]).captures).toBe(true);
  expect(failover([at('a', true), at('b', false)]).captures).toBe(false);
  expect(failover([at('a', true), at('b', true)]).target).toBe('a.example.test:25, b.example.test:25');
});

describe('names', () => {
  const smtp = (host: string): SmtpTransport => new SmtpTransport({ host });

  test('are those given, or scheme and host', () => {
    const whole = failover([{ name: 'main', transport: smtp('a.example.test') }, smtp('b.example.test')]);
    expect(whole.name).toBe('failover(main smtp)');
    expect(whole.members).toEqual(['main', 'smtp://b.example.test:587']);
  });

  test('of a transport without a host are its own', () => {
    expect(failover([new MemberTransport('pigeon'), smtp('b.example.test')]).members?.[0]).toBe('pigeon');
  });

  test.each([
    ['twice', () => failover([smtp('a.example.test'), smtp('a.example.test')])],
    [
      'twice, given',
      () => failover([{ name: 'a', transport: smtp('b.example.test') }, new MemberTransport('a')]),
    ],
    [
      'twice, inside another',
      () => failover([new MemberTransport('a'), failover([new MemberTransport('a')])]),
    ],
  ])('are refused %s', (_what, make) => {
    expect(make).toThrow(/members with names of their own, got ".*" twice\. Name them/);
  });

  test('may be those of one transport at several places', () => {
    const [a, b] = [new MemberTransport('a'), new MemberTransport('b')];
    expect(failover([failover([a, b]), failover([b, a])]).members).toEqual(['a', 'b']);
  });
});

test.each([
  [[], /a list of transports, got an empty one/],
  ['smtp://a', /a list of transports, got/],
  [[undefined], /member 1: expected a URL, SMTP options, a transport or its class, got nothing/],
  [[{ name: 'a b', transport: new MemberTransport('a') }], /as name a word such as main, got "a b"/],
  [[{ name: 'a', transport: 5 }], /member 1: expected a URL.* got 5/],
])('members %j are refused', (members, says) => {
  expect(() => Reflect.apply(failover, undefined, [members])).toThrow(says);
});

test('a member that is given as a URL is made by the module, and the error says so', async () => {
  const whole = failover(['smtp://user:secret@a.example.test', new MemberTransport('b')]);
  expect(whole.name).toBe('failover(smtp b)');
  const error = await failure(whole.send(message, call()));
  expect(error.message).toContain('made by MailModule when it boots');
  expect([error.message, inspect(whole, { depth: 9 }), JSON.stringify(whole)].join()).not.toContain('secret');
});
