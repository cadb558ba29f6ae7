import { MailError } from '../../errors/mail-error.js';
import { AbortFanOut } from './abort-fan-out.js';
import { Deadline } from './deadline.js';

/** The calls under way, so that a shutdown can wait for them, and end those that do not end by themselves. */
export class InFlight {
  readonly #calls = new Map<Deadline, Promise<unknown>>();
  readonly #callers = new AbortFanOut();
  #closed = false;

  /**
   * Runs one call until its time is over, its caller's signal aborts or the module closes, whichever comes first.
   * @throws {MailError} `closed` after `close`
   */
  async run<T>(
    timeoutMs: number,
    caller: AbortSignal | undefined,
    call: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw closed();
    const deadline = new Deadline(timeoutMs);
    if (caller) this.#callers.follow(caller, deadline);
    const running = call(deadline);
    this.#calls.set(deadline, running);
    try {
      return await running;
    } finally {
      this.#calls.delete(deadline);
      if (caller) this.#callers.unfollow(caller, deadline);
      deadline.clear();
    }
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Waits at most `timeoutMs` for the calls under way now, but not for later ones. */
  async drain(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.allSettled(this.#calls.values()), limit]);
    clearTimeout(timer);
  }

  /** Refuses new calls, waits at most `timeoutMs` for those under way, then aborts the rest and awaits them. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    await this.drain(timeoutMs);
    for (const deadline of this.#calls.keys()) deadline.abort(closed());
    await Promise.allSettled(this.#calls.values());
  }
}

function closed(): MailError {
  return new MailError('closed', 'The mail module is closed: the application is shutting down.');
}
