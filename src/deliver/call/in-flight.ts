import { MailError } from '../../errors/mail-error.js';
import { abortError } from '../../errors/abort.js';
import { AbortFanOut } from '../../errors/abort-fan-out.js';
import { Deadline } from './deadline.js';

/** Tracks the calls under way, so that a shutdown can wait for them and abort the rest. */
export class InFlight {
  readonly #calls = new Map<Deadline, Promise<unknown>>();
  readonly #callers = new AbortFanOut<Deadline>((signal, deadlines) => {
    for (const deadline of deadlines) deadline.abort(abortError(signal));
  });
  #closed = false;

  /**
   * Runs one call until its timeout, the caller's signal or the end of the module aborts it, whichever comes first.
   * @throws {MailError} `closed` after `close`
   */
  async run<T>(
    timeoutMs: number,
    caller: AbortSignal | undefined,
    call: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw closedModule();
    const deadline = new Deadline(timeoutMs);
    if (caller?.aborted) deadline.abort(abortError(caller));
    else if (caller) this.#callers.follow(caller, deadline);
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

  /** Waits at most `timeoutMs` for the present calls, but not for later ones. */
  async drain(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.allSettled(this.#calls.values()), limit]);
    clearTimeout(timer);
  }

  /** Refuses new calls, waits at most `timeoutMs` for the present ones, then aborts the rest and waits for their end. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    await this.drain(timeoutMs);
    for (const deadline of this.#calls.keys()) deadline.abort(closedModule());
    await Promise.allSettled(this.#calls.values());
  }
}

export function closedModule(): MailError {
  return new MailError('closed', 'The mail module is closed: the application is shutting down.');
}
