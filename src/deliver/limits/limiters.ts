import type { TurnStore } from '../../queue/turn-store.js';
import { type Limiter, RateLimiter, type RateLimit } from './rate-limiter.js';
import { SharedRateLimiter } from './shared-rate-limiter.js';

export interface LimitersDependencies {
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  /** Called with the fault of a store that does not answer, and with `undefined` whenever it answers. */
  readonly onStore: (fault: unknown) => void;
}

/** Makes the limiters of a module: of this process alone, or over a store that other processes have too. */
export class Limiters {
  readonly #dependencies: LimitersDependencies;
  #store: TurnStore | undefined;

  constructor(dependencies: LimitersDependencies) {
    this.#dependencies = dependencies;
  }

  /** Limiters that are made from now on share their limits over this store. */
  shareOver(store: TurnStore): void {
    this.#store = store;
  }

  /** @param name the same in all processes that share the limit */
  make(name: string, limit: RateLimit): Limiter {
    if (this.#store) return new SharedRateLimiter({ name, limit, store: this.#store, ...this.#dependencies });
    return this.alone(limit);
  }

  /** A limiter of this process alone. */
  alone(limit: RateLimit): Limiter {
    return new RateLimiter(limit, this.#dependencies.monotonic);
  }
}
