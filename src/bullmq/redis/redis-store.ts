import type { QueueState } from '../../queue/mail-queue.js';
import type { TurnsReply, TurnsRequest } from '../../queue/turn-store.js';
import { Attachments } from '../attachments.js';
import { CancelledMails } from '../cancelled-mails.js';
import { Lane, type LaneOptions } from '../lane.js';
import { IdSet } from './id-set.js';
import { RedisKeys } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import { takeTurns } from './turns.js';

/** States of failed jobs that are listed in an index: `dead` is all the rest. */
export const INDEXED = ['ambiguous', 'expired', 'corrupt'] as const satisfies readonly QueueState[];
export type IndexedState = (typeof INDEXED)[number];

export function isIndexed(state: string): state is IndexedState {
  return INDEXED.some((indexed) => indexed === state);
}

/** A BullMQ queue for each mailer over one connection, and what is kept beside them. */
export class RedisStore {
  readonly link: RedisLink;
  readonly attachments: Attachments;
  readonly #keys: RedisKeys;
  readonly #prefix: string;
  readonly #configured: readonly string[];
  readonly #lanes = new Map<string, Promise<Lane>>();

  /** @param link is closed with the store */
  constructor(link: RedisLink, prefix: string, configured: readonly string[]) {
    this.link = link;
    this.#keys = new RedisKeys(prefix);
    this.attachments = new Attachments(this.link.redis, this.#keys);
    this.#prefix = prefix;
    this.#configured = configured;
  }

  /** For a queue or a worker of BullMQ. */
  get bullOptions(): LaneOptions {
    return { connection: this.link.client, prefix: this.#prefix };
  }

  /** @throws {Error} when Redis is gone while the queue is set up; the next call tries again */
  lane(mailer: string): Promise<Lane> {
    const known = this.#lanes.get(mailer);
    if (known) return known;
    const opened = Lane.open(mailer, this.bullOptions);
    const lane = opened.catch((error: unknown) => {
      this.#lanes.delete(mailer);
      throw error;
    });
    this.#lanes.set(mailer, lane);
    return lane;
  }

  /** Of a mailer that has, or may have, mails here: a name that anybody makes up is no reason to set a queue up. */
  async knownLane(mailer: string): Promise<Lane | undefined> {
    return (await this.#mailers()).has(mailer) ? this.lane(mailer) : undefined;
  }

  async lanes(): Promise<readonly Lane[]> {
    return Promise.all([...(await this.#mailers())].map((mailer) => this.lane(mailer)));
  }

  async #mailers(): Promise<ReadonlySet<string>> {
    return new Set([...this.#configured, ...(await this.link.redis.smembers(this.#keys.mailers))]);
  }

  /** Other processes may not have this mailer. */
  async enlist(lane: Lane): Promise<void> {
    if (lane.isListed) return;
    await this.link.redis.sadd(this.#keys.mailers, lane.mailer);
    lane.isListed = true;
  }

  /**
   * Ids of a mailer's jobs: of each indexed state, by when they were queued; of those `cancelled`, by when that was; and
   * of those whose `bodies` are to be dropped. An id is added before its mail gets there; `prune` removes it if it did not.
   */
  ids(mailer: string, what: IndexedState | 'bodies' | 'cancelled'): IdSet {
    return new IdSet(this.link.redis, this.#keys.ofMailer(mailer, what));
  }

  cancelled(mailer: string): CancelledMails {
    const key = this.#keys.ofMailer(mailer, 'cancelled-mails');
    return new CancelledMails(this.link.redis, mailer, key, this.ids(mailer, 'cancelled'));
  }

  takeTurns(request: TurnsRequest): Promise<TurnsReply> {
    return takeTurns(this.link.redis, this.#keys.turns(request.limit), request);
  }

  /** The mark of the store; another one, or undefined, after Redis lost everything. */
  async mark(): Promise<string | undefined> {
    return (await this.link.redis.get(this.#keys.mark)) ?? undefined;
  }

  async makeMark(fresh: string): Promise<string> {
    await this.link.redis.set(this.#keys.mark, fresh, 'NX');
    return (await this.mark()) ?? fresh;
  }

  /** Everything was lost: what was written once is to be written again. */
  async forget(): Promise<void> {
    for (const lane of this.#lanes.values()) (await lane).isListed = false;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#lanes.values()].map(async (lane) => (await lane).close()));
    this.link.close();
  }
}
