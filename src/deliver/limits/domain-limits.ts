import { domainOf } from '../../message/address/address.js';
import type { Claim } from '../../queue/mail-queue.js';
import { Pace, type RateLimit } from './pace.js';

/** Limits by recipients' domain; `*` is for each domain without one of its own. */
export type DomainLimitOptions = Readonly<Record<string, RateLimit>>;

export interface DomainLimitsSurroundings {
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
  readonly #surroundings: DomainLimitsSurroundings;
  readonly #lines = new Map<string, Line>();

  constructor(limits: DomainLimitOptions, surroundings: DomainLimitsSurroundings) {
    this.#limits = limits;
    this.#surroundings = surroundings;
  }

  /** Milliseconds until the mail should ask again; 0: it has its turn at every domain, and may go. */
  waitFor({ remaining, priority }: Pick<Claim, 'remaining' | 'priority'>): number {
    const domains = new Set(remaining.map(domainOf));
    const lines = [...domains].map((domain) => this.#lineOf(domain)).filter((line) => line !== undefined);
    const busy = lines.filter((line) => line.pace.admits(1) === 0);
    if (busy.length === 0) {
      for (const line of lines) line.pace.take();
      return 0;
    }
    // Who is in a hurry does not queue up behind the others.
    return Math.max(...busy.map((line) => (priority === 'high' ? line.pace.opensIn() : line.join())), 1);
  }

  #lineOf(domain: string): Line | undefined {
    const known = this.#lines.get(domain);
    if (known) return known;
    const limit = Object.hasOwn(this.#limits, domain) ? this.#limits[domain] : this.#limits['*'];
    if (!limit) return undefined;
    if (this.#lines.size >= MANY_DOMAINS) this.#forgetIdle();
    const line = new Line(limit, this.#surroundings);
    this.#lines.set(domain, line);
    return line;
  }

  #forgetIdle(): void {
    for (const [domain, { pace }] of this.#lines) {
      if (pace.admits(pace.limit.max) === pace.limit.max) this.#lines.delete(domain);
    }
  }
}

/** Those who wait for one domain come back one after another, not all at once. */
class Line {
  readonly pace: Pace;
  readonly #surroundings: DomainLimitsSurroundings;
  #end = 0;

  constructor(limit: RateLimit, surroundings: DomainLimitsSurroundings) {
    this.pace = new Pace(limit, surroundings.monotonic);
    this.#surroundings = surroundings;
  }

  /**
   * Milliseconds until the turn of who joins now. An estimate: others may be in a hurry, or be
   * cancelled, and what is far away is not worth a place in the line.
   */
  join(): number {
    const { monotonic, random } = this.#surroundings;
    const { max, per } = this.pace.limit;
    const now = monotonic();
    const place = Math.max(this.#end, now + this.pace.opensIn());
    if (place - now > LONGEST_WAIT_MS) return LONGEST_WAIT_MS * (1 - random() / 2);
    this.#end = place + (per / max) * TIGHTNESS;
    return place - now;
  }
}
