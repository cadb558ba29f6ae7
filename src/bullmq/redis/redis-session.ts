import { randomUUID } from 'node:crypto';
import { messageOf } from '../../errors/mail-error.js';
import type { QueueSettings } from '../../options/extension.js';
import { closedQueue } from '../../queue/record/queue-record.js';
import { redisWarnings } from './redis-checks.js';
import { redisFault } from './redis-fault.js';
import { RedisLink, type RedisTarget } from './redis-link.js';
import { RedisStore } from './redis-store.js';

export interface RedisSessionOptions extends Pick<QueueSettings, 'mailers' | 'report' | 'raise'> {
  /** @throws {MailError} `config` when nothing says where Redis is */
  readonly place: () => { readonly target: RedisTarget; readonly prefix: string };
}

/** The time in which this process uses its store: what may be asked of it, and what is still under way. */
export class RedisSession {
  readonly #options: RedisSessionOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #store: RedisStore | undefined;
  #mark: Promise<string> | undefined;
  /** It was away when its settings were to be looked at. */
  #isUnchecked = false;
  #closing: Promise<void> | undefined;

  constructor(options: RedisSessionOptions) {
    this.#options = options;
  }

  /** Host and port of Redis. */
  get target(): string | undefined {
    return this.#store?.link.place;
  }

  /**
   * A Redis that is away stops nobody: what is asked of it fails, and goes on once it is there.
   * @returns what should be known of it, a sentence each
   * @throws {MailError} `config`
   */
  async open(): Promise<readonly string[]> {
    this.begin();
    try {
      return await this.call(({ link }) => redisWarnings(link.redis, link.place));
    } catch (error) {
      this.#options.report(`Mails can be neither queued nor taken from the queue: ${messageOf(error)}`);
      this.#isUnchecked = true;
      return [];
    }
  }

  /** Calls may be made from now on. */
  begin(): void {
    if (!this.#closing) this.#store ??= this.#newStore(false);
  }

  /** A store of a worker's own, whose commands wait for a Redis that is away. */
  patientStore(): RedisStore {
    return this.#newStore(true);
  }

  #newStore(isPatient: boolean): RedisStore {
    const { target, prefix } = this.#options.place();
    return new RedisStore(new RedisLink(target, isPatient), prefix, this.#options.mailers);
  }

  /** @throws {MailError} `closed`, `transport-unavailable`, `authentication`, `queue-full` */
  async call<T>(work: (store: RedisStore) => Promise<T>): Promise<T> {
    const store = this.#store;
    if (!store || this.#closing) throw closedQueue();
    const call = this.#call(store, work);
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  async #call<T>(store: RedisStore, work: (store: RedisStore) => Promise<T>): Promise<T> {
    try {
      await store.link.ready();
      this.#mark ??= this.#marked(store);
      await this.#mark;
      await this.#checkLate(store);
      return await work(store);
    } catch (error) {
      throw redisFault(error, store.link.place);
    }
  }

  async #checkLate({ link }: RedisStore): Promise<void> {
    if (!this.#isUnchecked) return;
    this.#isUnchecked = false;
    for (const warning of await redisWarnings(link.redis, link.place)) this.#options.report(warning);
  }

  async #marked(store: RedisStore): Promise<string> {
    try {
      return await store.makeMark(randomUUID());
    } catch (error) {
      this.#mark = undefined;
      throw error;
    }
  }

  /** Tells, once, that the store has lost everything: it has another mark then, or none. */
  async noticeLoss(store: RedisStore, waited: () => number): Promise<void> {
    const known = this.#mark;
    const mark = await store.mark();
    // Each mailer asks; one of them tells.
    if (mark === (await known) || this.#mark !== known) return;
    this.#mark = this.#marked(store);
    await store.forget();
    await this.#mark;
    const count = waited();
    const message = `Redis at ${store.link.place} has lost everything in it (flushed, or restarted without its append-only file): the mails that waited there are lost, ${count} when they were last counted.`;
    this.#options.raise({ kind: 'queue', message, mailers: this.#options.mailers });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#store?.close();
  }
}
