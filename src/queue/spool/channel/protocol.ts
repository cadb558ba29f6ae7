import type { MailErrorCode } from '../../../errors/mail-error.js';
import type { MailerChoice } from '../../mail-queue.js';
import type { EncodedMessage } from '../../record/message-bytes.js';
import type { ClaimedCounts, Filter } from '../../record/queue-record.js';
import type { StoredAttempt } from '../../record/stored-attempt.js';
import type { MailSummary } from '../../record/summary.js';
import type { TurnsReply, TurnsRequest } from '../../turn-store.js';

/**
 * Calls from the spool to its thread, and the replies. Times are milliseconds since 1970; states and priorities are
 * numbers.
 */
export interface SpoolCalls {
  readonly open: { readonly request: OpenRequest; readonly reply: OpenReply };
  readonly add: { readonly request: AddRequest; readonly reply: AddReply };
  readonly exchange: { readonly request: ExchangeRequest; readonly reply: ExchangeReply };
  readonly extend: { readonly request: ExtendRequest; readonly reply: readonly number[] };
  readonly setAside: { readonly request: SetAsideRequest; readonly reply: void };
  readonly nextReadyAt: { readonly request: NextRequest; readonly reply: number | undefined };
  readonly stats: { readonly request: { readonly now: number }; readonly reply: StatsReply };
  readonly list: { readonly request: ListRequest; readonly reply: readonly StoredEntry[] };
  readonly retry: { readonly request: RetryRequest; readonly reply: number };
  readonly cancel: { readonly request: CancelRequest; readonly reply: number };
  readonly prune: { readonly request: PruneRequest; readonly reply: void };
  readonly takeTurns: { readonly request: TurnsCall; readonly reply: TurnsReply };
  readonly close: { readonly request: undefined; readonly reply: void };
}

/** The name of its limit is a digest: it may tell whom mails go to. */
export interface TurnsCall extends Omit<TurnsRequest, 'limit'> {
  readonly limit: Uint8Array;
}

export type SpoolOperation = keyof SpoolCalls;
export type RequestOf<K extends SpoolOperation> = SpoolCalls[K]['request'];
export type ReplyOf<K extends SpoolOperation> = SpoolCalls[K]['reply'];

/** A call as it is posted to the thread. */
export interface SpoolCall<K extends SpoolOperation = SpoolOperation> {
  readonly id: number;
  readonly operation: K;
  readonly request: RequestOf<K>;
}

/** A call, as a union over the operations. */
export type ReceivedCall = { readonly [K in SpoolOperation]: SpoolCall<K> }[SpoolOperation];

/** The result of a call, or a notice without a call. */
export type SpoolAnswer<R = unknown> =
  | { readonly id: number; readonly reply: R }
  | { readonly id: number; readonly fault: SpoolFault }
  | { readonly notice: SpoolNotice };

/** Tells what happened to the spool's file, and what was done about it. */
export interface SpoolNotice {
  readonly message: string;
  /** Mails that were set aside. */
  readonly corrupt: readonly CorruptRecord[];
}

/** A `MailError` as it passes between threads. */
export interface SpoolFault {
  readonly code: MailErrorCode;
  readonly message: string;
  /** The driver's message. */
  readonly cause?: string | undefined;
}

export interface OpenRequest {
  readonly path: string;
  readonly maxBacklog: number;
  readonly encryptionKey?: Uint8Array | undefined;
  readonly mailers?: readonly string[] | undefined;
  /** Claims of a thread that ended. */
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
  readonly summary: MailSummary;
  readonly message: EncodedMessage;
}

export interface AddReply {
  readonly seq: number;
  readonly messageId: string;
  readonly dueAt: number;
  readonly duplicate: boolean;
}

/** Settlements, and then a claim. */
export interface ExchangeRequest {
  readonly settles: readonly SettleRequest[];
  readonly claim: ClaimMailsRequest | undefined;
}

export interface ExchangeReply extends ClaimReply {
  readonly unsettled: readonly UnsettledMail[];
}

export interface UnsettledMail {
  readonly seq: number;
  readonly fault: SpoolFault;
}

export interface NextRequest {
  readonly mailer: MailerChoice;
  readonly now: number;
}

export interface ClaimMailsRequest {
  readonly mailer: MailerChoice;
  readonly limit: number;
  readonly now: number;
  readonly leasedUntil: number;
}

export interface ClaimReply {
  readonly claims: readonly StoredClaim[];
  /** Mails that could not be read and were set aside. */
  readonly corrupt: readonly CorruptRecord[];
}

export interface StoredClaim extends ClaimedCounts {
  readonly mailer: string;
  readonly seq: number;
  readonly body: Uint8Array;
  readonly priority: number;
  /** A letter for each recipient (see `outcomesAfter`); undefined before the first outcome. */
  readonly outcomes?: string | undefined;
  /** See `Claim.pinnedTo`. */
  readonly pinnedTo?: string | undefined;
  readonly queuedAt: number;
  readonly expiresAt: number;
  readonly hasDefaultExpiry: boolean;
}

export interface CorruptRecord {
  readonly seq: number;
  readonly mailer: string;
  readonly reason: string;
}

export interface SetAsideRequest {
  readonly seq: number;
  readonly now: number;
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

export interface StatsReply {
  /** Counts by state. */
  readonly mails: readonly number[];
  readonly oldestDueAt?: number | undefined;
}

export interface StoredFilter extends Filter<number, number> {
  readonly seq?: number | undefined;
}

export interface ListRequest {
  readonly filter: StoredFilter;
  readonly limit: number;
}

export interface FoundMail extends MailSummary {
  readonly seq: number;
  readonly state: number;
  readonly mailer: string;
  readonly priority: number;
  readonly queuedAt: number;
  readonly dueAt: number;
  readonly expiresAt: number;
}

export interface StoredEntry extends FoundMail {
  /** One JSON each, oldest first. */
  readonly attempts: readonly string[];
}

export interface RetryRequest {
  readonly filter: StoredFilter;
  readonly now: number;
  readonly expiresAt: number;
}

export interface CancelRequest {
  readonly filter: StoredFilter;
  readonly now: number;
}

export interface PruneRequest {
  /** Removes mails that ended before these times, by the option that holds for their state. */
  readonly endedBefore: Readonly<Record<'retention' | 'failedRetention', number>>;
}
