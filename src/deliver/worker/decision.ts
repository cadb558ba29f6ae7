import { MailError } from '../../errors/mail-error.js';
import type { Receipt } from '../../message/receipt.js';
import type { AttemptError, AttemptRecord, Claim, Settlement } from '../../queue/mail-queue.js';
import { hintOf, jittered } from '../../transport/retry-hint.js';
import { backoff } from '../limits/backoff.js';

export type AttemptResult = { readonly receipt: Receipt } | { readonly error: MailError };

/** Treatment of a mail that may have been sent: try it again, or hold it for an operator. */
export type OnAmbiguous = 'retry' | 'hold';

export interface DecisionContext {
  readonly onAmbiguous: OnAmbiguous;
  /** True if the transport that may have sent the mail is no longer there: it is held, whatever `onAmbiguous` says. */
  readonly isSenderGone: boolean;
  /** See `backoff`. */
  readonly retryDelays: readonly number[];
  readonly startedAt: Date;
  readonly now: Date;
  /** From 0 up to 1. */
  readonly random: number;
}

/** How a claim ends, the error of its attempt unless the module itself ended it, and the evidence about the transport. */
export type Decision =
  | { readonly settlement: Settlement; readonly error?: MailError; readonly transport: 'works' | 'unknown' }
  /** The transport must be paused: no mail is at fault. */
  | { readonly settlement: Settlement; readonly error: MailError; readonly transport: 'at fault' };

/** Number of crashed attempts in a row after which the mail counts as the reason. */
const MAX_CRASHES = 3;

/** Milliseconds for which a mail waits whose only member is at fault, while another mail probes that one. */
const MEMBER_PAUSE_MS = 5_000;

/** Settles a claim without an attempt: the mail is poison, must be held, or has expired. */
export function decideBefore(claim: Claim, context: DecisionContext): Settlement | undefined {
  const { crashes } = claim;
  if (crashes >= MAX_CRASHES) return { state: 'dead', attempt: record(context, { error: poison(crashes) }) };
  if (crashes > 0 && context.onAmbiguous === 'hold') {
    return { state: 'ambiguous', attempt: record(context, { error: interrupted() }) };
  }
  if (context.isSenderGone)
    return { state: 'ambiguous', attempt: record(context, { error: abandoned(claim) }) };
  return isTooLate(claim, context.now) ? { state: 'expired' } : undefined;
}

/**
 * Ends a mail whose mailer was not found before it expired. It waited for that all the time, so no default expiry lets it be
 * tried once more.
 */
export function expiredBefore({ expiresAt }: Claim, error: MailError, now: Date): Settlement | undefined {
  if (expiresAt > now) return undefined;
  return { state: 'expired', attempt: record({ startedAt: now, now }, { error }) };
}

/** A clock that jumped, or an application that was down for days, must not expire a mail that was never tried. */
function isTooLate({ expiresAt, hasDefaultExpiry, attempt }: Claim, now: Date): boolean {
  return expiresAt <= now && !(hasDefaultExpiry && attempt === 1);
}

/** Decides how a claim ends after an attempt, by the outcome of each recipient. */
export function decide(claim: Claim, result: AttemptResult, context: DecisionContext): Decision {
  const attempt = record(context, result);
  if ('receipt' in result) {
    return { settlement: afterReceipt(claim, result.receipt, attempt, context), transport: 'works' };
  }
  const { error } = result;
  if (isOurEnd(error)) return { settlement: { state: 'released' }, transport: 'unknown' };
  if (isTransportFault(error)) return afterTransportFault(error, context);
  const settlement = afterError(claim, error, attempt, context);
  return { settlement, error, transport: isSilence(error) ? 'unknown' : 'works' };
}

/** If one member is at fault, its mails alone wait, and lose no attempt: the others may get through. */
function afterTransportFault(error: MailError, { now, random }: DecisionContext): Decision {
  if (error.transport === undefined)
    return { settlement: { state: 'released' }, error, transport: 'at fault' };
  const hint = hintOf(error);
  const wait = hint > 0 ? Math.ceil(hint * (1 + random / 5)) : jittered(MEMBER_PAUSE_MS, random);
  const dueAt = new Date(now.getTime() + wait);
  return { settlement: { state: 'released', dueAt }, error, transport: 'unknown' };
}

