import { runCommandLine } from '../../src/cli/command-line.js';
import { COMMANDS } from '../../src/cli/commands.js';

/** What a command left behind. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `mailroom` in process, in a folder. */
export async function runCli(cwd: string, ...args: string[]): Promise<CommandResult> {
  let out = '';
  let err = '';
  const code = await runCommandLine(COMMANDS, args, {
    cwd,
    out: (text) => (out += text),
    err: (text) => (err += text),
    now: () => new Date('2026-03-09T12:00:00Z'),
    signal: new AbortController().signal,
  });
  return { code, out, err };
}
