/**
 * Waits until it is notified, or until a time is over. A notification that comes while nobody waits ends the next wait. Its
 * timer keeps no process alive.
 */
export class Signal {
  #due = false;
  #wake: (() => void) | undefined;

  notify(): void {
    if (this.#wake) this.#wake();
    else this.#due = true;
  }

  /** @param ms at most so long */
  async wait(ms: number): Promise<void> {
    if (!this.#due) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms).unref();
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#due = false;
    this.#wake = undefined;
  }
}
