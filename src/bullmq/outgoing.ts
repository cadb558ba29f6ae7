const notYet = (): void => undefined;

/**
 * What is to be sent before anything that is asked for later. Commands go over one connection and are carried out
 * in the order they were sent, so nobody has to wait for answers.
 */
export class Outgoing {
  readonly #unsent = new Set<Promise<void>>();

  /** @param work calls `sent` when its command is on its way; what it ends without counts as sent, too */
  async send<T>(work: (sent: () => void) => Promise<T>): Promise<T> {
    let sent = notYet;
    const sending = new Promise<void>((resolve) => {
      sent = resolve;
    });
    this.#unsent.add(sending);
    try {
      return await work(sent);
    } finally {
      sent();
      this.#unsent.delete(sending);
    }
  }

  /** Resolves when all that was to be sent at this moment has been. */
  async flushed(): Promise<void> {
    await Promise.all(this.#unsent);
  }
}
