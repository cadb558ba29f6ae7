import type { Claim } from '../../queue/mail-queue.js';

/**
 * Tries mails whose process crashed while they were under way one at a time: one of them may be poison, and must not make the
 * others look guilty by crashing the process along with them again.
 */
export class CrashQuarantine {
  #tried: string | undefined;

  /** Returns whether the mail may be tried now; the caller must `release` it in the end. */
  admits({ id, crashes }: Claim): boolean {
    if (crashes === 0) return true;
    if (this.#tried !== undefined) return false;
    this.#tried = id;
    return true;
  }

  release({ id }: Claim): void {
    if (this.#tried === id) this.#tried = undefined;
  }
}
