import { domainOf } from '../../message/address/address.js';
import type { Claim } from '../../queue/mail-queue.js';
import { RateLimiter, type RateLimit } from './rate-limiter.js';

/** Limits by the recipient's domain; `*` holds for each domain without a limit of its own. */
export type DomainLimitOptions = Readonly<Record<string, RateLimit>>;

export interface DomainLimitsDependencies {
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Longest time in milliseconds until a mail that waits for its domain asks again. */
const LONGEST_WAIT_MS = 300_000;
/** Number of remembered domains at which idle ones are forgotten. */
const MANY_DOMAINS = 10_000;
/** Mails come back slightly sooner than the limit has turns for them, because an unused turn is lost. */
const TIGHTNESS = 0.9;

/** Limits the rate of mails to each domain. */
export class DomainLimits {
  readonly #limits: DomainLimitOptions;
  readonly #dependencies: DomainLimitsDependencies;
  readonly #backlogs = new Map<string, DomainBacklog>();

  constructor(limits: DomainLimitOptions, dependencies: DomainLimitsDependencies) {
    this.#limits = limits;
    this.#dependencies = dependencies;
  }

  /** Returns the milliseconds until the mail should ask again; 0 if it has taken its turn at every domain and may go. */
  waitFor({ remaining, priority }: Pick<Claim, 'remaining' | 'priority'>): number {
    const domains = new Set(remaining.map(domainOf));
    const backlogs = [...domains]
      .map((domain) => this.#backlogOf(domain))
      .filter((backlog) => backlog !== undefined);
    const busy = backlogs.filter((backlog) => backlog.limiter.available(1) === 0);
    if (busy.length === 0) {
      for (const backlog of backlogs) backlog.limiter.tryAcquire();
      return 0;
    }
    // A mail of high priority does not join the backlog.
    return Math.max(
      ...busy.map((backlog) => (priority === 'high' ? backlog.limiter.msUntilNext() : backlog.join())),
      1,
    );
  }

  #backlogOf(domain: string): DomainBacklog | undefined {
    const known = this.#backlogs.get(domain);
    if (known) return known;
    const limit = Object.hasOwn(this.#limits, domain) ? this.#limits[domain] : this.#limits['*'];
    if (!limit) return undefined;
    if (this.#backlogs.size >= MANY_DOMAINS) this.#forgetIdle();
    const backlog = new DomainBacklog(limit, this.#dependencies);
    this.#backlogs.set(domain, backlog);
    return backlog;
  }

  #forgetIdle(): void {
    for (const [domain, { limiter }] of this.#backlogs) {
      if (limiter.available(limiter.limit.max) === limiter.limit.max) this.#backlogs.delete(domain);
    }
  }
}

/** Spreads the waiting mails of one domain, so that they come back one after another. */
class DomainBacklog {
  readonly limiter: RateLimiter;
  readonly #dependencies: DomainLimitsDependencies;
  #end = 0;

  constructor(limit: RateLimit, dependencies: DomainLimitsDependencies) {
    this.limiter = new RateLimiter(limit, dependencies.monotonic);
    this.#dependencies = dependencies;
  }

  /**
   * Adds a mail to the backlog, and returns the milliseconds until its turn. This is an estimate: other mails may overtake
   * or be cancelled. A turn that is far away is not reserved.
   */
  join(): number {
    const { monotonic, random } = this.#dependencies;
    const { max, per } = this.limiter.limit;
    const now = monotonic();
    const turn = Math.max(this.#end, now + this.limiter.msUntilNext());
    if (turn - now > LONGEST_WAIT_MS) return LONGEST_WAIT_MS * (1 - random() / 2);
    this.#end = turn + (per / max) * TIGHTNESS;
    return turn - now;
  }
}
