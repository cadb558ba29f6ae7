import type { Terminal } from './terminal.js';

/** Exit codes: done; the project has faults; the command line or the project's settings make no sense. */
export const EXIT = { ok: 0, faults: 1, usage: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** The help of the command, with its options; also printed below usage errors. */
  readonly usage: string;
  /** @throws {UsageError} when the command line makes no sense */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;
}

/** A command line that makes no sense. The message says what was expected and what was found. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
