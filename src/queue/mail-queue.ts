import type { MailErrorCode, MailOutcome, Rejection, SmtpReply } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { TurnStore } from './turn-store.js';

/** The lane a mail waits in: a one-time code overtakes a newsletter. */
export type MailPriority = 'high' | 'normal' | 'low';

/** A rendered mail and how it is to be queued. */
export interface NewMail {
  readonly message: RenderedMessage;
  readonly priority: MailPriority;
  /** The mail is not sent before this time. */
  readonly dueAt: Date;
  /** True when `sendAt` gave an absolute date. Otherwise `dueAt` is relative to now, and moves back with a clock that is set back. */
  readonly isDated?: boolean | undefined;
  /** The mail is not sent after this time. */
  readonly expiresAt: Date;
  /** True when the caller gave no `expiresAt`: a mail that was never tried is then tried once, also after that time. */
  readonly hasDefaultExpiry?: boolean | undefined;
  /**
   * True when the caller gave no `date`: the Date is then the time the mail is due. A first attempt that comes earlier sets
   * the Date to its own time, and so does `retry` of a mail that was never tried. Later attempts keep it. A claim
   * that ends without an attempt fixes no Date.
   */
  readonly hasDefaultDate?: boolean | undefined;
  /** Unique per mailer; kept until 7 days after the mail is done, or until it is cancelled. The first mail with a key wins. */
  readonly idempotencyKey?: string | undefined;
}

/** A durable mail: the module is responsible for it from now on. */
export interface QueuedMail {
  readonly id: string;
  readonly messageId: string;
  /** True when an earlier mail has this idempotency key; the fields describe that mail. */
  readonly duplicate: boolean;
  readonly dueAt: Date;
}

/**
 * A mail is `waiting` also between two attempts, and `sending` while it is claimed. It is held as `ambiguous` if its last
 * attempt may have sent it, and set aside as `corrupt` if its record cannot be read.
 */
export type QueueState =
  'waiting' | 'sending' | 'sent' | 'dead' | 'ambiguous' | 'expired' | 'cancelled' | 'corrupt';

/** The stored outcome of one attempt. */
export interface AttemptRecord {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly accepted: readonly string[];
  /** Includes recipients refused for now. */
  readonly rejected: readonly Rejection[];
  /** Name of the transport that made it; absent if it failed, unless the transport wraps others: then that of the member. */
  readonly transport?: string | undefined;
  /** The final reply, as the next hop wrote it. */
  readonly response?: string | undefined;
  readonly error?: AttemptError | undefined;
}

/** The parts of a `MailError` that can be stored. */
export interface AttemptError {
  readonly code: MailErrorCode;
  readonly message: string;
  readonly outcome: MailOutcome;
  readonly smtp?: SmtpReply | undefined;
}

/** A mail leased to one worker until `leasedUntil`; no other worker gets it before. */
export interface Claim {
  readonly id: string;
  /** The message as queued, except for its Date (see `NewMail.hasDefaultDate`), which is fixed once the claim is durable. */
  readonly message: RenderedMessage;
  readonly priority: MailPriority;
  /** Envelope recipients that were neither accepted nor refused for good by an earlier attempt. */
  readonly remaining: readonly string[];
  /** Attempts begun, this one included: it counts before it starts. */
  readonly attempt: number;
  /** Number of consecutive attempts, up to the last one, during which the process crashed. */
  readonly crashes: number;
  readonly queuedAt: Date;
  readonly expiresAt: Date;
  /**
   * Name of the transport, or of the member of one, that may have sent the mail to a remaining recipient in an earlier
   * attempt: no other may get it. Undefined again after `retry`, by which an operator decides.
   */
  readonly pinnedTo?: string | undefined;
  /** True when no caller gave `expiresAt`; a time given by `retry` counts as default. */
  readonly hasDefaultExpiry?: boolean | undefined;
}

/** How a claim ends. */
export type Settlement =
  | {
      readonly state: 'sent' | 'dead' | 'ambiguous' | 'expired';
      readonly attempt?: AttemptRecord | undefined;
    }
  | { readonly state: 'waiting'; readonly dueAt: Date; readonly attempt: AttemptRecord }
  /** Gives the mail back as if it had not been claimed: the attempt does not count, and fixes no Date. */
  | { readonly state: 'released'; readonly dueAt?: Date | undefined };

/** The end of one claim, for the store. */
export interface SettledClaim {
  readonly id: string;
  readonly settlement: Settlement;
}

/** Every mailer but some: each of them gets its turn. */
export interface OtherMailers {
  readonly except: readonly string[];
  /** Most mails of one mailer in a claim. */
  readonly each: number;
}

/** Whose mails are meant. */
export type MailerChoice = string | OtherMailers;

export interface ClaimRequest {
  readonly mailer: MailerChoice;
  /** Maximum number of mails, by priority, then in the turn of their mailers, then by due time. */
  readonly limit: number;
  readonly now: Date;
  /** End of the lease: other workers may then claim the mails, unless the lease is extended. */
  readonly leasedUntil: Date;
}

/** What a worker asks of the queue at a time: to write down how claims ended, and then to claim other mails. */
export interface Exchange {
  /** Has no effect on a mail whose lease ran out and that another worker has. @default none */
  readonly settle?: readonly SettledClaim[] | undefined;
  /** @default claims nothing */
  readonly claim?: ClaimRequest | undefined;
}

