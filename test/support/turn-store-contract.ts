import type { RateLimit } from '../../src/deliver/limits/rate-limiter.js';
import { SharedRateLimiter } from '../../src/deliver/limits/shared-rate-limiter.js';
import type { TurnStore } from '../../src/queue/turn-store.js';
import { limiterContract } from './limiter-contract.js';

export interface StoresUnderTest {
  /** Two processes' ways to one store. */
  readonly stores: () => Promise<readonly [TurnStore, TurnStore]>;
  /** Sets the clock of the store's machine back. */
  readonly setBack: (ms: number) => Promise<void>;
}

const SPAN = 3_600_000;
let made = 0;

/** A name that no other test has. */
export const freshName = (): string => `mailer:${(made += 1)}`;

export function sharedLimiter(store: TurnStore, limit: RateLimit, name = freshName()): SharedRateLimiter {
  const onStore = (fault: unknown): void => expect(fault).toBeUndefined();
  return new SharedRateLimiter({ name, limit, store, monotonic: () => performance.now(), onStore });
}

/** What a store of turns does for the processes that share it, and that its limiters do what each does. */
export function turnStoreContract({ stores, setBack }: StoresUnderTest): void {
  limiterContract(async (limit) => sharedLimiter((await stores())[0], limit));

  const one = { turns: 1, withinMs: 0 };
  const limit = { max: 3, per: SPAN };

  test('processes that name a limit alike share it, and no others do', async () => {
    const [here, there] = await stores();
    const name = freshName();
    const [a, b] = [sharedLimiter(here, limit, name), sharedLimiter(there, limit, name)];
    const waits = [await a.reserve(0), await b.reserve(0), await a.reserve(0), await b.reserve(0)];
    expect(waits).toEqual([0, 0, 0, undefined]);
    expect([await a.reserve(0), a.available(1), b.available(1)]).toEqual([undefined, 0, 0]);
    expect(await sharedLimiter(there, limit).reserve(0)).toBe(0);
  });

  test('each keeps to the limit it was given, over all turns', async () => {
    const [here, there] = await stores();
    const [name, wanted] = [freshName(), [one, one]];
    await here.take({ limit: name, max: 5, per: SPAN, wanted });
    expect((await there.take({ limit: name, max: 2, per: SPAN, wanted })).waits).not.toContain(0);
    expect((await here.take({ limit: name, max: 4, per: SPAN, wanted })).waits).toContain(0);
  });

  test('an exchange that wants nothing tells when a turn is free', async () => {
    const [here] = await stores();
    const name = freshName();
    expect(await here.take({ limit: name, ...limit, wanted: [] })).toEqual({ waits: [], next: 0 });
    await here.take({ limit: name, ...limit, wanted: [{ turns: 3, withinMs: 0 }] });
    const { waits, next } = await here.take({ limit: name, ...limit, wanted: [] });
    expect([waits, next > SPAN / 2]).toEqual([[], true]);
  });

  test('a clock that is set back neither gives turns twice nor holds mails up', async () => {
    const [here, there] = await stores();
    const name = freshName();
    await here.take({ limit: name, ...limit, wanted: [one, one] });
    await setBack(24 * SPAN);
    const { waits, next } = await there.take({ limit: name, ...limit, wanted: [one, one] });
    expect(waits[0]).toBe(0);
    for (const wait of [waits[1] ?? 0, next]) {
      expect(wait).toBeGreaterThan(SPAN / 2);
      expect(wait).toBeLessThanOrEqual(SPAN);
    }
    await setBack(24 * SPAN);
    expect((await here.take({ limit: name, ...limit, wanted: [one] })).next).toBeLessThanOrEqual(SPAN);
  });
}
