/** What a command sees of the terminal it runs in. */
export interface Terminal {
  /** Working directory, absolute. */
  readonly cwd: string;
  /** Standard output: what was asked for. */
  readonly out: (text: string) => void;
  /** Standard error: what went wrong, and progress. */
  readonly err: (text: string) => void;
  readonly now: () => Date;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}
