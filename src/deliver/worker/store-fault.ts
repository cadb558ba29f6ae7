import type { MailLog } from '../../log/mail-log.js';
import { messageOf } from '../../errors/mail-error.js';

/** A queue's store that does not answer: told of once, however long that lasts and however many ask it. */
export class StoreFault {
  readonly #log: MailLog;
  #last: string | undefined;

  constructor(log: MailLog) {
    this.#log = log;
  }

  /** It failed whoever asked it. */
  met(what: string, error: unknown): void {
    const fault = `${what}: ${messageOf(error)}`;
    if (fault !== this.#last) this.#log.fault(what, error);
    this.#last = fault;
  }

  /** It answered. */
  over(): void {
    this.#last = undefined;
  }
}
