import { throwIfAborted, unservedError } from '../../errors/abort.js';

interface Waiter {
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  previous: Waiter | undefined;
  next: Waiter | undefined;
}

interface Watch {
  readonly waiters: Set<Waiter>;
  readonly stop: () => void;
}

/**
 * Lets at most `size` callers in; the rest wait in the order in which they came. Acquiring and giving
 * up cost the same whether ten wait or fifty thousand, also when all of them share one signal (a
 * listener each would be searched through for every other one).
 */
export class Semaphore {
  readonly #watches = new Map<AbortSignal, Watch>();
  #free: number;
  #first: Waiter | undefined;
  #last: Waiter | undefined;

  constructor(size: number) {
    this.#free = size;
  }

  /**
   * Waits for a permit, which the caller must give back with `release`.
   * @throws {MailError} `aborted` or `timeout`, then without a permit
   */
  async acquire(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((enter, leave) => {
      this.#append({ signal, resolve: enter, reject: leave, previous: undefined, next: undefined });
    });
  }

  release(): void {
    const next = this.#first;
    if (next) {
      this.#remove(next);
      next.resolve();
    } else {
      this.#free += 1;
    }
  }

  /** Rejects every caller that still waits. */
  clear(error: Error): void {
    for (let waiter = this.#first; waiter; waiter = this.#first) {
      this.#remove(waiter);
      waiter.reject(error);
    }
  }

  #append(waiter: Waiter): void {
    waiter.previous = this.#last;
    if (this.#last) this.#last.next = waiter;
    else this.#first = waiter;
    this.#last = waiter;
    this.#watch(waiter.signal).waiters.add(waiter);
  }

  #remove(waiter: Waiter): void {
    if (waiter.previous) waiter.previous.next = waiter.next;
    else this.#first = waiter.next;
    if (waiter.next) waiter.next.previous = waiter.previous;
    else this.#last = waiter.previous;
    const watch = this.#watches.get(waiter.signal);
    watch?.waiters.delete(waiter);
    if (watch?.waiters.size === 0) watch.stop();
  }

  #watch(signal: AbortSignal): Watch {
    const known = this.#watches.get(signal);
    if (known) return known;
    const onAbort = () => this.#leave(signal);
    const stop = () => {
      signal.removeEventListener('abort', onAbort);
      this.#watches.delete(signal);
    };
    const watch = { waiters: new Set<Waiter>(), stop };
    this.#watches.set(signal, watch);
    signal.addEventListener('abort', onAbort);
    return watch;
  }

  /** All get the same error: making one is by far the dearest part of leaving. */
  #leave(signal: AbortSignal): void {
    const error = unservedError(signal);
    for (const waiter of this.#watches.get(signal)?.waiters ?? []) {
      this.#remove(waiter);
      waiter.reject(error);
    }
  }
}
