import { MailError } from '../errors/mail-error.js';
import type { Exchanged, PullQueue } from './mail-queue.js';

/** The queue of a module without a queue. Every call that needs one fails and says how to configure it. */
export class DisabledQueue implements PullQueue {
  readonly name = 'off';
  readonly warnings = [];
  readonly #why: string;

  /** Fails, like every call below that is `add`. */
  readonly add = async (): Promise<never> => {
    const message = `There is no mail queue: ${this.#why}. send() delivers at once, without one.`;
    throw new MailError('config', message);
  };
  readonly stats = this.add;
  readonly list = this.add;
  readonly get = this.add;
  readonly retry = this.add;
  readonly cancel = this.add;

  /** @param why reason and remedy, for the error */
  constructor(why: string) {
    this.#why = why;
  }

  async open(): Promise<void> {}

  async exchange(): Promise<Exchanged> {
    return { claims: [], unsettled: [] };
  }

  async extend(): Promise<readonly []> {
    return [];
  }

  async nextDueAt(): Promise<undefined> {}

  async prune(): Promise<void> {}

  async close(): Promise<void> {}
}
