import { MailError } from '../../src/errors/mail-error.js';
import { MailOutbox } from '../../src/transport/memory/outbox.js';
import { renderedMessage } from '../support/rendered-message.js';

const mail = (subject: string, ...to: string[]) =>
  renderedMessage({ subject, envelope: { from: 'a@from.test', to: to.length > 0 ? to : ['ada@to.test'] } });

function outbox(keep: number | undefined, ...subjects: string[]): MailOutbox {
  const box = new MailOutbox({ keep });
  for (const subject of subjects) box.capture(mail(subject));
  return box;
}

const subjects = (box: MailOutbox) => box.messages.map(({ subject }) => subject);

test('keeps captured mails, oldest first', () => {
  const box = outbox(undefined, 'one', 'two');
  expect(subjects(box)).toEqual(['one', 'two']);
  expect(box.last()?.subject).toBe('two');
  expect(box).toMatchObject({ keep: 10_000, dropped: 0 });
});

test('an empty one has no last', () => {
  expect(outbox(3).last()).toBeUndefined();
  expect(outbox(3).messages).toEqual([]);
});

test('newer ones replace the oldest, which are counted', () => {
  const box = outbox(3, 'one', 'two', 'three', 'four', 'five');
  expect(subjects(box)).toEqual(['three', 'four', 'five']);
  expect(box.last()?.subject).toBe('five');
  expect(box.dropped).toBe(2);
  for (let count = 0; count < 100_000; count++) box.capture(mail(`n${count}`));
  expect(subjects(box)).toEqual(['n99997', 'n99998', 'n99999']);
  expect(box.dropped).toBe(100_002);
});

test('finds by envelope recipient, bcc included, whatever the letter case', () => {
  const box = outbox(5);
  box.capture(mail('for both', 'ada@to.test', 'Bob@to.test'));
  box.capture(mail('for one', 'ada@to.test'));
  expect(box.sentTo('ADA@to.test')).toHaveLength(2);
  expect(box.sentTo('bob@to.test').map(({ subject }) => subject)).toEqual(['for both']);
  expect(box.sentTo('eve@to.test')).toEqual([]);
});

test('clear forgets everything', () => {
  const box = outbox(2, 'one', 'two', 'three');
  box.clear();
  expect(box).toMatchObject({ messages: [], dropped: 0 });
  box.capture(mail('four'));
  expect(subjects(box)).toEqual(['four']);
});

test('a recording remembers as many expected mails as are kept, and clear keeps those', async () => {
  const box = new MailOutbox({ keep: 2 });
  const ids = ['<1@a.test>', '<2@a.test>', '<3@a.test>'];
  const mails = ids.map((messageId) => renderedMessage({ messageId, subject: messageId }));
  const recording = await box.record(() => {
    for (const message of mails)
      box.enqueue({ message, priority: 'normal', dueAt: new Date(0), expiresAt: new Date(1) });
  });
  box.clear();
  for (const message of mails) box.capture(message);
  expect(subjects(recording)).toEqual(ids.slice(1));
});

test('returned lists do not change later', () => {
  const box = outbox(2, 'one');
  const { messages } = box;
  box.capture(mail('two'));
  expect(messages).toHaveLength(1);
});

describe('waitFor', () => {
  /** The default time limit of a test in Jest and Vitest. */
  const RUNNER_MS = 5_000;

  it.each([
    ['an outbox', async () => new MailOutbox()],
    ['a recording', async () => new MailOutbox().record(() => undefined)],
  ])('of %s says what is wrong before the test runner ends the test', async (_what, make) => {
    const box = await make();
    jest.useFakeTimers();
    try {
      const waiting = expect(box.waitFor()).rejects.toThrow(
        'No such mail within 4000 ms. Nothing was captured',
      );
      await jest.advanceTimersByTimeAsync(RUNNER_MS - 500);
      expect(jest.getTimerCount()).toBe(0);
      await waiting;
    } finally {
      jest.useRealTimers();
    }
  });

  test('finds mails that are captured already', async () => {
    await expect(outbox(2, 'one', 'two').waitFor(({ subject }) => subject === 'two')).resolves.toMatchObject({
      subject: 'two',
    });
  });

  test('waits for later mails', async () => {
    const box = outbox(5, 'one');
    const waiting = [
      box.waitFor(({ subject }) => subject === 'three'),
      box.waitFor(({ subject }) => subject === 'two'),
    ];
    for (const subject of ['two', 'three', 'three']) box.capture(mail(subject));
    await expect(Promise.all(waiting)).resolves.toMatchObject([{ subject: 'three' }, { subject: 'two' }]);
  });

  test('takes the first by default', async () => {
    const box = outbox(5);
    const waiting = box.waitFor();
    box.capture(mail('one'));
    await expect(waiting).resolves.toMatchObject({ subject: 'one' });
  });

  test('gives up, and lists the captured mails', async () => {
    const box = outbox(5, 'one', 'two');
    await expect(box.waitFor(({ subject }) => subject === 'x', { timeout: 5 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/within 5 ms[^]*"two" to ada@to\.test[^]*"one"/),
    });
    await expect(outbox(1).waitFor(undefined, { timeout: 5 })).rejects.toThrow('Nothing was captured');
  });
});

