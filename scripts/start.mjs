/** Runs the example (`npm start`): builds it, and starts the web process. */
import { spawn } from 'node:child_process';

import { buildExample } from './build-example.mjs';

/** Exits like the application; a signal to this process reaches it. */
function run(main) {
  const child = spawn(process.execPath, ['--enable-source-maps', main], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
}

const started = performance.now();
console.log('Building nest-mailroom and its example …');
const main = await buildExample();
console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s. Starting examples/signup …`);
run(main);
