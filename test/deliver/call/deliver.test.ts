import { deliver } from '../../../src/deliver/call/deliver.js';
import { Deadline } from '../../../src/deliver/call/deadline.js';
import { MailError } from '../../../src/errors/mail-error.js';
import type { MailEventName, MailEvents } from '../../../src/mail.events.js';
import type { Receipt } from '../../../src/message/receipt.js';
import type { Transport } from '../../../src/transport/transport.js';
import { renderedMessage } from '../../support/rendered-message.js';

const receipt: Receipt = {
  messageId: '<m1@example.test>',
  transport: 'test',
  accepted: ['ada@example.test'],
  rejected: [],
  durationMs: 1,
};

function transportThat(send: Transport['send']): Transport {
  return { name: 'test', send, verify: () => Promise.resolve(), close: () => Promise.resolve() };
}

function recorder(): {
  events: [MailEventName, unknown][];
  publish: <N extends MailEventName>(name: N, event: MailEvents[N]) => void;
} {
  const events: [MailEventName, unknown][] = [];
  return { events, publish: (name, event) => events.push([name, event]) };
}

const quiet = { publish: () => undefined };
const never = new AbortController().signal;

async function failure(promise: Promise<unknown>): Promise<MailError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error('expected a MailError');
  return error;
}

describe('deliver', () => {
  it('announces, attempts, and reports what was accepted', async () => {
    const { events, publish } = recorder();
    const transport = transportThat(() => Promise.resolve(receipt));
    await expect(deliver(renderedMessage(), transport, { signal: never, publish })).resolves.toBe(receipt);
    expect(events.map(([name]) => name)).toEqual(['mail.sending', 'mail.sent']);
    expect(events[1]?.[1]).toMatchObject({ to: ['ada@to.test'], mailer: 'default', receipt });
    expect(JSON.stringify(events)).not.toContain('Hello Ada');
  });

  it('makes no attempt after its time has ended', async () => {
    const send = jest.fn();
    const reason = new MailError('timeout', 'over');
    const options = { signal: AbortSignal.abort(reason), ...quiet };
    await expect(deliver(renderedMessage(), transportThat(send), options)).rejects.toBe(reason);
    expect(send).not.toHaveBeenCalled();
  });

  it("treats an error of the application's transport as temporary, with an unknown outcome", async () => {
    const cause = new TypeError('boom');
    const transport = transportThat(() => Promise.reject(cause));
    const error = await failure(deliver(renderedMessage(), transport, { signal: never, ...quiet }));
    expect(error).toMatchObject({
      code: 'transport-unavailable',
      retryable: true,
      outcome: 'unknown',
      cause,
    });
    expect(error.message).toContain("'test'");
  });

  it('refuses a receipt without an accepted recipient', async () => {
    const rejected = [{ address: 'ada@example.test', code: 'recipients-rejected' as const, retryable: true }];
    const transport = transportThat(() => Promise.resolve({ ...receipt, accepted: [], rejected }));
    const error = await failure(deliver(renderedMessage(), transport, { signal: never, ...quiet }));
    expect(error).toMatchObject({ code: 'recipients-rejected', retryable: true, rejected });
  });

  it('refuses a transport that resolves without a receipt', async () => {
    const transport = transportThat(() => Promise.resolve(JSON.parse('{}') as Receipt));
    const error = await failure(deliver(renderedMessage(), transport, { signal: never, ...quiet }));
    expect(error.message).toContain('without a receipt');
  });

  it('is not held by a transport that ignores its signal: the outcome is then unknown', async () => {
    jest.useFakeTimers();
    try {
      const deadline = new Deadline(50);
      const transport = transportThat(() => new Promise(() => undefined));
      const error = failure(deliver(renderedMessage(), transport, { signal: deadline.signal, ...quiet }));
      await jest.advanceTimersByTimeAsync(50);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await error).toMatchObject({
        code: 'ambiguous',
        outcome: 'unknown',
        cause: { code: 'timeout' },
      });
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('Deadline', () => {
  it('ends by its timeout', async () => {
    jest.useFakeTimers();
    try {
      const deadline = new Deadline(50);
      await jest.advanceTimersByTimeAsync(50);
      expect(deadline.signal.reason).toMatchObject({
        code: 'timeout',
        message: expect.stringContaining('50 ms'),
      });
    } finally {
      jest.useRealTimers();
    }
  });
});
