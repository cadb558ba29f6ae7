#!/usr/bin/env node
import { runCommandLine } from './command-line.js';
import { COMMANDS } from './commands.js';

process.exitCode = await runCommandLine(COMMANDS, process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  rewriteLine: process.stderr.isTTY ? (text) => void process.stderr.write(`\r\u001B[K${text}`) : undefined,
  now: () => new Date(),
  // Only commands that read the signal handle interrupts; by default the system ends the process.
  get signal() {
    const interrupt = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());
    return interrupt.signal;
  },
});
