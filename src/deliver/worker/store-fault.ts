import type { MailLog } from '../../log/mail-log.js';
import { messageOf } from '../../errors/mail-error.js';

/** Reports a store that does not answer once, for as long as that lasts and however many calls fail. */
export class StoreFault {
  readonly #log: MailLog;
  #last: string | undefined;

  constructor(log: MailLog) {
    this.#log = log;
  }

  /** Reports that a call to the store failed. */
  met(what: string, error: unknown): void {
    const fault = `${what}: ${messageOf(error)}`;
    if (fault !== this.#last) this.#log.fault(what, error);
    this.#last = fault;
  }

  /** Reports that the store answered. */
  over(): void {
    this.#last = undefined;
  }
}

/** Of one store; shared by all its callers. */
export interface StoreFaults {
  readonly reading: StoreFault;
  readonly writing: StoreFault;
}
