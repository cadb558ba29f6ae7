import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts the SMTP sink in a process of its own, so that its work is nobody's CPU time. */
export async function startSink(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL('sink.js', import.meta.url)));
  const port = await new Promise<unknown>((resolve) => child.once('message', resolve));
  if (typeof port !== 'number') throw new TypeError('the sink named no port');
  const stop = async (): Promise<void> => {
    child.kill();
    await once(child, 'exit');
  };
  return { port, stop };
}
