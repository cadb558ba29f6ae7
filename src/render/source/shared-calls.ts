import { abortError, untilAborted } from '../../errors/abort.js';
import type { MailError } from '../../errors/mail-error.js';

interface SharedCall<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Shares a call among all callers that ask for the same key while it is under way. */
export class SharedCalls<T> {
  readonly #calls = new Map<string, SharedCall<T>>();

  /**
   * Returns the result of the call under way with this key, or starts one.
   * @param start gets a signal that aborts when the last caller has stopped waiting
   * @param signal ends the waiting of this caller only
   * @throws {MailError} `aborted`, `timeout`, or the reason of the signal
   */
  async join(
    key: string,
    start: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    if (signal?.aborted) throw abortError(signal);
    const call = this.#calls.get(key) ?? this.#start(key, start);
    call.waiting += 1;
    try {
      return await (signal ? untilAborted(call.result, signal) : call.result);
    } finally {
      call.waiting -= 1;
      if (call.waiting === 0) this.#abandon(key, call);
    }
  }

  /** Aborts the calls under way with this reason. */
  close(reason: MailError): void {
    for (const { controller } of this.#calls.values()) controller.abort(reason);
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): SharedCall<T> {
    const controller = new AbortController();
    const settled = untilAborted(start(controller.signal), controller.signal);
    const result = settled.finally(() => this.#forget(key, call));
    const call: SharedCall<T> = { result, controller, waiting: 0 };
    this.#calls.set(key, call);
    return call;
  }

  /** Has no effect on a finished call, which is already forgotten. */
  #abandon(key: string, call: SharedCall<T>): void {
    if (this.#calls.get(key) !== call) return;
    this.#forget(key, call);
    call.controller.abort();
  }

  #forget(key: string, call: SharedCall<T>): void {
    if (this.#calls.get(key) === call) this.#calls.delete(key);
  }
}
