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
  /** Standard error: what went wrong, and progress. */
  readonly err: (text: string) => void;
  readonly now: () => Date;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}
