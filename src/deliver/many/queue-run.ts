import type { QueuedMail } from '../../queue/mail-queue.js';
import type { QueueOptions } from '../../queue/queue-options.js';
import { type DoneOutcome, type FailedOutcome, ManyRun } from './run.js';

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
  /** Mails rendered and written down at once. @default 100 */
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
