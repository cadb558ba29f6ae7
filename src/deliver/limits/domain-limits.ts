import { domainOf } from '../../message/address/address.js';
import type { Claim } from '../../queue/mail-queue.js';
import type { Limiters } from './limiters.js';
import { type Limiter, type RateLimit, turnsOf } from './rate-limiter.js';

/** Limits by the recipient's domain; `*` holds for each domain without a limit of its own. */
export type DomainLimitOptions = Readonly<Record<string, RateLimit>>;

export interface DomainLimitsDependencies {
  readonly limiters: Limiters;
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

  /**
   * Returns the milliseconds until the mail should ask again; 0 if it has taken its turn at every domain and may go. Limits
   * that this process keeps for itself answer at once, and give turns at all domains or at none. Over a store, another
   * process may have been faster at one of them: the mail has then lost its turns at the others.
   */
  waitFor({ remaining, priority }: Pick<Claim, 'remaining' | 'priority'>): number | Promise<number> {
    const stops = this.#stopsOf(remaining);
    const busy = stops.filter(({ backlog, turns }) => backlog.limiter.msUntilNext(turns) > 0);
    if (busy.length > 0) return longestWait(busy, priority);
    const taken = stops.map(({ backlog, turns }) => backlog.limiter.reserve(0, turns));
    const waitAfter = (waits: ReadonlyArray<unknown>): number =>
      longestWait(
        stops.filter((_, index) => waits[index] === undefined),
        priority,
      );
    const isAnswered = taken.every((wait) => !(wait instanceof Promise));
    return isAnswered ? waitAfter(taken) : Promise.all(taken.map(async (wait) => wait)).then(waitAfter);
  }

  #stopsOf(remaining: readonly string[]): readonly Stop[] {
    const recipients = new Map<string, number>();
    for (const domain of remaining.map(domainOf)) recipients.set(domain, (recipients.get(domain) ?? 0) + 1);
    return [...recipients].flatMap(([domain, count]) => {
      const backlog = this.#backlogOf(domain);
      return backlog ? [{ backlog, turns: turnsOf(backlog.limiter.limit, count) }] : [];
    });
  }

  #backlogOf(domain: string): DomainBacklog | undefined {
    const known = this.#backlogs.get(domain);
    if (known) return known;
    const limit = Object.hasOwn(this.#limits, domain) ? this.#limits[domain] : this.#limits['*'];
    if (!limit) return undefined;
    if (this.#backlogs.size >= MANY_DOMAINS) this.#forgetIdle();
    const limiter = this.#dependencies.limiters.make(`domain:${domain}`, limit);
    const backlog = new DomainBacklog(limiter, this.#dependencies);
    this.#backlogs.set(domain, backlog);
    return backlog;
  }

  #forgetIdle(): void {
    for (const [domain, { limiter }] of this.#backlogs) {
      if (limiter.isIdle) this.#backlogs.delete(domain);
    }
  }
}

/** A domain that a mail goes to, and the turns it takes there. */
interface Stop {
  readonly backlog: DomainBacklog;
  readonly turns: number;
}

/** A mail of high priority does not join the backlog. */
function longestWait(stops: readonly Stop[], priority: Claim['priority']): number {
  const waits = stops.map(({ backlog, turns }) =>
    priority === 'high' ? backlog.limiter.msUntilNext(turns) : backlog.join(turns),
  );
  return waits.length > 0 ? Math.max(...waits, 1) : 0;
}

/** Spreads the waiting mails of one domain, so that they come back one after another. */
class DomainBacklog {
  readonly limiter: Limiter;
  readonly #dependencies: DomainLimitsDependencies;
  #end = 0;

  constructor(limiter: Limiter, dependencies: DomainLimitsDependencies) {
    this.limiter = limiter;
    this.#dependencies = dependencies;
  }

  /**
   * Adds a mail to the backlog, and returns the milliseconds until its turn. This is an estimate: other mails may overtake
   * or be cancelled. A turn that is far away is not reserved.
   */
  join(turns: number): number {
    const { monotonic, random } = this.#dependencies;
    const { max, per } = this.limiter.limit;
    const now = monotonic();
    const turn = Math.max(this.#end, now + this.limiter.msUntilNext(turns));
    if (turn - now > LONGEST_WAIT_MS) return LONGEST_WAIT_MS * (1 - random() / 2);
    this.#end = turn + (per / max) * turns * TIGHTNESS;
    return turn - now;
  }
}
