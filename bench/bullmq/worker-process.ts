import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of its own that delivers what is queued in Redis. */
export class WorkerProcess {
  private constructor(readonly child: ChildProcess) {}

  /** @param port of the sink; 0 reports when a mail is begun */
  static async start(url: string, port: number): Promise<WorkerProcess> {
    const script = fileURLToPath(new URL('worker.js', import.meta.url));
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = fork(script, [url, String(port)], { env });
    await once(child, 'message');
    return new WorkerProcess(child);
  }

  /** Resolves when they are durable. */
  async queue(count: number): Promise<void> {
    this.child.send(count);
    await once(this.child, 'message');
  }

  async stop(): Promise<void> {
    this.child.kill();
    await once(this.child, 'exit');
  }
}
