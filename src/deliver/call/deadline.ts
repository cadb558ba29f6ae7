import { MailError } from '../../errors/mail-error.js';

/** Ends one call by its timeout or by `abort`. `clear` removes its only timer. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #startedAt = performance.now();
  #timeoutMs: number;
  #timer: NodeJS.Timeout;

  /** @param timeoutMs milliseconds from now */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#timer = this.#begin(timeoutMs);
  }

  /** Takes another timeout, in milliseconds since the call began. */
  change(timeoutMs: number): void {
    if (timeoutMs === this.#timeoutMs || this.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timeoutMs = timeoutMs;
    this.#timer = this.#begin(Math.max(1, this.endsAt - performance.now()));
  }

  #begin(inMs: number): NodeJS.Timeout {
    return setTimeout(() => this.abort(timedOut(this.#timeoutMs)), inMs);
  }

  /** In milliseconds of `performance.now()`. */
  get endsAt(): number {
    return this.#startedAt + this.#timeoutMs;
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
