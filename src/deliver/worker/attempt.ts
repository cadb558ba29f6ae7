import { asMailError, type MailError } from '../../errors/mail-error.js';
import type { PublishMailEvent } from '../../mail.events.js';
import type { Claim, MailerChoice, Settlement } from '../../queue/mail-queue.js';
import type { CircuitBreaker, Permit } from '../../transport/circuit-breaker.js';
import { carries } from '../../transport/composed/member.js';
import type { Transport } from '../../transport/transport.js';
import { deliver } from '../call/deliver.js';
import type { InFlight } from '../call/in-flight.js';
import type { DomainLimits } from '../limits/domain-limits.js';
import type { MailerRateLimiter } from '../limits/mailer-rate-limiter.js';
import { type AttemptResult, type Decision, decide, decideBefore, type OnAmbiguous } from './decision.js';

export interface MailAttemptsOptions {
  readonly mailer: string;
  readonly transport: Transport;
  /** The transport's breaker, shared by the mailers that send over it. */
  readonly breaker: CircuitBreaker;
  /** The mailer's rate limiter; undefined without a limit. */
  readonly limiter: MailerRateLimiter | undefined;
  /** Shared by all workers of the module. */
  readonly domainLimits: DomainLimits;
  readonly inFlight: InFlight;
  readonly publish: PublishMailEvent;
  /** Milliseconds of one attempt. */
  readonly timeout: number;
  readonly onAmbiguous: OnAmbiguous;
  /** Milliseconds before the second attempt, the third, and so on; the last one stays. */
  readonly retryDelays: readonly number[];
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The result of a mail's turn: a settlement, or the milliseconds for which the mail is put back untried. */
export type Turn =
  | {
      readonly settlement: Settlement;
      readonly error?: MailError | undefined;
      /** True if the mail waits because its mailer is paused. */
      readonly isHeld?: boolean;
    }
  | { readonly waitMs: number };

/** A mailer whose mails wait because of a fault, and the milliseconds until it is tried again. */
export interface MailerHold {
  readonly mailer: string;
  readonly error: MailError;
  readonly opensIn: number;
}

/** Runs the attempts of claimed mails. */
export interface Attempts {
  /** Whose mails may be claimed now. */
  readonly choice: MailerChoice;
  /** Whether the mails of a mailer are claimed here. */
  takes(mailer: string): boolean;
  run(claim: Claim): Promise<Turn>;
  /** Returns how many of `wanted` mails may begin now. */
  allowed(wanted: number): number;
  /** Returns the milliseconds until a mail may begin, if none may now. */
  msUntilNext(): number;
  /** True while a fault holds up all mails. */
  readonly isHeld: boolean;
  readonly holds: readonly MailerHold[];
  /** Lets a mail of each paused mailer be tried at once. */
  probeNow(): void;
}

/** Longest time until a worker looks again: another process may have queued a mail, or died with one. */
export const POLL_MS = 1_000;

/** Runs the attempts of one mailer's claimed mails: breaker, limits, delivery and decision. */
export class MailAttempts implements Attempts {
  readonly #options: MailAttemptsOptions;

  constructor(options: MailAttemptsOptions) {
    this.#options = options;
  }

  get choice(): MailerChoice {
    return this.#options.mailer;
  }

  takes(mailer: string): boolean {
    return mailer === this.#options.mailer;
  }

  allowed(wanted: number): number {
    const { breaker, limiter } = this.#options;
    return breaker.allows(limiter?.available(wanted) ?? wanted);
  }

  get isHeld(): boolean {
    return !this.#options.breaker.isClosed;
  }

  get holds(): readonly MailerHold[] {
    const { breaker, mailer } = this.#options;
    return breaker.lastFault ? [{ mailer, error: breaker.lastFault, opensIn: breaker.msUntilProbe() }] : [];
  }

  probeNow(): void {
    this.#options.breaker.probeNow();
  }

