/**
 * A pause that something may end early. A wake-up that comes while nobody pauses ends the next one. No process
 * stays for it.
 */
export class WakeUp {
  #due = false;
  #wake: (() => void) | undefined;

  now(): void {
    if (this.#wake) this.#wake();
    else this.#due = true;
  }

  /** @param ms at most so long */
  async within(ms: number): Promise<void> {
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
