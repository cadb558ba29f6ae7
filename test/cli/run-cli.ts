import { runCommandLine } from '../../src/cli/command-line.js';
import { COMMANDS } from '../../src/cli/commands.js';

/** The output and exit code of a command. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Of the process, where there is something of it. */
export interface CliSurroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  /** Standard error is a terminal: what each line there was rewritten to. */
  readonly rewritten?: string[];
  /** @default a clock that stands still */
  readonly now?: () => Date;
}

/** Runs `mailroom` in process, in a folder. */
export function runCli(cwd: string, ...args: string[]): Promise<CommandResult> {
  return new RunningCli(cwd, args).end;
}

/** `mailroom` at work in process. */
export class RunningCli {
  readonly end: Promise<CommandResult>;
  readonly #interrupt = new AbortController();
  #out = '';
  #err = '';

  constructor(cwd: string, args: readonly string[], surroundings: CliSurroundings = {}) {
    this.end = this.#run(cwd, args, surroundings);
  }

  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  interrupt(): Promise<CommandResult> {
    this.#interrupt.abort();
    return this.end;
  }

  async #run(cwd: string, args: readonly string[], surroundings: CliSurroundings): Promise<CommandResult> {
    const code = await runCommandLine(COMMANDS, args, {
      cwd,
      env: surroundings.env ?? {},
      columns: surroundings.columns,
      out: (text) => (this.#out += text),
      err: (text) => (this.#err += text),
      rewriteLine: surroundings.rewritten && ((text) => void surroundings.rewritten?.push(text)),
      now: surroundings.now ?? (() => new Date('2026-03-09T12:00:00Z')),
      signal: this.#interrupt.signal,
    });
    return { code, out: this.#out, err: this.#err };
  }
}
