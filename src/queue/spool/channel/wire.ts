import type {
  Claim,
  NewMail,
  QueuedMail,
  QueueEntry,
  QueueFilter,
  QueueStats,
  Settlement,
} from '../../mail-queue.js';
import { PRIORITIES, priorityNumber, priorityOf, stateNumber, STATES } from '../../record/mail-state.js';
import { decodeMessage, encodeMessage } from '../../record/message-bytes.js';
import { remainingOf } from '../../record/outcomes.js';
import type {
  AddReply,
  AddRequest,
  StatsReply,
  StoredClaim,
  StoredEntry,
  StoredFilter,
  StoredSettlement,
} from './protocol.js';
import { attemptFrom, storedAttempt } from '../../record/stored-attempt.js';

/** Never a number that was given out: no mail has it. */
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
    label: {
      messageId: message.messageId,
      to: message.envelope.to,
      subject: message.subject,
      template: message.template,
    },
    message: encodeMessage(message),
  };
}

export function queuedMail({ seq, messageId, dueAt, duplicate }: AddReply): QueuedMail {
  return { id: String(seq), messageId, duplicate, dueAt: new Date(dueAt) };
}

/** @throws {Error} when its bytes hold no mail */
export function claimFrom(stored: StoredClaim): Claim {
  const message = decodeMessage(stored.body);
  return {
    id: String(stored.seq),
    message: stored.date === undefined ? message : { ...message, date: new Date(stored.date) },
    priority: priorityOf(stored.priority),
    remaining: remainingOf(message.envelope.to, stored.outcomes),
    attempt: stored.attempt,
    crashes: stored.crashes,
    queuedAt: new Date(stored.queuedAt),
    expiresAt: new Date(stored.expiresAt),
    hasDefaultExpiry: stored.hasDefaultExpiry,
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

export function storedFilter(filter: QueueFilter & { readonly id?: string | undefined }): StoredFilter {
  return {
    seq: filter.id === undefined ? undefined : seqOf(filter.id),
    state: filter.state && stateNumber(filter.state),
    mailer: filter.mailer,
    to: filter.to,
    template: filter.template,
    before: filter.before?.getTime(),
  };
}

export function entryFrom(stored: StoredEntry): QueueEntry {
  const { messageId, to, subject, template } = stored.label;
  return {
    id: String(stored.seq),
    // One entry that is damaged keeps nobody from reading the others.
    state: STATES[stored.state] ?? 'corrupt',
    mailer: stored.mailer,
    messageId,
    to: [...to],
    subject,
    ...(template !== undefined && { template }),
    priority: PRIORITIES[stored.priority] ?? 'normal',
    queuedAt: new Date(stored.queuedAt),
    dueAt: new Date(stored.dueAt),
    expiresAt: new Date(stored.expiresAt),
    attempts: [...stored.attempts].flatMap((json) => attemptFrom(json) ?? []),
  };
}

export function statsFrom({ mails, oldestDueAt }: StatsReply): QueueStats {
  const count = (state: (typeof STATES)[number]): number => mails[stateNumber(state)] ?? 0;
  return {
    states: {
      waiting: count('waiting'),
      sending: count('sending'),
      sent: count('sent'),
      dead: count('dead'),
      ambiguous: count('ambiguous'),
      expired: count('expired'),
      cancelled: count('cancelled'),
      corrupt: count('corrupt'),
    },
    ...(oldestDueAt !== undefined && { oldestDueAt: new Date(oldestDueAt) }),
  };
}
