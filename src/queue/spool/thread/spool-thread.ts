import { parentPort } from 'node:worker_threads';
import type { ReceivedCall, SpoolAnswer, SpoolCall } from '../channel/protocol.js';
import { finishRescue } from './rescue/rescue.js';
import { faultOf } from './spool-fault.js';
import { isLogDamaged } from './disk/log-check.js';
import { SpoolStore } from './spool-store.js';
import { TurnFile } from './turn-file.js';
import { WorkLoop } from './work-loop.js';

/** Owns the database on a thread of its own: SQLite is synchronous, and an fsync takes milliseconds. */
class SpoolThread {
  readonly #answer: (answers: readonly SpoolAnswer[]) => void;
  #loop: WorkLoop | undefined;
  #turns: TurnFile | undefined;
  #taken: Promise<void> = Promise.resolve();

  constructor(answer: (answers: readonly SpoolAnswer[]) => void) {
    this.#answer = answer;
  }

  /** Takes calls in the order of their arrival, also while the spool opens. */
  take(calls: readonly ReceivedCall[]): void {
    this.#taken = this.#taken.then(async () => {
      for (const call of calls) await this.#take(call);
    });
  }

  #take(call: ReceivedCall): Promise<void> | void {
    if (call.operation === 'open') return this.#open(call);
    if (call.operation === 'takeTurns') return this.#takeTurns(call);
    if (call.operation === 'close') this.#turns?.close();
    if (this.#loop) return this.#loop.accept(call);
    this.#answer([notOpen(call)]);
  }

  async #takeTurns(call: SpoolCall<'takeTurns'>): Promise<void> {
    const { id, request } = call;
    if (!this.#turns) return this.#answer([notOpen(call)]);
    try {
      this.#answer([{ id, reply: await this.#turns.take(request) }]);
    } catch (error) {
      this.#answer([{ id, fault: faultOf(error, this.#turns.path) }]);
    }
  }

  async #open({ id, request }: SpoolCall<'open'>): Promise<void> {
    try {
      const isDamaged = isLogDamaged(`${request.path}-wal`);
      const store = await SpoolStore.open(request);
      this.#loop = new WorkLoop(store, request.path, this.#answer);
      this.#turns = new TurnFile(request.path, Date.now);
      this.#answer([{ id, reply: { warnings: store.warnings } }]);
      if (isDamaged) this.#answer([{ notice: { message: logDamage(request.path), corrupt: [] } }]);
      const notice = await finishRescue(store);
      if (notice) this.#answer([{ notice }]);
    } catch (error) {
      this.#answer([{ id, fault: faultOf(error, request.path) }]);
    }
  }
}

function notOpen({ id }: Pick<SpoolCall, 'id'>): SpoolAnswer {
  return { id, fault: { code: 'closed', message: 'The mail spool is not open' } };
}

function logDamage(path: string): string {
  return `The write-ahead log of the mail spool ${path} was damaged when the process that wrote it had ended: what was queued last, or became of mails then, may be missing. Mails may be sent twice. Find out what damaged the disk.`;
}

const port = parentPort;
if (port) {
  const thread = new SpoolThread((answers) => port.postMessage(answers));
  port.on('message', (calls: readonly ReceivedCall[]) => thread.take(calls));
}
