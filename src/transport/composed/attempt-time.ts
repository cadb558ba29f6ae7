import { MailError } from '../../errors/mail-error.js';
import type { AttemptOptions } from '../transport.js';

/** Milliseconds of a call whose end is not known: the default of a mailer's `timeout`. */
const USUAL_MS = 30_000;

/** Returns the time at which an attempt ends, in milliseconds of `performance.now()`. */
export function endOf({ endsAt }: AttemptOptions): number {
  return endsAt ?? performance.now() + USUAL_MS;
}

/** The time of one member's attempt: half of what is left, so that another member can still be tried. */
export class AttemptTime {
  readonly endsAt: number;
  readonly #outer: AbortSignal;
  readonly #own = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#own.abort(this.#outer.reason);

  /** @param member its name */
  constructor(member: string, options: AttemptOptions) {
    const now = performance.now();
    const ms = Math.max(1, Math.floor((endOf(options) - now) / 2));
    this.endsAt = now + ms;
    this.#outer = options.signal;
    this.#timer = setTimeout(() => this.#own.abort(tooSlow(member, ms)), ms);
    this.#outer.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#outer.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#onAbort);
  }
}

function tooSlow(member: string, ms: number): MailError {
  return new MailError(
    'timeout',
    `${member} did not take the mail within ${ms} ms, half of the time that was left.`,
  );
}
