import type { MailError } from '../../errors/mail-error.js';
import { asMailError } from '../../errors/mail-error.js';
import type { Claim, MailerChoice } from '../../queue/mail-queue.js';
import type { MailerRateLimiter } from '../limits/mailer-rate-limiter.js';
import type { Transport } from '../../transport/transport.js';
import {
  type Attempts,
  MailAttempts,
  type MailAttemptsOptions,
  type MailerHold,
  POLL_MS,
  type Turn,
} from './attempt.js';
import { type BreakerPauses, CircuitBreaker, PAUSES } from '../../transport/circuit-breaker.js';
import { expiredBefore } from './decision.js';

/** A mailer that was found for a mail. Its transport stays open until it is released. */
export interface LentMailer {
  readonly mailer: {
    readonly transport: Transport;
    readonly limiter: MailerRateLimiter | undefined;
    readonly timeout: number;
  };
  readonly release: () => void;
}

/** Finds mailers by their name while the application runs. */
export interface MailerLender {
  /** Milliseconds that finding one may take. */
  readonly timeout: number;
  /** @throws {MailError} if there is none, or it cannot be found now */
  lend(name: string, signal: AbortSignal): Promise<LentMailer>;
}

type OwnOptions = 'mailer' | 'transport' | 'breaker' | 'limiter' | 'timeout';

export interface ResolvedAttemptsOptions extends Omit<MailAttemptsOptions, OwnOptions> {
  readonly lender: MailerLender;
  /** Mailers that have workers of their own. */
  readonly configured: readonly string[];
  /** Most mails of one mailer under way at once. */
  readonly concurrency: number;
  readonly monotonic: () => number;
  readonly onFault: (mailer: string, error: MailError, pauseMs: number) => void;
  readonly onWorking: (mailer: string) => void;
}

/** As those of a transport, but the mails of one customer may wait longer: nobody else is held up. */
const LONGEST_PAUSE_MS = 900_000;
/** Most paused mailers that claims leave out. Mails of others are claimed and moved to a later time. */
const MAX_LEFT_OUT = 500;
/** Most paused mailers that are known. */
const MAX_PAUSED = 50_000;

interface Tenant {
  readonly breaker: CircuitBreaker;
  /** Mails under way. */
  underWay: number;
}

/**
 * Runs the attempts of all mailers that are found while the application runs. Each has a circuit breaker of its own: a fault
 * pauses it alone, and moves its mails to a later time.
 */
export class ResolvedAttempts implements Attempts {
  readonly #options: ResolvedAttemptsOptions;
  readonly #configured: ReadonlySet<string>;
  /** Mailers with mails under way, and paused ones. */
  readonly #tenants = new Map<string, Tenant>();

  constructor(options: ResolvedAttemptsOptions) {
    this.#options = options;
    this.#configured = new Set(options.configured);
  }

  /** Leaves out mailers that are paused, or have as many mails under way as they may. */
  get choice(): MailerChoice {
    const { configured, concurrency } = this.#options;
    const each = Math.ceil(concurrency / 2);
    const except = [...configured];
    for (const [name, { breaker, underWay }] of this.#tenants) {
      if (except.length >= configured.length + MAX_LEFT_OUT) break;
      if (underWay + each > concurrency || breaker.allows(1) === 0) except.push(name);
    }
    return { except, each };
  }

  takes(mailer: string): boolean {
    return !this.#configured.has(mailer);
  }

  allowed(wanted: number): number {
    return wanted;
  }

  msUntilNext(): number {
    return POLL_MS;
  }

  /** No fault holds up all mailers. */
  readonly isHeld = false;

  get holds(): readonly MailerHold[] {
    return [...this.#tenants].flatMap(([mailer, { breaker }]) =>
      breaker.lastFault ? [{ mailer, error: breaker.lastFault, opensIn: breaker.msUntilProbe() }] : [],
    );
  }

  probeNow(): void {
    for (const { breaker } of this.#tenants.values()) breaker.probeNow();
  }

  async run(claim: Claim): Promise<Turn> {
    const name = claim.message.mailer;
    const tenant = this.#tenantOf(name);
    tenant.underWay += 1;
    try {
      return await this.#run(name, claim, tenant.breaker);
    } finally {
      tenant.underWay -= 1;
      this.#forget(name, tenant);
    }
  }

  async #run(name: string, claim: Claim, breaker: CircuitBreaker): Promise<Turn> {
    if (breaker.allows(1) === 0) return this.#later(breaker);
    const found = await this.#find(name);
    if ('error' in found) return this.#unfound(claim, breaker, found.error);
    const { mailer, release } = found;
    const { transport, limiter, timeout } = mailer;
    try {
      const own = { mailer: name, transport, limiter, timeout, breaker };
      const turn = await new MailAttempts({ ...this.#options, ...own }).run(claim);
      const isHeld = !breaker.isClosed && 'settlement' in turn && turn.settlement.state === 'released';
      return isHeld ? this.#later(breaker, turn.error) : turn;
    } finally {
      release();
    }
  }

  /** The end of the module ends the search, too. */
  async #find(name: string): Promise<LentMailer | { readonly error: MailError }> {
    const { inFlight, lender } = this.#options;
    try {
      return await inFlight.run(lender.timeout, undefined, ({ signal }) => lender.lend(name, signal));
    } catch (error) {
      return { error: asMailError(error) };
    }
  }

  #unfound(claim: Claim, breaker: CircuitBreaker, error: MailError): Turn {
    const { publish, now } = this.#options;
    if (error.code === 'closed' || error.code === 'aborted') return { settlement: { state: 'released' } };
    const settlement = expiredBefore(claim, error, now());
    if (settlement) return { settlement, error };
    const permit = breaker.acquire();
    const retryInMs = permit && breaker.fail(error, permit);
    if (retryInMs !== undefined) publish('mail.paused', { mailer: claim.message.mailer, error, retryInMs });
    return this.#later(breaker, error);
  }

  /** Moves a mail to a time when its mailer may be tried again. */
  #later(breaker: CircuitBreaker, error?: MailError): Turn {
    const { now, random } = this.#options;
    const waitMs = Math.max(POLL_MS / 10, breaker.msUntilProbe()) * (1 + random() / 10);
    const dueAt = new Date(now().getTime() + Math.ceil(waitMs));
    return { settlement: { state: 'released', dueAt }, isHeld: true, ...(error && { error }) };
  }

  #tenantOf(name: string): Tenant {
    const { monotonic, random, onFault, onWorking } = this.#options;
    const known = this.#tenants.get(name);
    if (known) return known;
    const breaker = new CircuitBreaker({
      pauses: tenantPauses(),
      monotonic,
      random,
      onFault: (error, pauseMs) => onFault(name, error, pauseMs),
      onWorking: () => onWorking(name),
    });
    const tenant = { breaker, underWay: 0 };
    this.#tenants.set(name, tenant);
    return tenant;
  }

  /** Keeps those that are paused. Of too many, the one that was paused first begins anew. */
  #forget(name: string, { breaker, underWay }: Tenant): void {
    if (underWay > 0) return;
    if (breaker.isClosed) this.#tenants.delete(name);
    if (this.#tenants.size <= MAX_PAUSED) return;
    for (const [other, tenant] of this.#tenants) {
      if (tenant.underWay > 0) continue;
      this.#tenants.delete(other);
      return;
    }
  }
}

function tenantPauses(): BreakerPauses {
  return { ...PAUSES, longest: Math.min(PAUSES.longest * 15, LONGEST_PAUSE_MS) };
}
