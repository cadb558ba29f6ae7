/**
 * Watch mode: the library and the example each have a watching compiler, and the example restarts
 * when the output of either changes. `nest start --watch` would see only the example.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { join } from 'node:path';

import { buildInbox } from './build-inbox.mjs';

const NEST = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
const EXAMPLE = 'examples/signup/dist/main.js';

const children = [];

function start(args, stdout) {
  const child = spawn(process.execPath, args, { stdio: ['inherit', stdout, 'inherit'] });
  children.push(child);
  child.once('exit', (code) => stop(code ?? 0)); // one alone is of no use
  return child;
}

function stop(code) {
  process.exitCode ??= code;
  for (const child of children) child.kill();
}

/** Resolves after the first compilation; a later one may find its output half written. */
async function startCompiler(...args) {
  const { stdout } = start([NEST, 'build', ...args, '--watch', '--preserveWatchOutput'], 'pipe');
  stdout.pipe(process.stdout);
  for (;;) {
    const [chunk] = await once(stdout, 'data');
    if (chunk.includes('Watching for file changes')) return;
  }
}

process.once('SIGINT', () => stop(130));
process.once('SIGTERM', () => stop(143));

await startCompiler();
await buildInbox(join(import.meta.dirname, '..', 'dist', 'inbox', 'assets'));
await startCompiler('signup', '--watchAssets');
start(['--watch', '--watch-preserve-output', '--enable-source-maps', EXAMPLE], 'inherit');
