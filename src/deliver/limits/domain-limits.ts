import { domainOf } from '../../message/address/address.js';
import type { Claim } from '../../queue/mail-queue.js';
import { RateLimiter, type RateLimit } from './rate-limiter.js';

/** Limits by recipients' domain; `*` is for each domain without one of its own. */
export type DomainLimitOptions = Readonly<Record<string, RateLimit>>;

export interface DomainLimitsDependencies {
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Milliseconds after which a mail that waits for its domain asks again at the latest. */
const LONGEST_WAIT_MS = 300_000;
/** Domains that are remembered before those are forgotten that nothing was sent to lately. */
const MANY_DOMAINS = 10_000;
/** Mails come back a little sooner than the limit has turns for them: a turn that nobody takes is lost. */
const TIGHTNESS = 0.9;

/** How fast mails may go out to each domain. */
export class DomainLimits {
  readonly #limits: DomainLimitOptions;
  readonly #dependencies: DomainLimitsDependencies;
  readonly #backlogs = new Map<string, DomainBacklog>();

  constructor(limits: DomainLimitOptions, dependencies: DomainLimitsDependencies) {
    this.#limits = limits;
    this.#dependencies = dependencies;
  }

  /** Milliseconds until the mail should ask again; 0: it has its turn at every domain, and may go. */
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
    // A mail in a hurry does not queue up behind the others.
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

/** Spreads the mails that wait for one domain, so that they come back one after another. */
class DomainBacklog {
  readonly limiter: RateLimiter;
  readonly #dependencies: DomainLimitsDependencies;
  #end = 0;

  constructor(limit: RateLimit, dependencies: DomainLimitsDependencies) {
    this.limiter = new RateLimiter(limit, dependencies.monotonic);
    this.#dependencies = dependencies;
  }

  /**
   * Milliseconds until the turn of who joins now. An estimate: others may be in a hurry, or be
   * cancelled, and what is far away is not worth a place in the backlog.
   */
  join(): number {
    const { monotonic, random } = this.#dependencies;
    const { max, per } = this.limiter.limit;
    const now = monotonic();
    const place = Math.max(this.#end, now + this.limiter.msUntilNext());
    if (place - now > LONGEST_WAIT_MS) return LONGEST_WAIT_MS * (1 - random() / 2);
    this.#end = place + (per / max) * TIGHTNESS;
    return place - now;
  }
}
