import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { end } from './process-end.mjs';

/**
 * An SMTP server in a process of its own.
 *
 * @param {number} port 0 for any that is free
 * @returns {Promise<{ port: number, recipients: readonly string[], kill: () => Promise<void> }>} `recipients` has one
 *   entry for each mail it took
 */
export async function startMailServer(port) {
  const child = fork(join(import.meta.dirname, 'smtp-process.mjs'), [String(port)]);
  const [actualPort] = await once(child, 'message');
  const recipients = [];
  child.on('message', (address) => recipients.push(address));
  return { port: actualPort, recipients, kill: () => end(child, 'SIGKILL') };
}
