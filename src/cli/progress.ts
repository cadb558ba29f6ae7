import type { Terminal } from './terminal.js';

/** Shorter work shows no progress. */
const PATIENCE_MS = 2_000;
const REFRESH_MS = 200;

type ProgressTerminal = Pick<Terminal, 'rewriteLine' | 'now'>;

/** Reports progress. */
export type Step = (done: number, total: number) => void;

/**
 * Runs work that may take long. After two seconds, a terminal shows one line of progress, which is removed when
 * the work is done. A pipe shows nothing.
 * @param what the work in progress: `Checking templates`
 */
export async function withProgress<T>(
  terminal: ProgressTerminal,
  what: string,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  const line = new ProgressLine(terminal, what);
  // Refreshes the line while the work waits; work that computes blocks timers, and its steps refresh the line.
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
