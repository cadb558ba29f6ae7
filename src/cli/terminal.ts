/** The terminal and the process that a command runs in. */
export interface Terminal {
  /** Working directory, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Width of standard output in letters; undefined when it is no terminal. */
  readonly columns: number | undefined;
  /** Standard output: results. */
  readonly out: (text: string) => void;
  /** Standard error: faults. */
  readonly err: (text: string) => void;
  /** Replaces the last line of standard error; undefined when it is no terminal. */
  readonly rewriteLine: ((text: string) => void) | undefined;
  readonly now: () => Date;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}