export interface Exchanged {
  /** Empty if a settlement failed: no claim is durable before the settlements that were asked for with it. */
  readonly claims: readonly Claim[];
  /** Claims whose settlement was not written down, which may be asked for again. */
  readonly unsettled: readonly UnsettledClaim[];
}

export interface UnsettledClaim {
  readonly id: string;
  readonly error: unknown;
}

export interface QueueStats {
  /** How many mails are in each state. */
  readonly states: Readonly<Record<QueueState, number>>;
  /** Due time of the due mail that has waited longest. */
  readonly oldestDueAt?: Date | undefined;
}

/** Selects mails; every given field has to match. */
export interface QueueFilter {
  readonly state?: QueueState | undefined;
  readonly mailer?: string | undefined;
  /** An envelope recipient. */
  readonly to?: string | undefined;
  readonly template?: string | undefined;
  /** Queued before. */
  readonly before?: Date | undefined;
}

/** Selects one mail by its id, or mails by a filter. */
export type MailSelection = QueueFilter & { readonly id?: string | undefined };

/** A queued mail as operators see it, without its bodies. */
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
 * Stores queued mails. Once a call resolves, its effect is durable: it survives `kill -9` of the process.
 * Several processes may share one queue. Workers get its mails as claims: they ask for them
 * (`PullQueue`), or the queue hands them out (`PushQueue`).
 */
export interface MailQueue {
  /** For logs: `spool`, `bullmq`. */
  readonly name: string;
  /** Location of the store for the log, once the queue is open. Must not contain a secret. @default not logged */
  readonly target?: string | undefined;
  /** Warnings about the store for the operator, one sentence each, once the queue is open. */
  readonly warnings: readonly string[];
  /** Where its processes keep rate limits together. It may be asked before `open`. @default each process keeps them for itself */
  readonly turns?: TurnStore | undefined;
  /**
   * Opens or creates the store.
   * @throws {MailError} `config` when the store cannot be opened; says why
   */
  open(): Promise<void>;
  /**
   * Resolves once the mail is durable.
   * @throws {MailError} `queue-full` when the backlog or the disk is full; `closed`
   */
  add(mail: NewMail): Promise<QueuedMail>;
  /**
   * Resolves with the time at which a mail of the mailer can next be claimed, or undefined if there is none. Of several
   * mailers it may be the time of any mail that is due.
   */
  nextDueAt(mailer: MailerChoice): Promise<Date | undefined>;
  stats(): Promise<QueueStats>;
  /** Newest first. */
  list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]>;
  get(id: string): Promise<QueueEntry | undefined>;
  /**
   * Makes `dead`, `ambiguous` and `expired` mails wait again, due now; resolves with their number. Recipients that were
   * refused for good are tried again, recipients that accepted are not. A waiting mail named by its id becomes
   * due now; its attempts and its expiry stay as they are.
   */
  retry(filter: MailSelection, expiresAt: Date): Promise<number>;
  /**
   * Cancels `waiting` mails, and `ambiguous` ones that turned out to be sent. Their idempotency keys are free again.
   * Resolves with their number.
   */
  cancel(filter: MailSelection): Promise<number>;
  /** Removes finished mails whose retention is over; never waiting mails or those held as `ambiguous`. */
  prune(now: Date): Promise<void>;
  /** Waits for calls under way; claims that are not settled run out. Idempotent. */
  close(): Promise<void>;
}

/** A queue whose workers ask for mails. */
export interface PullQueue extends MailQueue {
  /**
   * Ends claims, and then claims due mails; a mail whose lease ran out is due again. Large mails may make it claim fewer
   * than `limit`. It rejects if mails could not be claimed; the settlements may have been carried out then, and
   * asking for them again changes nothing.
   */
  exchange(exchange: Exchange): Promise<Exchanged>;
  /** Extends the leases of claims. Resolves with the ids that were still held. */
  extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]>;
}

/** A queue that hands its mails out. It extends the leases of those under way. */
export interface PushQueue extends MailQueue {
  /**
   * Begins to hand out the mailer's due mails; a mail whose lease ran out is due again. `deliver` resolves with how the
   * claim ends; the queue stores that, again and again while its store fails. A mail may be handed out while
   * `setConcurrency(0)` is called, and twice at a time after a sleep of the machine.
   */
  consume(
    mailer: MailerChoice,
    deliver: (claim: Claim) => Promise<Settlement>,
    options: ConsumeOptions,
  ): Consumer;
}

export interface ConsumeOptions {
  /** Most mails under way at once; 0 for none yet. */
  readonly concurrency: number;
  /** Called once the end of a claim is stored. */
  readonly onSettled: (claim: Claim) => void;
  /** Called when the end of a claim cannot be stored and is given up, because the consumer stops. */
  readonly onUnsettled: (claim: Claim, error: unknown) => void;
  /** Called for each fault of the store, and with `undefined` when it works. */
  readonly onStore: (operation: 'reading' | 'writing', fault: unknown) => void;
}

export interface Consumer {
  /** @param concurrency most mails under way at once; 0 hands out none, and those under way go on */
  setConcurrency(concurrency: number): void;
  /** Hands out no further mail. Resolves when those under way are settled, or a store that is away was waited for. */
  stop(): Promise<void>;
}
