import { MailError } from '../mail.errors.js';
import { show } from '../mail.report.js';
import type { Receipt } from '../message/receipt.js';

export interface SentOutcome {
  /** Place in the source, from 0. */
  readonly index: number;
  readonly receipt: Receipt;
}

export interface FailedOutcome {
  /** Place in the source, from 0. */
  readonly index: number;
  readonly error: MailError;
}

/** What became of one mail of a run: `'receipt' in outcome` tells which. */
export type SendOutcome = SentOutcome | FailedOutcome;

export interface SendSummary {
  readonly sent: readonly SentOutcome[];
  readonly failed: readonly FailedOutcome[];
}

export interface SendManyOptions {
  /** Mails under way at once. @default 10 */
  readonly concurrency?: number | undefined;
  /** Stops reading the source and aborts the mails under way; the run then ends with their outcomes. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_CONCURRENCY = 10;

/** @throws {MailError} `message-invalid` */
export function checkConcurrency(value: number = DEFAULT_CONCURRENCY): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new MailError('message-invalid', `concurrency: expected a whole number from 1, got ${show(value)}.`);
}

/**
 * Many sends, consumed once: `for await (const outcome of run)`, in the order they finish, or
 * `const { sent, failed } = await run`. Nothing is read or sent before that. The source is read only
 * as slots free and outcomes are taken, so memory does not grow with it. Leaving the loop stops the
 * reading and waits for the mails under way. When the source throws, the outcomes still due come
 * first, then the error.
 */
export class SendRun implements AsyncIterable<SendOutcome>, PromiseLike<SendSummary> {
  readonly #start: () => AsyncGenerator<SendOutcome, void, void>;
  #taken = false;
  #summary: Promise<SendSummary> | undefined;

  constructor(start: () => AsyncGenerator<SendOutcome, void, void>) {
    this.#start = start;
  }

  [Symbol.asyncIterator](): AsyncGenerator<SendOutcome, void, void> {
    if (this.#taken) throw new MailError('unsupported', 'A SendRun is consumed once: call sendMany again.');
    this.#taken = true;
    return this.#start();
  }

  /** `await run` is the published way to a summary. */
  then<A = SendSummary, B = never>(
    resolve?: ((summary: SendSummary) => A | PromiseLike<A>) | null,
    reject?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#summary ??= summarize(this);
    return this.#summary.then(resolve, reject);
  }
}

async function summarize(run: AsyncIterable<SendOutcome>): Promise<SendSummary> {
  const sent: SentOutcome[] = [];
  const failed: FailedOutcome[] = [];
  for await (const outcome of run) {
    if ('receipt' in outcome) sent.push(outcome);
    else failed.push(outcome);
  }
  return { sent, failed };
}
