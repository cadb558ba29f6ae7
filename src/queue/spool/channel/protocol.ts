import type { MailErrorCode } from '../../../errors/mail-error.js';
import type { EncodedMessage } from '../../record/message-bytes.js';

/** What the spool asks of its thread, and what it is answered. Times are milliseconds since 1970. */
export interface SpoolCalls {
  readonly open: { readonly request: OpenRequest; readonly reply: OpenReply };
  readonly add: { readonly request: AddRequest; readonly reply: AddReply };
  readonly settle: { readonly request: SettleRequest; readonly reply: void };
  readonly claim: { readonly request: ClaimMailsRequest; readonly reply: ClaimReply };
  readonly extend: { readonly request: ExtendRequest; readonly reply: readonly number[] };
  readonly setAside: {
    readonly request: { readonly seq: number; readonly now: number };
    readonly reply: void;
  };
  readonly nextReadyAt: { readonly request: { readonly mailer: string }; readonly reply: number | undefined };
  readonly stats: { readonly request: { readonly now: number }; readonly reply: StatsReply };
  readonly list: { readonly request: ListRequest; readonly reply: readonly StoredEntry[] };
  readonly retry: { readonly request: RetryRequest; readonly reply: RetryReply };
  readonly cancel: { readonly request: CancelRequest; readonly reply: number };
  readonly prune: { readonly request: PruneRequest; readonly reply: void };
  readonly close: { readonly request: undefined; readonly reply: void };
}

export type SpoolOperation = keyof SpoolCalls;
export type RequestOf<K extends SpoolOperation> = SpoolCalls[K]['request'];
export type ReplyOf<K extends SpoolOperation> = SpoolCalls[K]['reply'];

/** One call, as it is posted to the thread. */
export interface SpoolCall<K extends SpoolOperation = SpoolOperation> {
  readonly id: number;
  readonly operation: K;
  readonly request: RequestOf<K>;
}

/** The same, to be told apart by its operation. */
export type ReceivedCall = { readonly [K in SpoolOperation]: SpoolCall<K> }[SpoolOperation];

/** The result of a call, or a notice without a call. */
export type SpoolAnswer<R = unknown> =
  | { readonly id: number; readonly reply: R }
  | { readonly id: number; readonly fault: SpoolFault }
  | { readonly notice: SpoolNotice };

/** What befell the file of the spool, and what was done about it. */
export interface SpoolNotice {
  readonly message: string;
  /** Set aside by it. */
  readonly corrupt: readonly CorruptRecord[];
}

/** A `MailError` as it passes between threads. */
export interface SpoolFault {
  readonly code: MailErrorCode;
  readonly message: string;
  /** What the driver said. */
  readonly cause?: string | undefined;
}

export interface OpenRequest {
  readonly path: string;
  readonly maxBacklog: number;
  readonly encryptionKey?: Uint8Array | undefined;
  readonly mailers?: readonly string[] | undefined;
  /** Claims of a thread that ended: number of the mail, number of the claim. */
  readonly held?: ReadonlyArray<readonly [seq: number, claim: number]> | undefined;
}

export interface OpenReply {
  /** Warnings for the operator, one sentence each. */
  readonly warnings: readonly string[];
}

export interface AddRequest {
  readonly mailer: string;
  readonly priority: number;
  readonly queuedAt: number;
  readonly dueAt: number;
  readonly isDated: boolean;
  readonly expiresAt: number;
  readonly hasDefaultExpiry: boolean;
  readonly date: number;
  readonly hasDefaultDate: boolean;
  readonly idempotencyKey?: string | undefined;
  readonly label: Label;
  readonly message: EncodedMessage;
}

/** What is known of a mail without its body, and stays when that is gone. */
export interface Label {
  readonly messageId: string;
  /** The envelope's. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly template?: string | undefined;
}

export interface AddReply {
  readonly seq: number;
  readonly messageId: string;
  readonly dueAt: number;
  readonly duplicate: boolean;
}

export interface ClaimMailsRequest {
  readonly mailer: string;
  readonly limit: number;
  readonly now: number;
  readonly leasedUntil: number;
}

export interface ClaimReply {
  readonly claims: readonly StoredClaim[];
  /** Found unreadable and set aside. */
  readonly corrupt: readonly CorruptRecord[];
}

export interface StoredClaim {
  readonly seq: number;
  readonly body: Uint8Array;
  readonly priority: number;
  /** A letter for each recipient (see `Outcomes`); undefined: none has one yet. */
  readonly outcomes?: string | undefined;
  /** Tells it from a later claim of the same mail. */
  readonly claim: number;
  readonly attempt: number;
  readonly crashes: number;
  readonly queuedAt: number;
  readonly expiresAt: number;
  readonly hasDefaultExpiry: boolean;
  /** Undefined: the message's own. */
  readonly date?: number | undefined;
}

export interface CorruptRecord {
  readonly seq: number;
  readonly mailer: string;
  readonly reason: string;
}

export interface ExtendRequest {
  readonly seqs: readonly number[];
  readonly now: number;
  readonly leasedUntil: number;
}

export interface SettleRequest {
  readonly seq: number;
  readonly now: number;
  readonly settlement: StoredSettlement;
}

export type StoredSettlement =
  | { readonly kind: 'ended'; readonly state: number; readonly attempt?: StoredAttempt | undefined }
  | { readonly kind: 'waiting'; readonly dueAt: number; readonly attempt: StoredAttempt }
  | { readonly kind: 'released'; readonly dueAt?: number | undefined };

export interface StoredAttempt {
  readonly accepted: readonly string[];
  /** For good. */
  readonly refused: readonly string[];
  /** The record, as JSON. */
  readonly json: string;
}

export interface StatsReply {
  /** By number of state. */
  readonly mails: readonly number[];
  readonly oldestDueAt?: number | undefined;
}

export interface StoredFilter {
  readonly seq?: number | undefined;
  readonly state?: number | undefined;
  readonly mailer?: string | undefined;
  readonly to?: string | undefined;
  readonly template?: string | undefined;
  readonly before?: number | undefined;
}

export interface ListRequest {
  readonly filter: StoredFilter;
  readonly limit: number;
}

export interface StoredEntry {
  readonly seq: number;
  readonly state: number;
  readonly mailer: string;
  readonly priority: number;
  readonly queuedAt: number;
  readonly dueAt: number;
  readonly expiresAt: number;
  readonly label: Label;
  /** JSON each, oldest first. */
  readonly attempts: readonly string[];
}

export interface RetryRequest {
  readonly filter: StoredFilter;
  readonly now: number;
  readonly expiresAt: number;
}

export interface RetryReply {
  readonly count: number;
  /** Those whose mails they are. */
  readonly mailers: readonly string[];
}

export interface CancelRequest {
  readonly filter: StoredFilter;
  readonly now: number;
}

export interface PruneRequest {
  /** Removes mails sent or cancelled before. */
  readonly doneBefore: number;
  /** Removes mails dead, expired or corrupt since before. */
  readonly failedBefore: number;
}
