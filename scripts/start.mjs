/**
 * Runs the example (`npm start`): transpiles the library and the example, bundles the inbox page, and starts the
 * web process. Types are not checked here: that takes three times as long, and `npm run types` does it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { buildInbox } from './build-inbox.mjs';
import { copyTemplates, transpile } from './transpile.mjs';

const ROOT = join(import.meta.dirname, '..');
const EXAMPLE = join(ROOT, 'examples', 'signup');

async function build() {
  await transpile(join(ROOT, 'src'), join(ROOT, 'dist'), { except: 'inbox/web/' });
  await transpile(join(EXAMPLE, 'src'), join(EXAMPLE, 'dist'));
  await copyTemplates(join(EXAMPLE, 'src'), join(EXAMPLE, 'dist'));
  await buildInbox(join(ROOT, 'dist', 'inbox', 'assets'));
}

/** Ends as the application ends; a signal to this process reaches it. */
function run(main) {
  const child = spawn(process.execPath, ['--enable-source-maps', main], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
}

const started = performance.now();
console.log('Building nest-mailroom and its example …');
await build();
console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s. Starting examples/signup …`);
run(join(EXAMPLE, 'dist', 'main.js'));
