import { MailError } from '../../errors/mail-error.js';

/** The end of one call's time: by its timeout, or by `abort`. One timer, gone after `clear`. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  /** @param timeoutMs milliseconds from now */
  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => this.abort(timedOut(timeoutMs)), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first reason stays. */
  abort(reason: MailError): void {
    this.#controller.abort(reason);
  }

  /** @throws {MailError} the reason, once the time is over */
  check(): void {
    this.signal.throwIfAborted();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function timedOut(timeoutMs: number): MailError {
  // The mail's own fault, unless the transport knows that it never got its turn: one huge mail may be the reason.
  return new MailError('timeout', `The mail was not accepted within ${timeoutMs} ms and was given up.`, {
    scope: 'mail',
  });
}
