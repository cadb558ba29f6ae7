import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A provider's server in a process of its own, so that its CPU time counts for no candidate. */
export interface HttpSink {
  readonly endpoint: string;
  readonly close: () => Promise<unknown>;
}

export async function startHttpSink(): Promise<HttpSink> {
  const child = fork(fileURLToPath(new URL('http-sink.js', import.meta.url)));
  const answers: unknown[] = await once(child, 'message');
  const [port] = answers;
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    close: () => {
      child.kill();
      return once(child, 'exit');
    },
  };
}
