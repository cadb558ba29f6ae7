import { parentPort } from 'node:worker_threads';
import type { ReceivedCall, SpoolAnswer, SpoolCall } from '../protocol.js';
import { faultOf } from './spool-fault.js';
import { SpoolStore } from './spool-store.js';
import { WorkLoop } from './work-loop.js';

/** The thread that owns the database: SQLite is synchronous, and an fsync takes milliseconds. */
class SpoolThread {
  #loop: WorkLoop | undefined;

  constructor(private readonly answer: (answers: readonly SpoolAnswer[]) => void) {}

  async take(calls: readonly ReceivedCall[]): Promise<void> {
    for (const call of calls) {
      if (call.operation === 'open') await this.#open(call);
      else this.#loop?.accept(call);
    }
  }

  async #open({ id, request }: SpoolCall<'open'>): Promise<void> {
    try {
      const store = await SpoolStore.open(request);
      this.#loop = new WorkLoop(store, request.path, this.answer);
      this.answer([{ id, reply: { warnings: store.warnings } }]);
    } catch (error) {
      this.answer([{ id, fault: faultOf(error, request.path) }]);
    }
  }
}

const port = parentPort;
if (port) {
  const thread = new SpoolThread((answers) => port.postMessage(answers));
  port.on('message', (calls: readonly ReceivedCall[]) => void thread.take(calls));
}
