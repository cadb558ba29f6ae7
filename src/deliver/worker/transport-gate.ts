import type { MailError } from '../../errors/mail-error.js';
import { hintOf, isLongWait, jittered } from '../limits/backoff.js';

/** Milliseconds, see `PAUSES`. */
export interface GatePauses {
  /** After the first fault. It doubles with each further one. */
  readonly first: number;
  /** The first after a refused login: servers lock accounts that try too often. */
  readonly login: number;
  readonly longest: number;
}

export const PAUSES: GatePauses = { first: 1_000, login: 30_000, longest: 60_000 };

export interface GateOptions {
  readonly pauses?: GatePauses | undefined;
  /** Milliseconds that never go back: a wall clock that is set must not hold a transport up. */
  readonly monotonic: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Hears of the first fault in a row, and of one that is of another kind than the last; and of the pause, in milliseconds. */
  readonly onFault?: ((error: MailError, pauseMs: number) => void) | undefined;
  /** Hears that the transport works again. */
  readonly onWorking?: (() => void) | undefined;
}

/** One mail on its way through the gate. */
export interface Passage {
  /** It is the one that finds out whether the transport works again. */
  readonly isProbe: boolean;
}

/**
 * Whether a transport is worth trying. A fault of its own closes the gate for a while; then one mail
 * may pass to find out, and only when that one got an answer do the others follow. So a dead server
 * costs each mail nothing but time, and a server that comes back is not run over.
 */
export class TransportGate {
  readonly #options: GateOptions;
  #faults = 0;
  #closedUntil: number | undefined;
  #probing = false;
  #lastFault: MailError | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#closedUntil === undefined;
  }

  /** One mail is finding out: what it hears decides, not the time. */
  get isProbed(): boolean {
    return this.#probing;
  }

  /** What last closed it, while it is closed. */
  get lastFault(): MailError | undefined {
    return this.#lastFault;
  }

  /** How many of `wanted` mails may be tried now. */
  admits(wanted: number): number {
    if (this.isOpen) return wanted;
    return this.#probing || this.opensIn() > 0 ? 0 : Math.min(wanted, 1);
  }

  /** Milliseconds until one mail may find out, unless one is doing so. */
  opensIn(): number {
    return Math.max(0, (this.#closedUntil ?? 0) - this.#options.monotonic());
  }

  /** Somebody asks for an attempt: the next mail may find out at once. */
  admitNow(): void {
    if (!this.isOpen) this.#closedUntil = this.#options.monotonic();
  }

  /**
   * A mail is about to be tried; whoever tries it says with this how that went. Undefined when it may not:
   * the gate may have closed, or another may have become the probe, since `admits` was asked.
   */
  enter(): Passage | undefined {
    if (this.admits(1) === 0) return undefined;
    const isProbe = !this.isOpen;
    if (isProbe) this.#probing = true;
    return { isProbe };
  }

  /** Nobody knows: the mail did not get so far. */
  leave({ isProbe }: Passage): void {
    if (isProbe) this.#probing = false;
  }

  /**
   * The transport failed. Mails tried together count as one fault: the gate was closed for it already. A time it
   * asked for is kept to.
   * @returns milliseconds of the pause, undefined when it had begun before
   */
  fault(error: MailError, { isProbe }: Passage): number | undefined {
    if (!this.isOpen && !isProbe) return undefined;
    const { pauses = PAUSES, monotonic, random } = this.#options;
    const first = error.code === 'authentication' ? Math.max(pauses.first, pauses.login) : pauses.first;
    const usual = jittered(Math.min(first * 2 ** this.#faults, Math.max(first, pauses.longest)), random());
    const pause = Math.max(usual, hintOf(error));
    this.#faults += 1;
    this.#probing = false;
    this.#closedUntil = monotonic() + pause;
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
   * The transport answered, whatever it said. An answer to a mail tried before a fault says nothing about
   * the time after it.
   * @returns whether that opened the gate
   */
  answered({ isProbe }: Passage): boolean {
    const wasClosed = !this.isOpen;
    if (wasClosed && !isProbe) return false;
    this.#faults = 0;
    this.#lastFault = undefined;
    this.#probing = false;
    this.#closedUntil = undefined;
    if (wasClosed) this.#options.onWorking?.();
    return wasClosed;
  }
}
