import type {
  Claim,
  ClaimRequest,
  MailSelection,
  NewMail,
  QueuedMail,
  QueueEntry,
  QueueStats,
  Settlement,
} from '../../mail-queue.js';
import { decodeMessage, encodeMessage } from '../../record/message-bytes.js';
import { storedRemaining } from '../../record/outcomes.js';
import {
  countStates,
  entryOf,
  PRIORITIES,
  priorityNumber,
  priorityOf,
  stateNumber,
  STATES,
} from '../../record/queue-record.js';
import { attemptFrom, storedAttempt } from '../../record/stored-attempt.js';
import { summaryOf } from '../../record/summary.js';
import type {
  AddReply,
  AddRequest,
  ClaimMailsRequest,
  StatsReply,
  StoredClaim,
  StoredEntry,
  StoredFilter,
  StoredSettlement,
} from './protocol.js';

/** A number that no mail ever gets. */
const NONE = -1;

/** Returns the row number of an id; an id of another form names no mail. */
export function seqOf(id: string): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : NONE;
}

export function addRequest(mail: NewMail, now: number): AddRequest {
  const { message } = mail;
  return {
    mailer: message.mailer,
    priority: priorityNumber(mail.priority),
    queuedAt: now,
    dueAt: mail.dueAt.getTime(),
    isDated: mail.isDated === true,
    expiresAt: mail.expiresAt.getTime(),
    hasDefaultExpiry: mail.hasDefaultExpiry === true,
    date: message.date.getTime(),
    hasDefaultDate: mail.hasDefaultDate === true,
    idempotencyKey: mail.idempotencyKey,
    summary: summaryOf(message),
    message: encodeMessage(message),
  };
}

export function queuedMail({ seq, messageId, dueAt, duplicate }: AddReply): QueuedMail {
  return { id: String(seq), messageId, duplicate, dueAt: new Date(dueAt) };
}

export function claimRequest({ mailer, limit, now, leasedUntil }: ClaimRequest): ClaimMailsRequest {
  return { mailer, limit, now: now.getTime(), leasedUntil: leasedUntil.getTime() };
}

/** @throws {Error} if the bytes hold no mail */
export function claimFrom(stored: StoredClaim): Claim {
  const message = decodeMessage(stored.body);
  return {
    id: String(stored.seq),
    message: stored.datedBy === 0 ? message : { ...message, date: new Date(stored.date) },
    priority: priorityOf(stored.priority),
    remaining: storedRemaining(message.envelope.to, stored.outcomes),
    attempt: stored.attempt,
    crashes: stored.crashes,
    queuedAt: new Date(stored.queuedAt),
    expiresAt: new Date(stored.expiresAt),
    hasDefaultExpiry: stored.hasDefaultExpiry,
    pinnedTo: stored.pinnedTo,
  };
}

export function storedSettlement(settlement: Settlement): StoredSettlement {
  const { state } = settlement;
  if (state === 'released') return { kind: 'released', dueAt: settlement.dueAt?.getTime() };
  const attempt = settlement.attempt && storedAttempt(settlement.attempt);
  if (state !== 'waiting') return { kind: 'ended', state: stateNumber(state), attempt };
  return {
    kind: 'waiting',
    dueAt: settlement.dueAt.getTime(),
    attempt: storedAttempt(settlement.attempt),
  };
}

export function storedFilter(filter: MailSelection): StoredFilter {
  return {
    seq: filter.id === undefined ? undefined : seqOf(filter.id),
    state: filter.state && stateNumber(filter.state),
    mailer: filter.mailer,
    to: filter.to,
    template: filter.template,
    before: filter.before?.getTime(),
  };
}

/** A state or priority that cannot be read must not hide the other entries. */
export function entryFrom(stored: StoredEntry): QueueEntry {
  const mail = {
    id: String(stored.seq),
    state: STATES[stored.state] ?? 'corrupt',
    mailer: stored.mailer,
    priority: PRIORITIES[stored.priority] ?? 'normal',
    queuedAt: new Date(stored.queuedAt),
    dueAt: new Date(stored.dueAt),
    expiresAt: new Date(stored.expiresAt),
    attempts: [...stored.attempts].flatMap((json) => attemptFrom(json) ?? []),
  };
  return entryOf(mail, stored);
}

export function statsFrom({ mails, oldestDueAt }: StatsReply): QueueStats {
  const states = countStates((state) => mails[stateNumber(state)] ?? 0);
  return { states, ...(oldestDueAt !== undefined && { oldestDueAt: new Date(oldestDueAt) }) };
}