  /**
   * Returns the milliseconds until the transport and the rate limit allow a mail. While a probe is under way or the account
   * is asked, the answer wakes the worker.
   */
  msUntilNext(recipients = 1): number {
    const { breaker, limiter } = this.#options;
    if (breaker.isProbing || limiter?.isAsking) return POLL_MS;
    return Math.max(1, breaker.msUntilProbe(), limiter?.msUntilNext(recipients) ?? 0);
  }

  /**
   * Runs the turn of one claimed mail. Permits, and turns at limits that this process keeps for itself, are taken before
   * anything is awaited.
   */
  async run(claim: Claim): Promise<Turn> {
    const { breaker, transport, onAmbiguous, retryDelays, now, random } = this.#options;
    const permit = breaker.acquire();
    // The transport failed while the mail was claimed. One mail probes it; an operator may hasten that.
    if (!permit) return { waitMs: Math.min(POLL_MS, this.msUntilNext()) };
    const startedAt = now();
    const isSenderGone = claim.pinnedTo !== undefined && !carries(transport, claim.pinnedTo);
    const context = { onAmbiguous, isSenderGone, retryDelays, startedAt, random: random() };
    const settlement = decideBefore(claim, { ...context, now: startedAt });
    const wait = settlement ? 0 : this.#msUntilTurn(claim);
    const waitMs = typeof wait === 'number' ? wait : await wait;
    const result = settlement ? { settlement } : waitMs > 0 ? { waitMs } : await this.#attempt(claim);
    if ('settlement' in result || 'waitMs' in result) {
      breaker.release(permit);
      return result;
    }
    const decision = decide(claim, result, { ...context, now: now() });
    this.#report(permit, decision);
    return decision;
  }

  /** Milliseconds for which a mail waits under way for its turn, or mails with fewer recipients would always overtake it. */
  get #nearMs(): number {
    return Math.min(POLL_MS, this.#options.timeout / 2);
  }

  /** Returns the milliseconds until the mail should be claimed again; 0 if it is to be tried now. */
  #msUntilTurn(claim: Claim): number | Promise<number> {
    const { limiter, domainLimits } = this.#options;
    const recipients = claim.remaining.length;
    // Another mailer of the same limiter may have been faster.
    if (limiter && limiter.msUntilNext(recipients) > this.#nearMs) return this.msUntilNext(recipients);
    return domainLimits.waitFor(claim);
  }

  async #attempt(claim: Claim): Promise<AttemptResult | { readonly waitMs: number }> {
    const { message, remaining, attempt, crashes, pinnedTo } = claim;
    const { inFlight, timeout, transport, publish, limiter } = this.#options;
    const recipients = remaining.length;
    const narrowed = { ...message, envelope: { ...message.envelope, to: remaining } };
    const isFirst = attempt === 1 && crashes === 0;
    const withinMs = this.#nearMs;
    try {
      return await inFlight.run(timeout, undefined, async ({ signal, endsAt }) => {
        const isTurn = !limiter || (await limiter.turn({ recipients, withinMs, signal }));
        // Another process of the same limit was faster.
        if (!isTurn) return { waitMs: this.msUntilNext(recipients) };
        const how = { signal, endsAt, publish, isFirst, isQueued: true, pinnedTo };
        return { receipt: await deliver(narrowed, transport, how) };
      });
    } catch (error) {
      return { error: asMailError(error) };
    }
  }

  #report(permit: Permit, { transport, error }: Decision): void {
    const { breaker, mailer, publish } = this.#options;
    if (transport === 'unknown') {
      breaker.release(permit);
    } else if (transport === 'at fault') {
      const retryInMs = breaker.fail(error, permit);
      if (retryInMs !== undefined) publish('mail.paused', { mailer, error, retryInMs });
    } else if (breaker.succeed(permit)) {
      publish('mail.resumed', { mailer });
    }
  }
}
