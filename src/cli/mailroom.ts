#!/usr/bin/env node
import { runCommandLine } from './command-line.js';
import { COMMANDS } from './commands.js';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

process.exitCode = await runCommandLine(COMMANDS, process.argv.slice(2), {
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  now: () => new Date(),
  signal: interrupt.signal,
});
