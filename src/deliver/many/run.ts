import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/config-report.js';

/** The outcome of one successful mail of a run, described by `D`. */
export type DoneOutcome<D extends object> = D & {
  /** Place in the source, from 0. */
  readonly index: number;
};

export interface FailedOutcome {
  /** Place in the source, from 0. */
  readonly index: number;
  readonly error: MailError;
}

/** The outcome of one mail of a run. */
export type RunOutcome<D extends object> = DoneOutcome<D> | FailedOutcome;

const DEFAULT_CONCURRENCY = 10;

/** @throws {MailError} `message-invalid` */
export function checkConcurrency(value: number = DEFAULT_CONCURRENCY): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new MailError('message-invalid', `concurrency: expected a whole number from 1, got ${show(value)}.`);
}

type Summarize<D extends object, S> = (
  done: ReadonlyArray<DoneOutcome<D>>,
  failed: readonly FailedOutcome[],
) => S;

/**
 * Many mails, consumed once: `for await (const outcome of run)`, in the order they finish, or `await run`.
 * Nothing is read or done before that. The source is read only as slots free and outcomes are taken, so
 * memory does not grow with it. Leaving the loop stops the reading and waits for the mails under way. When
 * the source throws, the outcomes still due come first, then the error.
 */
export class ManyRun<D extends object, S> implements AsyncIterable<RunOutcome<D>>, PromiseLike<S> {
  readonly #start: () => AsyncGenerator<RunOutcome<D>, void, void>;
  readonly #summarize: Summarize<D, S>;
  #taken = false;
  #summary: Promise<S> | undefined;

  constructor(start: () => AsyncGenerator<RunOutcome<D>, void, void>, summarize: Summarize<D, S>) {
    this.#start = start;
    this.#summarize = summarize;
  }

  [Symbol.asyncIterator](): AsyncGenerator<RunOutcome<D>, void, void> {
    if (this.#taken) throw new MailError('unsupported', 'A run is consumed once: make the call again.');
    this.#taken = true;
    return this.#start();
  }

  /** `await run` is the published way to a summary. */
  then<A = S, B = never>(
    resolve?: ((summary: S) => A | PromiseLike<A>) | null,
    reject?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#summary ??= this.#all();
    return this.#summary.then(resolve, reject);
  }

  async #all(): Promise<S> {
    const done: Array<DoneOutcome<D>> = [];
    const failed: FailedOutcome[] = [];
    for await (const outcome of this) {
      if ('error' in outcome) failed.push(outcome);
      else done.push(outcome);
    }
    return this.#summarize(done, failed);
  }
}
