interface Owed {
  readonly dueAt: number;
  /** The queue does not hand the mail out before this time. */
  notBefore: number;
  /** Its number among all that were added. */
  readonly place: number;
}

/** Maximum number of ids that are kept. */
const KNOWN = 10_000;

/** Mails of one mailer that this process queued and nobody has tried yet: a shutdown delivers those that are due. */
export class OwedMails {
  readonly #mails = new Map<string, Owed>();
  #added = 0;
  /** There are more than are known by their ids. */
  #hasMore = false;
  #isComplete = false;

  /** How many were added: those of them that are gone by then are meant by `gone`. */
  get mark(): number {
    return this.#added;
  }

  add(id: string, dueAt: Date): void {
    if (this.#isComplete) return;
    this.#added += 1;
    const time = dueAt.getTime();
    if (this.#mails.size < KNOWN) this.#mails.set(id, { dueAt: time, notBefore: time, place: this.#added });
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
   * The queue had nothing due at `now`: others have tried what was added before `mark`.
   * @param isHere whether this process has it under way
   */
  gone(mark: number, now: Date, isHere: (id: string) => boolean): void {
    for (const [id, { notBefore, place }] of this.#mails) {
      if (place <= mark && notBefore <= now.getTime() && !isHere(id)) this.#mails.delete(id);
    }
    if (this.#added === mark) this.#hasMore = false;
  }

  /** Ends the counting: mails queued from now on are left to the next process. */
  complete(): void {
    this.#isComplete = true;
  }

  isAnyDue(now: Date): boolean {
    if (this.#hasMore) return true;
    for (const { dueAt } of this.#mails.values()) if (dueAt <= now.getTime()) return true;
    return false;
  }

  /** At least so many. */
  countDue(now: Date): number {
    const due = [...this.#mails.values()].filter(({ dueAt }) => dueAt <= now.getTime());
    return due.length + (this.#hasMore ? 1 : 0);
  }
}
