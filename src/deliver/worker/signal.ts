/**
 * Waits until it is notified, or for some milliseconds. A notification while nobody waits ends the next wait. Its timer does
 * not keep the process alive.
 */
export class Signal {
  #due = false;
  #wake: (() => void) | undefined;

  notify(): void {
    if (this.#wake) this.#wake();
    else this.#due = true;
  }

  /** @param ms the longest wait */
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
