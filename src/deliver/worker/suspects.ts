import type { Claim } from '../../queue/mail-queue.js';

/**
 * Mails whose process ended while they were under way: one of them may be the reason. They are tried one at
 * a time, so that the one that is takes no other along again, and again, until all of them look guilty.
 */
export class Suspects {
  #tried: string | undefined;

  /** Whether the mail may be tried now. Whoever is told so says `leave` in the end. */
  admits({ id, crashes }: Claim): boolean {
    if (crashes === 0) return true;
    if (this.#tried !== undefined) return false;
    this.#tried = id;
    return true;
  }

  leave({ id }: Claim): void {
    if (this.#tried === id) this.#tried = undefined;
  }
}
