import type { Receipt } from '../../message/receipt.js';
import { type DoneOutcome, type FailedOutcome, ManyRun } from './run.js';

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
  /** Mails under way at once. @default 10 */
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
