interface Owed {
  readonly dueAt: number;
  /** The queue does not hand the mail out before this time. */
  notBefore: number;
  /** Number among all added mails. */
  readonly number: number;
}

/** Maximum number of ids that are kept. */
const KNOWN = 10_000;

/** Mails of one mailer that this process queued and nobody has tried yet. A shutdown delivers the due ones. */
export class OwedMails {
  readonly #mails = new Map<string, Owed>();
  #added = 0;
  /** True if more mails were added than ids are kept. */
  #hasMore = false;
  #isComplete = false;

  /** Number of mails added so far, for a later call of `gone`. */
  get addedCount(): number {
    return this.#added;
  }

  add(id: string, dueAt: Date): void {
    if (this.#isComplete) return;
    this.#added += 1;
    const time = dueAt.getTime();
    if (this.#mails.size < KNOWN) this.#mails.set(id, { dueAt: time, notBefore: time, number: this.#added });
    else this.#hasMore = true;
  }

  /** The mail was put back untried. */
  putBack(id: string, until: Date): void {
    const owed = this.#mails.get(id);
    if (owed) owed.notBefore = until.getTime();
  }

  tried(id: string): void {
    this.#mails.delete(id);
  }

  /**
   * Forgets due mails that other processes have tried: the queue had nothing due at `now`.
   * @param addedCount its value before the queue was asked: later mails are not meant
   * @param isHere returns whether this process has the mail under way
   */
  gone(addedCount: number, now: Date, isHere: (id: string) => boolean): void {
    for (const [id, { notBefore, number }] of this.#mails) {
      if (number <= addedCount && notBefore <= now.getTime() && !isHere(id)) this.#mails.delete(id);
    }
    if (this.#added === addedCount) this.#hasMore = false;
  }

  /** Ends the counting. Mails that are queued from now on are left to the next process. */
  complete(): void {
    this.#isComplete = true;
  }

  /** One of those that the queue may hand out. */
  firstDue(now: Date): string | undefined {
    for (const [id, { notBefore }] of this.#mails) if (notBefore <= now.getTime()) return id;
    return undefined;
  }

  isAnyDue(now: Date): boolean {
    if (this.#hasMore) return true;
    for (const { dueAt } of this.#mails.values()) if (dueAt <= now.getTime()) return true;
    return false;
  }

  /** A lower bound, if more mails were added than ids are kept. */
  countDue(now: Date): number {
    const due = [...this.#mails.values()].filter(({ dueAt }) => dueAt <= now.getTime());
    return due.length + (this.#hasMore ? 1 : 0);
  }
}
