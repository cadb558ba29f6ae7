import type { Terminal } from './terminal.js';

/** Work that is done within this time says nothing. */
const PATIENCE_MS = 2_000;
const REFRESH_MS = 200;

type ProgressTerminal = Pick<Terminal, 'rewriteLine' | 'now'>;

/** Tells how far work has come. */
export type Step = (done: number, total: number) => void;

/**
 * Does work that may take long. After two seconds a person at a terminal sees one line that says how it goes; it is
 * gone when the work is done. A pipe sees nothing.
 * @param what the work in progress: `Checking templates`
 */
export async function withProgress<T>(
  terminal: ProgressTerminal,
  what: string,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  const line = new ProgressLine(terminal, what);
  // Between the steps of work that waits; work that computes lets no timer run, and is heard of by its steps.
  const timer = terminal.rewriteLine && setInterval(() => line.show(), REFRESH_MS);
  try {
    return await work((done, total) => line.step(done, total));
  } finally {
    clearInterval(timer);
    line.clear();
  }
}

class ProgressLine {
  readonly #terminal: ProgressTerminal;
  readonly #what: string;
  readonly #startedAt: number;
  #shownAt = 0;
  #count = '';

  constructor(terminal: ProgressTerminal, what: string) {
    this.#terminal = terminal;
    this.#what = what;
    this.#startedAt = terminal.now().getTime();
  }

  step(done: number, total: number): void {
    this.#count = ` ${done} of ${total}`;
    this.show();
  }

  show(): void {
    const { rewriteLine, now } = this.#terminal;
    if (!rewriteLine) return;
    const at = now().getTime();
    if (at - this.#startedAt < PATIENCE_MS || at - this.#shownAt < REFRESH_MS) return;
    this.#shownAt = at;
    rewriteLine(`${this.#what}${this.#count}, ${Math.floor((at - this.#startedAt) / 1000)} s`);
  }

  clear(): void {
    if (this.#shownAt > 0) this.#terminal.rewriteLine?.('');
  }
}