function afterReceipt(
  claim: Claim,
  { rejected }: Receipt,
  attempt: AttemptRecord,
  context: DecisionContext,
): Settlement {
  return rejected.some(({ retryable }) => retryable)
    ? later(claim, attempt, context, 0)
    : { state: 'sent', attempt };
}

function afterError(
  claim: Claim,
  error: MailError,
  attempt: AttemptRecord,
  context: DecisionContext,
): Settlement {
  const isHeld = error.outcome === 'unknown' && context.onAmbiguous === 'hold';
  if (isHeld && !isRepeatable(claim, error, context)) return { state: 'ambiguous', attempt };
  return error.outcome === 'unknown' || error.retryable
    ? later(claim, attempt, context, hintOf(error))
    : { state: 'dead', attempt };
}

/** Returns whether the next hop still recognises the mail by its key at the latest time of the next attempt. */
function isRepeatable(
  { queuedAt, attempt }: Claim,
  { repeatableForMs = 0 }: MailError,
  { now, retryDelays }: DecisionContext,
): boolean {
  const next = now.getTime() + backoff(attempt, retryDelays, 1);
  return next < queuedAt.getTime() + repeatableForMs;
}

/** Defers a mail. If its next attempt would come too late, it expires now, while somebody can still act. */
function later(
  claim: Claim,
  attempt: AttemptRecord,
  { now, random, retryDelays }: DecisionContext,
  hint: number,
): Settlement {
  const wait = Math.max(hint, backoff(claim.attempt, retryDelays, random));
  const dueAt = new Date(now.getTime() + wait);
  return dueAt > claim.expiresAt ? { state: 'expired', attempt } : { state: 'waiting', dueAt, attempt };
}

/** True if the module closed, or a caller gave up, before anything was tried. */
function isOurEnd({ code, outcome }: MailError): boolean {
  return outcome === 'not-sent' && (code === 'closed' || code === 'aborted');
}

/** True if the transport did not answer this mail, which proves nothing about the transport. */
function isSilence({ outcome, code }: MailError): boolean {
  return outcome === 'unknown' || code === 'timeout';
}

/** True for faults that every mail would meet. */
function isTransportFault({ scope, outcome }: MailError): boolean {
  return outcome === 'not-sent' && (scope === 'transport' || scope === 'config');
}

function record(
  { startedAt, now }: Pick<DecisionContext, 'startedAt' | 'now'>,
  result: AttemptResult | { readonly error: MailError },
): AttemptRecord {
  const durationMs = Math.max(0, now.getTime() - startedAt.getTime());
  if ('error' in result) {
    const { error } = result;
    const { rejected, transport } = error;
    const member = transport !== undefined && { transport };
    return { startedAt, durationMs, accepted: [], rejected, error: stored(error), ...member };
  }
  const { accepted, rejected, transport, response } = result.receipt;
  return {
    startedAt,
    durationMs,
    accepted,
    rejected,
    transport,
    ...(response !== undefined && { response }),
  };
}

function stored({ code, message, outcome, smtp }: MailError): AttemptError {
  return { code, message, outcome, ...(smtp && { smtp }) };
}

function poison(crashes: number): MailError {
  return new MailError(
    'ambiguous',
    `The process ended ${crashes} times while this mail was being sent. It is kept aside, so that the others get through; retry it when the reason is known.`,
  );
}

function abandoned({ pinnedTo }: Claim): MailError {
  return new MailError(
    'ambiguous',
    `The mail may have been sent by ${pinnedTo}, which is no longer configured. Nobody else gets it unless you retry it.`,
    { transport: pinnedTo },
  );
}

function interrupted(): MailError {
  return new MailError(
    'ambiguous',
    'The process ended while this mail was being sent, so it may have been sent.',
  );
}
