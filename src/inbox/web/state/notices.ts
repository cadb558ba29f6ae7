import { signal } from '@preact/signals';

export interface Notice {
  readonly text: string;
  readonly kind: 'done' | 'problem';
}

/** Milliseconds that a notice is shown; problems stay until the next notice or until they are closed. */
const SHOWN_MS = 4_000;

/** One line about the result of the last action, which screen readers announce. */
export class Notices {
  readonly current = signal<Notice | undefined>(undefined);
  #timer = 0;

  done(text: string): void {
    this.#show({ text, kind: 'done' });
    this.#timer = window.setTimeout(() => this.close(), SHOWN_MS);
  }

  problem(error: unknown): void {
    this.#show({ text: error instanceof Error ? error.message : 'The action failed.', kind: 'problem' });
  }

  close(): void {
    this.current.value = undefined;
  }

  /** Awaits an action and shows its result. @returns whether it succeeded */
  async tell(work: Promise<unknown>, done: string): Promise<boolean> {
    try {
      await work;
      this.done(done);
      return true;
    } catch (error) {
      this.problem(error);
      return false;
    }
  }

  #show(notice: Notice): void {
    clearTimeout(this.#timer);
    this.current.value = notice;
  }
}
