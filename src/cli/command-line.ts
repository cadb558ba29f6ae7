import { didYouMean } from '../errors/closest.js';
import { MailError, messageOf } from '../errors/mail-error.js';
import { type Command, EXIT, type ExitCode, UsageError } from './command.js';
import type { Terminal } from './terminal.js';

export type Commands = ReadonlyMap<string, Command>;

/** Runs the subcommand that the arguments name. Errors are printed as text, without a stack. */
export async function runCommandLine(
  commands: Commands,
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || isHelp(name)) {
    terminal.out(overview(commands));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = commands.get(name);
  if (!command) {
    terminal.err(`${unknownCommand(name, commands)}\n\n${overview(commands)}`);
    return EXIT.usage;
  }
  if (rest.some(isHelp)) {
    terminal.out(`${command.usage}\n`);
    return EXIT.ok;
  }
  return runCommand(command, rest, terminal);
}

async function runCommand(command: Command, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (error instanceof UsageError || isArgumentError(error)) {
      terminal.err(`${messageOf(error)}\n\n${command.usage}\n`);
      return EXIT.usage;
    }
    if (!MailError.is(error)) throw error;
    terminal.err(`${error.message}\n`);
    return error.code === 'config' ? EXIT.usage : EXIT.faults;
  }
}

/** Whether `parseArgs` of node:util threw it. */
function isArgumentError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return typeof error.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS');
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

function unknownCommand(name: string, commands: Commands): string {
  return `There is no command "${name}"${didYouMean(name, commands.keys()) || '.'}`;
}

function overview(commands: Commands): string {
  const width = Math.max(...[...commands.keys()].map((name) => name.length));
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: nest-mailroom <command> [options]',
    '',
    ...lines,
    '',
    'nest-mailroom <command> --help',
    '',
  ].join('\n');
}