test('waitFor takes a pattern, and reports the differences', async () => {
  const box = outbox(5, 'one');
  const waiting = box.waitFor({ to: 'ADA@to.test', subject: /^t/ });
  box.capture(mail('two'));
  await expect(waiting).resolves.toMatchObject({ subject: 'two' });
  await expect(box.waitFor({ subject: 'three' }, { timeout: 5 })).rejects.toThrow(
    '      subject: expected "three", got "two"',
  );
});

test('waitFor refuses a field it does not know: it would match anything', async () => {
  const misspelt: object = { subjekt: 'x' };
  await expect(outbox(1, 'one').waitFor(misspelt)).rejects.toMatchObject({
    code: 'message-invalid',
    message: expect.stringContaining('Did you mean "subject"?'),
  });
});

test('reads links and codes of a message, or of the last', () => {
  const box = outbox(5);
  expect([box.links(), box.codes()]).toEqual([[], []]);
  const first = renderedMessage({ text: 'Your code: 483201\nhttps://shop.test/confirm' });
  box.capture(first);
  box.capture(renderedMessage({ text: 'Your code: 1234' }));
  expect(box.codes()).toEqual(['1234']);
  expect(box.codes(first)).toEqual(['483201']);
  expect(box.links(first)).toEqual([{ url: 'https://shop.test/confirm', text: 'https://shop.test/confirm' }]);
});

describe('failNext', () => {
  const failure = (box: MailOutbox): unknown => {
    try {
      box.capture(mail('one'));
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test.each([
    [550, { code: 'message-rejected', retryable: false, smtp: { code: 550 } }],
    [
      '451 4.7.1 later',
      { code: 'message-rejected', retryable: true, smtp: { code: 451, enhanced: '4.7.1' } },
    ],
    ['421 4.3.2 closing', { code: 'transport-unavailable', scope: 'transport' }],
    ['535 5.7.8 no', { code: 'authentication' }],
    ['timeout', { code: 'timeout' }],
    ['ambiguous', { code: 'ambiguous', outcome: 'unknown' }],
  ] as const)('%s', (planned, error) => {
    const box = outbox(5);
    box.failNext(planned);
    expect(failure(box)).toMatchObject(error);
    expect(failure(box)).toBeUndefined();
    expect(subjects(box)).toEqual(['one']);
  });

  test('fails as often as planned, one plan after the other, and no more after clear', () => {
    const box = outbox(5);
    const error = new Error('mine');
    box.failNext(error, 2);
    box.failNext('timeout', Infinity);
    expect([failure(box), failure(box)]).toEqual([error, error]);
    expect([failure(box), failure(box)]).toMatchObject([{ code: 'timeout' }, { code: 'timeout' }]);
    box.clear();
    expect(failure(box)).toBeUndefined();
  });

  test.each(['550', 'nonsense', 250, '' as never])('%j is not a failure', (planned) => {
    expect(() => outbox(1).failNext(planned as never)).toThrow(/failNext: expected an error/);
  });

  test.each([0, -1, 1.5])('not %d times', (times) => {
    expect(() => outbox(1).failNext(550, times)).toThrow(/whole number above 0/);
  });
});

test.each([0, -1, 1.5, Number.NaN])('refuses keep: %d', (keep) => {
  expect(() => new MailOutbox({ keep })).toThrow(MailError);
});
