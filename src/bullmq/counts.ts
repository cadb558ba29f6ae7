import type { QueueState } from '../queue/mail-queue.js';
import { NO_STATES } from '../queue/record/queue-record.js';
import type { RedisStore } from './redis/redis-store.js';
import { dateOf, listOf, numberOf } from './redis/reply.js';

/** In the order in which `mail:look` counts them. */
const ENDED = ['dead', 'ambiguous', 'expired', 'cancelled', 'corrupt'] as const satisfies QueueState[];
const COUNTED = ['waiting', 'sending', 'sent', ...ENDED] as const satisfies QueueState[];

/** How a mailer's mails stand, or all mailers'. */
export class Counts {
  readonly states: Readonly<Record<QueueState, number>>;
  /** Due time of the mail that is due first, of those that wait. */
  readonly waitsSince: Date | undefined;
  /** When the next mail can be claimed: it is due, or a lease ends. */
  readonly claimableAt: Date | undefined;

  private constructor(
    states: Readonly<Record<QueueState, number>>,
    waitsSince: Date | undefined,
    claimableAt: Date | undefined,
  ) {
    this.states = states;
    this.waitsSince = waitsSince;
    this.claimableAt = claimableAt;
  }

  static async of(store: RedisStore, mailer: string, now: Date): Promise<Counts> {
    const reply = await store.run('mail:look', mailer, [now.getTime(), store.mostOf(mailer), ...ENDED]);
    const [counts, waits, claimable] = listOf(reply);
    const states = { ...NO_STATES };
    for (const [index, state] of COUNTED.entries()) states[state] = numberOf(listOf(counts)[index]);
    return new Counts(states, dateOf(waits), dateOf(claimable));
  }

  static async ofAll(store: RedisStore, now: Date): Promise<Counts> {
    const mailers = await store.mailers();
    const all = await Promise.all(mailers.map((mailer) => Counts.of(store, mailer, now)));
    return all.reduce((sum, counts) => sum.#and(counts), new Counts(NO_STATES, undefined, undefined));
  }

  /** Mails that are still to be sent. */
  get backlog(): number {
    return this.states.waiting + this.states.sending;
  }

  #and(other: Counts): Counts {
    const states = { ...this.states };
    for (const state of COUNTED) states[state] += other.states[state];
    return new Counts(
      states,
      earlier(this.waitsSince, other.waitsSince),
      earlier(this.claimableAt, other.claimableAt),
    );
  }
}

function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b);
}
