import { getEventListeners } from 'node:events';
import { InFlight } from '../../../src/deliver/call/in-flight.js';

describe('InFlight', () => {
  it('waits for the calls under way before it closes', async () => {
    const inFlight = new InFlight();
    let finish: (value: string) => void = () => undefined;
    const call = inFlight.run(
      1_000,
      undefined,
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    );
    let closed = false;
    const closing = inFlight.close(1_000).then(() => {
      closed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    finish('sent');
    await closing;
    await expect(call).resolves.toBe('sent');
  });

  it('aborts calls that do not end by themselves, and awaits them', async () => {
    const inFlight = new InFlight();
    const call = inFlight.run(
      10_000,
      undefined,
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    );
    const outcome = expect(call).rejects.toMatchObject({ code: 'closed' });
    await inFlight.close(1);
    await outcome;
  });

  it('takes no call once closed', async () => {
    const inFlight = new InFlight();
    await inFlight.close(1);
    const call = jest.fn();
    await expect(inFlight.run(1, undefined, call)).rejects.toMatchObject({ code: 'closed', retryable: true });
    expect(call).not.toHaveBeenCalled();
  });

  it("ends a call by its caller's signal, and distinguishes a timeout from an abort", async () => {
    const timedOut = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    for (const [signal, code] of [
      [AbortSignal.abort(), 'aborted'],
      [timedOut, 'timeout'],
    ] as const) {
      const reason = new InFlight().run(1_000, signal, async (deadline) => deadline.signal.reason as unknown);
      expect(await reason).toMatchObject({ code });
    }
  });

  it('listens once to a signal that many calls share, until the last of them ends', async () => {
    const inFlight = new InFlight();
    const controller = new AbortController();
    const { signal } = controller;
    const finish: Array<() => void> = [];
    const deadlines: AbortSignal[] = [];
    const call = (): Promise<void> =>
      inFlight.run(1_000, signal, (deadline) => {
        deadlines.push(deadline.signal);
        return new Promise((resolve) => finish.push(resolve));
      });
    const calls = Array.from({ length: 50 }, call);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    finish.shift()?.();
    await calls[0];
    controller.abort();
    expect(deadlines.map(({ aborted }) => aborted)).toEqual([false, ...Array(49).fill(true)]);
    for (const end of finish) end();
    await Promise.all(calls);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
