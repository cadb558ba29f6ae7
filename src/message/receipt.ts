import type { Rejection } from '../errors/mail-error.js';

/** The answer of the next hop. Accepted is not delivered: a bounce may still come back. */
export interface Receipt {
  readonly messageId: string;
  /** Name of the transport that made the attempt, such as `smtp`; of a wrapper such as `failover`, that of its member. */
  readonly transport: string;
  /** Envelope recipients that the next hop took responsibility for. Never empty. */
  readonly accepted: readonly string[];
  readonly rejected: readonly Rejection[];
  /** The final reply, as the next hop wrote it. */
  readonly response?: string;
  /** The next hop's own id for the message, when it names one. */
  readonly providerId?: string;
  readonly durationMs: number;
}
