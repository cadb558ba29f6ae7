import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { end } from './process-end.mjs';

const MAIN = join(import.meta.dirname, '../../examples/signup/dist/main.js');
const READY = 'Nest application successfully started';

/**
 * The built example as a process.
 *
 * @param {string} cwd where its spool is
 * @param {number} smtpPort
 */
export async function startWebsite(cwd, smtpPort) {
  const port = await freePort();
  const mail = { MAIL_URL: `smtp://127.0.0.1:${smtpPort}`, MAIL_SPOOL_PATH: join(cwd, 'spool.db') };
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...mail };
  const child = spawn(process.execPath, [MAIN], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  await ready(child);
  const url = `http://127.0.0.1:${port}/signup`;
  return { signUp: (email) => signUp(url, email), stop: () => end(child, 'SIGTERM') };
}

async function ready({ stdout }) {
  let said = '';
  stdout.on('data', (chunk) => {
    if (!said.includes(READY)) said += chunk;
  });
  while (!said.includes(READY)) await once(stdout, 'data');
}

/** Resolves with the milliseconds that the request took. */
async function signUp(url, email) {
  const started = performance.now();
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, name: 'Ada' }),
  });
  await answer.arrayBuffer();
  if (answer.status !== 201) throw new Error(`a signup was answered with ${answer.status}`);
  return performance.now() - started;
}
