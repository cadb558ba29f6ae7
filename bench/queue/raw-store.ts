import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Input of the raw store's thread: rows in all, and rows of one commit. */
export interface Rows {
  readonly count: number;
  readonly batch: number;
}

/** Initial content. */
export interface RawStoreOptions {
  readonly path: string;
  readonly label: Uint8Array;
  readonly body: Uint8Array;
}

/** SQLite on a thread and nothing else: rows of the same bytes, the same indexes, the same settings. */
export class RawStore {
  readonly #thread: Worker;

  constructor(options: RawStoreOptions) {
    this.#thread = new Worker(new URL('raw-store-thread.js', import.meta.url), { workerData: options });
  }

  /** Resolves when all rows are durable. */
  async write(rows: Rows): Promise<void> {
    this.#thread.postMessage(rows, []);
    await once(this.#thread, 'message');
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
