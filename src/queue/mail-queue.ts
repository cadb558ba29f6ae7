import type { MailErrorCode, MailOutcome, Rejection, SmtpReply } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';

/** Which lane a mail waits in: a one-time code overtakes a newsletter. */
export type MailPriority = 'high' | 'normal' | 'low';

/** A rendered mail and what its queueing asks for. */
export interface NewMail {
  readonly message: RenderedMessage;
  readonly priority: MailPriority;
  /** Not sent before. */
  readonly dueAt: Date;
  /** That date was asked for. Else it is a time from now, which stays as long when the clock is set back. */
  readonly isDated?: boolean | undefined;
  /** Not sent after. */
  readonly expiresAt: Date;
  /** Nobody gave that time: a mail that was never tried is tried once, also after it. */
  readonly hasDefaultExpiry?: boolean | undefined;
  /**
   * Nobody gave the message its Date, which is the time it is due: the first attempt puts its own time there when it
   * comes earlier, and `retry` of a mail that was never tried the time of the retry. Later attempts keep it. A claim
   * that ends without an attempt fixes no Date.
   */
  readonly hasDefaultDate?: boolean | undefined;
  /** Per mailer, kept until the mail is done and 7 days more. The first mail with a key stays. */
  readonly idempotencyKey?: string | undefined;
}

/** A mail that is durable, and from then on the module's responsibility. */
export interface QueuedMail {
  readonly id: string;
  readonly messageId: string;
  /** Another mail with this idempotency key was there before; this is that one. */
  readonly duplicate: boolean;
  readonly dueAt: Date;
}

/**
 * `waiting` also between two attempts; `sending` while claimed. `ambiguous` is held because its last
 * attempt may have sent it; `corrupt` because its record cannot be read.
 */
export type QueueState =
  'waiting' | 'sending' | 'sent' | 'dead' | 'ambiguous' | 'expired' | 'cancelled' | 'corrupt';

/** What one attempt came to, as it is kept. */
export interface AttemptRecord {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly accepted: readonly string[];
  /** Also those refused for now. */
  readonly rejected: readonly Rejection[];
  /** The final reply, as the next hop wrote it. */
  readonly response?: string | undefined;
  readonly error?: AttemptError | undefined;
}

/** A `MailError` without what cannot be stored. */
export interface AttemptError {
  readonly code: MailErrorCode;
  readonly message: string;
  readonly outcome: MailOutcome;
  readonly smtp?: SmtpReply | undefined;
}

/** A mail that a worker has in hand until `leasedUntil`; nobody else gets it before. */
export interface Claim {
  readonly id: string;
  /** As it was queued, but for its Date (see `NewMail.hasDefaultDate`): that is fixed when this is durable. */
  readonly message: RenderedMessage;
  readonly priority: MailPriority;
  /** Envelope recipients that were neither accepted nor refused for good by an earlier attempt. */
  readonly remaining: readonly string[];
  /** Attempts begun, this one included: it counts before it starts. */
  readonly attempt: number;
  /** How many attempts in a row ended with their process, the last one included. */
  readonly crashes: number;
  readonly queuedAt: Date;
  readonly expiresAt: Date;
  /** Nobody gave that time; `retry` counts as nobody. */
  readonly hasDefaultExpiry?: boolean | undefined;
}

/** How a claim ends. */
export type Settlement =
  | {
      readonly state: 'sent' | 'dead' | 'ambiguous' | 'expired';
      readonly attempt?: AttemptRecord | undefined;
    }
  | { readonly state: 'waiting'; readonly dueAt: Date; readonly attempt: AttemptRecord }
  /** Given back as if it had not been claimed: the attempt does not count, and fixes no Date. */
  | { readonly state: 'released'; readonly dueAt?: Date | undefined };

export interface ClaimRequest {
  readonly mailer: string;
  /** At most so many: those of the highest priority first, then those due longest. */
  readonly limit: number;
  readonly now: Date;
  /** When others may have them, unless the lease is extended. */
  readonly leasedUntil: Date;
}

export interface QueueStats {
  /** How many mails are in each state. */
  readonly states: Readonly<Record<QueueState, number>>;
  /** Due time of the mail that waits longest, of those that are due. */
  readonly oldestDueAt?: Date | undefined;
}

/** Which mails; all that is given has to match. */
export interface QueueFilter {
  readonly state?: QueueState | undefined;
  readonly mailer?: string | undefined;
  /** An envelope recipient. */
  readonly to?: string | undefined;
  readonly template?: string | undefined;
  /** Queued before. */
  readonly before?: Date | undefined;
}

/** A queued mail as operators see it. Its bodies are not shown. */
export interface QueueEntry {
  readonly id: string;
  readonly state: QueueState;
  readonly mailer: string;
  readonly messageId: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly template?: string | undefined;
  readonly priority: MailPriority;
  readonly queuedAt: Date;
  readonly dueAt: Date;
  readonly expiresAt: Date;
  /** Oldest first. */
  readonly attempts: readonly AttemptRecord[];
}

/**
 * Where queued mails live. What a call resolved with is durable: it survives `kill -9` of the process.
 * Workers take mails by claims; several processes may share one queue.
 */
export interface MailQueue {
  /** For logs: `spool`, `bullmq`. */
  readonly name: string;
  /** Where its store is, for the log, once it is open. Never with a secret. @default not told */
  readonly target?: string | undefined;
  /** Once it is open: what whoever runs this should know of its place, a sentence each. */
  readonly warnings: readonly string[];
  /**
   * Opens or creates the store.
   * @throws {MailError} `config` that says what is wrong with its place
   */
  open(): Promise<void>;
  /**
   * Resolves once the mail is durable.
   * @throws {MailError} `queue-full` (bounded, or the disk is), `closed`
   */
  add(mail: NewMail): Promise<QueuedMail>;
  /**
   * Claims what is due. Mails whose lease ran out are due again. Fewer than there are, when they are large.
   * No claim is durable before the settlements that were asked for before it.
   */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Keeps claims from others for longer. Resolves with the ids that were still held. */
  extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]>;
  /** Ends a claim. Without effect when its lease ran out and another has it. */
  settle(id: string, settlement: Settlement): Promise<void>;
  /** When a mail of the mailer can next be claimed: it is due, or its lease ends. Undefined when there is none. */
  nextDueAt(mailer: string): Promise<Date | undefined>;
  stats(): Promise<QueueStats>;
  /** Newest first. */
  list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]>;
  get(id: string): Promise<QueueEntry | undefined>;
  /**
   * Makes `dead`, `ambiguous` and `expired` mails wait again, due now; resolves with how many. Who was
   * refused for good has another chance, who was accepted is left out. A mail that waits is due now when it is
   * named by its id: its attempts and its time stay as they are.
   */
  retry(filter: QueueFilter & { readonly id?: string | undefined }, expiresAt: Date): Promise<number>;
  /**
   * Cancels `waiting` mails, and `ambiguous` ones: whoever finds out that such a mail was sent needs it no more.
   * Resolves with how many.
   */
  cancel(filter: QueueFilter & { readonly id?: string | undefined }): Promise<number>;
  /** Removes what is done and kept long enough; never what waits or is held as `ambiguous`. */
  prune(now: Date): Promise<void>;
  /** Waits for what was begun; claims not settled run out. Idempotent. */
  close(): Promise<void>;
}
