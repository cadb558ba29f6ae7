import { MailError } from '../../errors/mail-error.js';

/** Ends one call by its timeout or by `abort`. `clear` removes its only timer. */
export class Deadline {
  /** In milliseconds of `performance.now()`. */
  readonly endsAt: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  /** @param timeoutMs milliseconds from now */
  constructor(timeoutMs: number) {
    this.endsAt = performance.now() + timeoutMs;
    this.#timer = setTimeout(() => this.abort(timedOut(timeoutMs)), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first reason stays. */
  abort(reason: MailError): void {
    this.#controller.abort(reason);
  }

  /** @throws {MailError} the reason, once the call has ended */
  check(): void {
    this.signal.throwIfAborted();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function timedOut(timeoutMs: number): MailError {
  // A fault of the mail, unless the transport knows that it never got its turn: one huge mail may be the reason.
  return new MailError('timeout', `The mail was not accepted within ${timeoutMs} ms and was given up.`, {
    scope: 'mail',
  });
}
