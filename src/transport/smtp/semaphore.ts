import { throwIfAborted, unservedError } from '../../errors/abort.js';
import { AbortFanOut } from '../../errors/abort-fan-out.js';

interface Waiter {
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  previous: Waiter | undefined;
  next: Waiter | undefined;
}

/**
 * Admits at most `size` callers; the others wait in the order of their arrival. Acquiring and giving up take constant
 * time with any number of waiting callers, even if they all share one signal.
 */
export class Semaphore {
  readonly #waiters = new AbortFanOut<Waiter>((signal, waiters) => this.#abort(signal, waiters));
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
    this.#waiters.follow(waiter.signal, waiter);
  }

  #remove(waiter: Waiter): void {
    if (waiter.previous) waiter.previous.next = waiter.next;
    else this.#first = waiter.next;
    if (waiter.next) waiter.next.previous = waiter.previous;
    else this.#last = waiter.previous;
    this.#waiters.unfollow(waiter.signal, waiter);
  }

  /** All get the same error, because creating one is by far the most expensive step. */
  #abort(signal: AbortSignal, waiters: Iterable<Waiter>): void {
    const error = unservedError(signal);
    for (const waiter of waiters) {
      this.#remove(waiter);
      waiter.reject(error);
    }
  }
}
