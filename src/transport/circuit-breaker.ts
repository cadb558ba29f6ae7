import type { MailError } from '../errors/mail-error.js';
import { hintOf, isLongWait, jittered } from './retry-hint.js';

/** Milliseconds for which the breaker stays open; see `PAUSES`. */
export interface BreakerPauses {
  /** After the first fault; doubles with each further fault. */
  readonly first: number;
  /** The first after a refused login: servers lock accounts that try too often. */
  readonly login: number;
  readonly longest: number;
}

export const PAUSES: BreakerPauses = { first: 1_000, login: 30_000, longest: 60_000 };

export interface CircuitBreakerOptions {
  readonly pauses?: BreakerPauses | undefined;
  /** Milliseconds that never go back: setting the wall clock must not hold up a transport. */
  readonly monotonic: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Called with the first fault in a row and with each of another kind than the last, and with the pause in milliseconds. */
  readonly onFault?: ((error: MailError, pauseMs: number) => void) | undefined;
  /** Called when the transport works again. */
  readonly onWorking?: (() => void) | undefined;
}

/** Admits one mail, which must report how it went: `succeed`, `fail` or `release`. */
export interface Permit {
  /** True for the probe of a half-open breaker. */
  readonly isProbe: boolean;
}

/**
 * Stops deliveries over a transport that fails. A fault of the transport opens the breaker for a pause; then one mail
 * probes it, and the others follow only once the probe got an answer. A dead server therefore costs each mail nothing
 * but time, and a server that comes back is not flooded.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #faults = 0;
  #openUntil: number | undefined;
  #probing = false;
  #lastFault: MailError | undefined;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#openUntil === undefined;
  }

  /** True while a probe is under way: its answer decides, not the time. */
  get isProbing(): boolean {
    return this.#probing;
  }

  /** The fault that opened the breaker, while it is open. */
  get lastFault(): MailError | undefined {
    return this.#lastFault;
  }

  /** Returns how many of `wanted` mails may be tried now. */
  allows(wanted: number): number {
    if (this.isClosed) return wanted;
    return this.#probing || this.msUntilProbe() > 0 ? 0 : Math.min(wanted, 1);
  }

  /** Returns the milliseconds until a probe is allowed. */
  msUntilProbe(): number {
    return Math.max(0, (this.#openUntil ?? 0) - this.#options.monotonic());
  }

  /** Allows a probe at once, for an operator who asks for an attempt. */
  probeNow(): void {
    if (!this.isClosed) this.#openUntil = this.#options.monotonic();
  }

  /**
   * Admits one mail and returns the permit to report its outcome with. Undefined if, since `allows()`, the breaker opened or
   * another mail became the probe.
   */
  acquire(): Permit | undefined {
    if (this.allows(1) === 0) return undefined;
    const isProbe = !this.isClosed;
    if (isProbe) this.#probing = true;
    return { isProbe };
  }

  /** Reports that the mail did not get as far as the transport. */
  release({ isProbe }: Permit): void {
    if (isProbe) this.#probing = false;
  }

  /**
   * Reports a fault of the transport. Mails tried together count as one fault: the breaker is open already. A pause that the
   * transport requested is kept.
   * @returns milliseconds of the pause, undefined if it had begun before
   */
  fail(error: MailError, { isProbe }: Permit): number | undefined {
    if (!this.isClosed && !isProbe) return undefined;
    const { pauses = PAUSES, monotonic, random } = this.#options;
    const first = error.code === 'authentication' ? Math.max(pauses.first, pauses.login) : pauses.first;
    const usual = jittered(Math.min(first * 2 ** this.#faults, Math.max(first, pauses.longest)), random());
    const pause = Math.max(usual, hintOf(error));
    this.#faults += 1;
    this.#probing = false;
    this.#openUntil = monotonic() + pause;
    this.#tell(error, pause);
    return pause;
  }

  #tell(error: MailError, pauseMs: number): void {
    const last = this.#lastFault;
    this.#lastFault = error;
    const isNews = !last || error.code !== last.code || isLongWait(error) !== isLongWait(last);
    if (isNews) this.#options.onFault?.(error, pauseMs);
  }

  /**
   * Reports that the transport answered, also with a refusal. An answer to a mail tried before a fault proves nothing about
   * the time after it.
   * @returns whether that closed the breaker
   */
  succeed({ isProbe }: Permit): boolean {
    const wasClosed = !this.isClosed;
    if (wasClosed && !isProbe) return false;
    this.#faults = 0;
    this.#lastFault = undefined;
    this.#probing = false;
    this.#openUntil = undefined;
    if (wasClosed) this.#options.onWorking?.();
    return wasClosed;
  }
}
