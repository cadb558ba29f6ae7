import { setImmediate as nextTurn } from 'node:timers/promises';
import { asMailError } from '../../errors/mail-error.js';
import type { RunOutcome } from './run.js';

export interface RunManyRequest<T, D extends object> {
  readonly source: Iterable<T> | AsyncIterable<T>;
  /** Processes an item; resolves with the fields of its outcome. */
  readonly each: (item: T) => Promise<D>;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  /** Called when the run has ended, or was left, and none of its mails is under way. */
  readonly ended?: (() => void) | undefined;
}

/**
 * Steps between two turns of the event loop. Sends without I/O would otherwise run in microtasks to the end: timers and
 * requests would starve, and every target of a WeakRef would stay in memory.
 */
const STEPS_A_TURN = 64;

/** Yields outcomes as mails finish. Invariant: mails under way + outcomes not yet taken ≤ concurrency. */
export async function* runMany<T, D extends object>(
  request: RunManyRequest<T, D>,
): AsyncGenerator<RunOutcome<D>, void, void> {
  const run = new ConcurrentRun(request);
  try {
    for (let turn = 1; !run.idle; turn += 1) {
      run.fill();
      const outcome = run.take();
      if (outcome) yield outcome;
      else await run.changed();
      if (turn % STEPS_A_TURN === 0) await nextTurn();
    }
    run.throwIfSourceFailed();
  } finally {
    await run.stop().finally(request.ended);
  }
}

/** The state of one run: a source being read, mails under way, outcomes waiting to be taken. */
class ConcurrentRun<T, D extends object> {
  readonly #request: RunManyRequest<T, D>;
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  readonly #ready: Array<RunOutcome<D>> = [];
  readonly #underWay = new Set<Promise<void>>();
  #index = 0;
  #reading = false;
  /** True when the source has ended or thrown. */
  #ended = false;
  /** True when the consumer has left the run, or its signal has fired. */
  #stopped = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;
  readonly #onAbort = (): void => {
    this.#stopped = true;
    this.#wake();
  };

  constructor(request: RunManyRequest<T, D>) {
    const { source, signal } = request;
    this.#request = request;
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    if (signal?.aborted) this.#stopped = true;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get idle(): boolean {
    const noMore = this.#stopped || (this.#ended && !this.#reading);
    return noMore && this.#underWay.size === 0 && this.#ready.length === 0;
  }

  /** Reads one more item if there is a slot for it. Its arrival wakes the run, which fills again. */
  fill(): void {
    const slots = this.#request.concurrency - this.#underWay.size - this.#ready.length;
    if (this.#stopped || this.#ended || this.#reading || slots <= 0) return;
    this.#reading = true;
    void this.#read();
  }

  take(): RunOutcome<D> | undefined {
    return this.#ready.shift();
  }

  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  throwIfSourceFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Ends the source and waits for the mails under way, but not for a pending read, which may hang for ever. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    if (!this.#ended) await this.#endSource();
    await Promise.all(this.#underWay);
  }

  async #endSource(): Promise<void> {
    const returned = Promise.resolve(this.#iterator.return?.());
    if (this.#reading) returned.catch(() => undefined);
    else await returned;
  }

  async #read(): Promise<void> {
    try {
      const step = await this.#iterator.next();
      if (step.done) this.#ended = true;
      else if (!this.#stopped) this.#start(step.value);
    } catch (error) {
      this.#failure = { error };
      this.#ended = true;
    }
    this.#reading = false;
    this.#wake();
  }

  #start(item: T): void {
    const index = this.#index++;
    const call = this.#each(item, index).then((outcome) => {
      this.#ready.push(outcome);
      this.#underWay.delete(call);
      this.#wake();
    });
    this.#underWay.add(call);
  }

  async #each(item: T, index: number): Promise<RunOutcome<D>> {
    try {
      return { index, ...(await this.#request.each(item)) };
    } catch (error) {
      return { index, error: asMailError(error) };
    }
  }
}
