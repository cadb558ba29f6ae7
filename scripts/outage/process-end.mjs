import { once } from 'node:events';

/** Ends a process, unless it has ended. */
export async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
