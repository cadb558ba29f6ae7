import { InFlight } from '../../src/deliver/in-flight.js';

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

  it('aborts what does not end by itself, and awaits it', async () => {
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
});
