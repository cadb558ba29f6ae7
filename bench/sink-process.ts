import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Counts of the sink since the last call. */
export interface Taken {
  readonly mails: number;
  readonly cpuMs: number;
}

export interface Sink {
  readonly port: number;
  take(): Promise<Taken>;
  stop(): Promise<void>;
}

/** Starts the SMTP sink in a process of its own, so that its CPU time counts for no candidate. */
export async function startSink(): Promise<Sink> {
  const child = fork(fileURLToPath(new URL('sink.js', import.meta.url)));
  const answer = async (): Promise<unknown> => {
    const answers: unknown[] = await once(child, 'message');
    return answers[0];
  };
  const port = await answer();
  if (typeof port !== 'number') throw new TypeError('the sink named no port');
  return {
    port,
    async take() {
      child.send('take');
      const taken = await answer();
      if (!isTaken(taken)) throw new TypeError('the sink did not say what it took');
      return taken;
    },
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

function isTaken(value: unknown): value is Taken {
  return typeof value === 'object' && value !== null && 'mails' in value && 'cpuMs' in value;
}
