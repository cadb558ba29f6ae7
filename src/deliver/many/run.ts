import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import type { Receipt } from '../../message/receipt.js';
import type { QueuedMail } from '../../queue/mail-queue.js';
import type { QueueOptions } from '../../queue/queue-options.js';

/** The outcome of one successful mail of a run, described by `D`. */
export type DoneOutcome<D extends object> = D & {
  /** Position in the source, from 0. */
  readonly index: number;
};

export interface FailedOutcome {
  /** Position in the source, from 0. */
  readonly index: number;
  readonly error: MailError;
}

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
 * A run of many mails, consumed once: `for await (const outcome of run)`, in the order in which they finish, or `await run`.
 * Nothing is read or sent before that. The source is read only as outcomes are taken and slots become free, so memory does
 * not grow with it. Leaving the loop stops the reading and waits for the mails under way. If the source throws, the
 * outstanding outcomes come first, then the error.
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

export interface Sent {
  readonly receipt: Receipt;
}

export interface SentOutcome extends DoneOutcome<Sent> {}

/** The outcome of one mail of a run: `'receipt' in outcome` distinguishes success from failure. */
export type SendOutcome = SentOutcome | FailedOutcome;

export interface SendSummary {
  readonly sent: readonly SentOutcome[];
  readonly failed: readonly FailedOutcome[];
}

export interface SendManyOptions {
  /** Most mails under way at once. @default 10 */
  readonly concurrency?: number | undefined;
  /** Stops reading the source and aborts the mails under way; the run then ends with their outcomes. */
  readonly signal?: AbortSignal | undefined;
}

/** Many sends, see `ManyRun`: `const { sent, failed } = await run`. */
export class SendRun extends ManyRun<Sent, SendSummary> {
  constructor(start: () => AsyncGenerator<SendOutcome, void, void>) {
    super(start, (sent, failed) => ({ sent, failed }));
  }
}

export interface Queued {
  readonly mail: QueuedMail;
}

export interface QueuedOutcome extends DoneOutcome<Queued> {}

/** The outcome of one mail of a run: `'mail' in outcome` distinguishes success from failure. */
export type QueueOutcome = QueuedOutcome | FailedOutcome;

export interface QueueSummary {
  readonly queued: readonly QueuedOutcome[];
  readonly failed: readonly FailedOutcome[];
}

/** Options that apply to every mail of the run. There is no idempotency key, because one key stands for one mail. */
export interface QueueManyOptions extends Omit<QueueOptions, 'idempotencyKey'> {
  /** Most mails that are rendered and stored at once. @default 100 */
  readonly concurrency?: number | undefined;
  /** Stops reading the source; the run then ends with the outcomes of the mails under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Many mails queued, see `ManyRun`: `const { queued, failed } = await run`. */
export class QueueRun extends ManyRun<Queued, QueueSummary> {
  constructor(start: () => AsyncGenerator<QueueOutcome, void, void>) {
    super(start, (queued, failed) => ({ queued, failed }));
  }
}
