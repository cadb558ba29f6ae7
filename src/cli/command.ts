import type { Terminal } from './terminal.js';

/** Of a process: done; the project has faults; the command line or the project's settings make no sense. */
export const EXIT = { ok: 0, faults: 1, usage: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One subcommand of `mailroom`. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Its own help, with its options; printed for `--help` and below usage errors. */
  readonly usage: string;
  /** @throws {UsageError} when the command line makes no sense */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;
}

/** A command line that makes no sense. The message says what was expected and what was found. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
