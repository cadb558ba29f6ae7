/** What a command sees of the terminal it runs in. */
export interface Terminal {
  /** Working directory, absolute. */
  readonly cwd: string;
  /** The environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Letters that fit on a line of standard output; undefined when that is no terminal. */
  readonly columns: number | undefined;
  /** Standard output: what was asked for. */
  readonly out: (text: string) => void;
  /** Standard error: what went wrong. */
  readonly err: (text: string) => void;
  /** Puts a text in the place of the last one on a line of standard error; undefined when that is no terminal. */
  readonly rewriteLine: ((text: string) => void) | undefined;
  readonly now: () => Date;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}
