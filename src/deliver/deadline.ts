import { abortError } from '../mail.abort.js';
import { MailError } from '../mail.errors.js';

/**
 * The end of one call's time: by its timeout, its caller's signal, or the module's close, whichever
 * comes first. One listener on the caller's signal and one timer, both gone after `clear`.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #onCallerAbort = (): void => this.#caller && this.abort(abortError(this.#caller));

  /** @param timeoutMs milliseconds from now */
  constructor(timeoutMs: number, caller?: AbortSignal) {
    this.#timer = setTimeout(() => this.abort(timedOut(timeoutMs)), timeoutMs);
    this.#caller = caller;
    if (caller?.aborted) this.#onCallerAbort();
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: MailError): void {
    this.#controller.abort(reason);
  }

  /** @throws {MailError} the reason, once the time is over */
  check(): void {
    this.signal.throwIfAborted();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onCallerAbort);
  }
}

function timedOut(timeoutMs: number): MailError {
  return new MailError('timeout', `The mail was not accepted within ${timeoutMs} ms and was given up.`);
}
