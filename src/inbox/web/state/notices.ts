import { signal } from '@preact/signals';

export interface Notice {
  readonly text: string;
  readonly kind: 'done' | 'problem';
}

/** Milliseconds a notice stays; problems stay until the next one or until they are closed. */
const SHOWN_MS = 4_000;

/** One line about the last action or its failure. Screen readers announce it. */
export class Notices {
  readonly current = signal<Notice | undefined>(undefined);
  #timer = 0;

  done(text: string): void {
    this.#show({ text, kind: 'done' });
    this.#timer = window.setTimeout(() => this.close(), SHOWN_MS);
  }

  problem(error: unknown): void {
    this.#show({ text: error instanceof Error ? error.message : 'That did not work.', kind: 'problem' });
  }

  close(): void {
    this.current.value = undefined;
  }

  /** Does something and says how it went. @returns whether it worked */
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
