import { Worker } from 'node:worker_threads';
import { spoolThread } from '#spool-thread';
import { MailError, messageOf } from '../../../errors/mail-error.js';
import type {
  ReplyOf,
  RequestOf,
  SpoolAnswer,
  SpoolCall,
  SpoolFault,
  SpoolNotice,
  SpoolOperation,
} from './protocol.js';

interface Pending {
  readonly operation: SpoolOperation;
  /** Takes the reply of this operation; the compiler cannot know which call an answer belongs to. */
  readonly resolve: (reply: never) => void;
  readonly reject: (error: MailError) => void;
}

/**
 * Most calls that are posted together: half of a group that the thread writes. So the thread writes one half of a burst
 * while this side encodes the other.
 */
const POST = 64;

/** Passes calls to the spool's thread. Calls of one turn of the event loop are posted together. */
export class ThreadChannel {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #idle: Array<() => void> = [];
  #unsent: SpoolCall[] = [];
  #transfer: ArrayBuffer[] = [];
  #lastId = 0;
  readonly #onEnd: (error: MailError) => void;
  readonly #onNotice: (notice: SpoolNotice) => void;
  #end: MailError | undefined;

  /** @param onEnd called with the reason when the thread has ended, also after `terminate` */
  constructor(
    onEnd: (error: MailError) => void = () => undefined,
    onNotice: (notice: SpoolNotice) => void = () => undefined,
  ) {
    this.#onEnd = onEnd;
    this.#onNotice = onNotice;
    this.#worker = new Worker(spoolThread, {
      name: 'mail spool',
      // Node warns that its SQLite is experimental; nobody who sends mail can do anything about it.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.#worker.on('message', (answers: readonly SpoolAnswer<never>[]) => this.#settle(answers));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`it exited with ${code}`)));
    this.#worker.unref();
  }

  /** @param transfer buffers of the request that move to the thread, and are empty here afterwards */
  call<K extends SpoolOperation>(
    operation: K,
    request: RequestOf<K>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ReplyOf<K>> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end);
      this.#lastId += 1;
      this.#expect(this.#lastId, { operation, resolve, reject });
      this.#post({ id: this.#lastId, operation, request }, transfer);
    });
  }

  /** Keeps the process alive while a call is pending; an idle spool does not. */
  #expect(id: number, pending: Pending): void {
    if (this.#pending.size === 0) this.#worker.ref();
    this.#pending.set(id, pending);
  }

  #post(call: SpoolCall, transfer: readonly ArrayBuffer[]): void {
    if (this.#unsent.length === 0) setImmediate(() => this.#flush());
    this.#unsent.push(call);
    this.#transfer.push(...transfer);
    if (this.#unsent.length === POST) this.#flush();
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    const [calls, transfer] = [this.#unsent, this.#transfer];
    this.#unsent = [];
    this.#transfer = [];
    this.#worker.postMessage(calls, transfer);
  }

  #settle(answers: readonly SpoolAnswer<never>[]): void {
    for (const answer of answers) {
      if ('notice' in answer) {
        this.#onNotice(answer.notice);
        continue;
      }
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('reply' in answer) pending?.resolve(answer.reply);
      else pending?.reject(errorOf(answer.fault));
    }
    this.#idleIfDone();
  }

  #idleIfDone(): void {
    if (this.#pending.size > 0) return;
    this.#worker.unref();
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Rejects all pending calls. The thread may have carried them out all the same. */
  #fail(cause: unknown): void {
    if (this.#end) return;
    const message = `The thread of the mail spool has ended: ${messageOf(cause)}. The next call starts another; what was queued is safe.`;
    this.#end = new MailError('transport-unavailable', message, { cause });
    for (const { operation, reject } of this.#pending.values()) {
      const outcome = operation === 'add' ? 'unknown' : 'not-sent';
      reject(new MailError('transport-unavailable', message, { cause, outcome }));
    }
    this.#pending.clear();
    this.#idleIfDone();
    this.#onEnd(this.#end);
  }

  /** Resolves once no call is pending. */
  idle(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

export function errorOf({ code, message, cause }: SpoolFault): MailError {
  return new MailError(code, message, { cause: cause === undefined ? undefined : new Error(cause) });
}
