import { abortError } from '../../errors/abort.js';
import type { MailOutcome } from '../../errors/mail-error.js';
import type { HttpAnswer } from './http-answer.js';
import type { ProviderCall } from './provider.js';

/** A mail that may share a request with others. Its own signal ends its wait, independently of theirs. */
export class BatchMember {
  readonly body: string;
  /** Size of its body and of the separator. */
  readonly bytes: number;
  readonly answer: Promise<HttpAnswer>;
  readonly #call: ProviderCall;
  readonly #signal: AbortSignal;
  #resolve: (answer: HttpAnswer | Promise<HttpAnswer>) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #outcome: MailOutcome = 'not-sent';
  #onLeave: () => void;
  #isGone = false;

  /** @param onLeave called when its signal aborts */
  constructor(call: ProviderCall, body: string, signal: AbortSignal, onLeave: () => void) {
    this.body = body;
    this.bytes = Buffer.byteLength(body) + 2;
    this.#call = call;
    this.#signal = signal;
    this.#onLeave = onLeave;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Marks the mail as part of a request: from now on it may have been sent if the request is cut off. */
  handOver(onLeave: () => void): void {
    this.#outcome = 'unknown';
    this.#onLeave = onLeave;
  }

  settle(answer: HttpAnswer): void {
    this.#end();
    this.#resolve(answer);
  }

  fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  /** Takes the request of its own, unless it is gone. */
  async goAlone(ask: (call: ProviderCall, signal: AbortSignal) => Promise<HttpAnswer>): Promise<void> {
    if (this.#isGone) return;
    this.#end();
    const answer = ask(this.#call, this.#signal);
    this.#resolve(answer);
    await answer.catch(() => undefined);
  }

  readonly #onAbort = (): void => {
    this.#reject(abortError(this.#signal, this.#outcome));
    this.#end();
    this.#onLeave();
  };

  #end(): void {
    this.#isGone = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
