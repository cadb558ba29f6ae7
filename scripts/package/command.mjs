import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A command that could not be started, or did not exit with 0. */
export class CommandError extends Error {
  name = 'CommandError';

  /** @param {string} command @param {number | null} code @param {string} output */
  constructor(command, code, output) {
    super(`${command} ended with ${code}:\n${output.trim()}`);
    this.output = output;
  }
}

/**
 * Runs a command to its end, without standard input.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, timeout?: number }} [options] timeout in ms
 * @returns {Promise<string>} what it wrote to standard output and standard error, in order
 * @throws {CommandError}
 */
export async function run(cwd, command, args, { env = {}, timeout = 300_000 } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  const output = Buffer.concat(chunks).toString();
  if (code !== 0) throw new CommandError([command, ...args].join(' '), code, output);
  return output;
}
