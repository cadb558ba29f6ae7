import { MailError } from '../errors/mail-error.js';

/** Milliseconds after which others may have queued so many that a count is of no use. */
const STALE_MS = 1_000;

/**
 * Holds the number of waiting mails under its bound. Counted anew every second and whenever the bound seems
 * to be reached: what other processes queue within a second may come on top.
 */
export class Backlog {
  readonly #max: number;
  #count = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many there were when it was last counted. */
  get last(): number {
    return this.#count;
  }

  /** @throws {MailError} `queue-full` */
  async admit(count: () => Promise<number>): Promise<void> {
    if (this.#count >= this.#max || performance.now() - this.#countedAt > STALE_MS) {
      this.#counting ??= this.#recount(count);
    }
    // Also for those that did not ask for it: mails stay in the order they came.
    await this.#counting;
    if (this.#count >= this.#max) {
      throw new MailError(
        'queue-full',
        `${this.#count} mails wait in Redis, as many as may; the mail was not queued. Find out why they do not leave, or raise maxBacklog.`,
      );
    }
    this.#count += 1;
  }

  async #recount(count: () => Promise<number>): Promise<void> {
    try {
      this.#count = await count();
      this.#countedAt = performance.now();
    } finally {
      this.#counting = undefined;
    }
  }
}
