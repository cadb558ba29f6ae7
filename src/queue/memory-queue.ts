import { randomUUID } from 'node:crypto';
import type {
  Claim,
  ClaimRequest,
  Exchange,
  Exchanged,
  MailerChoice,
  MailSelection,
  NewMail,
  PullQueue,
  QueuedMail,
  QueueEntry,
  QueueFilter,
  QueueState,
  QueueStats,
  SettledClaim,
} from './mail-queue.js';
import { pinOf, remainingOf } from './record/outcomes.js';
import { inTurn, isChosen, type Turn } from './record/mailer-choice.js';
import {
  CANCELLED,
  claimed,
  type ClaimCounts,
  CLOCK_LEAP_MS,
  closedQueue,
  countStates,
  entryOf,
  isDone,
  KEPT_BY,
  matches,
  priorityNumber,
  RETRIED,
} from './record/queue-record.js';
import { summaryOf } from './record/summary.js';
import { STORE } from './store.options.js';

interface MailRecord extends ClaimCounts {
  readonly id: string;
  readonly mail: NewMail;
  readonly queuedAt: Date;
  readonly state: QueueState;
  readonly dueAt: Date;
  /** When it can be claimed: `dueAt`, or the end of its lease. */
  readonly readyAt: Date;
  /** The time to which `readyAt` is relative; undefined for an absolute date. */
  readonly setAt: Date | undefined;
  readonly expiresAt: Date;
  readonly hasDefaultExpiry: boolean;
  readonly endedAt: Date | undefined;
  readonly attempts: QueueEntry['attempts'];
  /** Number of attempts before the last retry. */
  readonly retriedFrom: number;
}

const UNTRIED = { claim: 0, attempt: 0, crashes: 0, attempts: [], retriedFrom: 0 };

/**
 * A queue in the memory of one process, for tests that must leave nothing behind. It keeps every other promise of a
 * queue.
 */
export class MemoryQueue implements PullQueue {
  readonly name = 'memory';
  readonly warnings = [];
  readonly #records: Map<string, MailRecord>;
  /** Ids by idempotency key. */
  readonly #keys: Map<string, string>;
  /** Number of the claim that was made here, by mail. */
  readonly #held = new Map<string, number>();
  readonly #now: () => Date;
  #closed = false;

  /** @param other queue whose mails this one shares, as two processes share a spool */
  constructor(now: () => Date, other?: MemoryQueue) {
    this.#now = now;
    this.#records = other ? other.#records : new Map<string, MailRecord>();
    this.#keys = other ? other.#keys : new Map<string, string>();
  }

  async open(): Promise<void> {}

  async add(mail: NewMail): Promise<QueuedMail> {
    this.#throwIfClosed();
    const { message, idempotencyKey, dueAt, expiresAt } = mail;
    const key = idempotencyKey === undefined ? undefined : JSON.stringify([message.mailer, idempotencyKey]);
    const first = key === undefined ? undefined : this.#records.get(this.#keys.get(key) ?? '');
    if (first && first.state !== 'cancelled') return { ...queuedMail(first), duplicate: true };
    const queuedAt = this.#now();
    const record: MailRecord = {
      ...UNTRIED,
      id: randomUUID(),
      mail,
      state: 'waiting',
      queuedAt,
      dueAt,
      readyAt: dueAt,
      setAt: mail.isDated ? undefined : queuedAt,
      expiresAt,
      hasDefaultExpiry: mail.hasDefaultExpiry === true,
      date: message.date.getTime(),
      datedBy: mail.hasDefaultDate ? undefined : 0,
      endedAt: undefined,
    };
    this.#records.set(record.id, record);
    if (key !== undefined) this.#keys.set(key, record.id);
    return { ...queuedMail(record), duplicate: false };
  }

  async exchange({ settle = [], claim }: Exchange): Promise<Exchanged> {
    this.#throwIfClosed();
    for (const ended of settle) this.#settle(ended);
    return { claims: claim ? this.#claim(claim) : [], unsettled: [] };
  }

  #claim({ mailer, limit, now, leasedUntil }: ClaimRequest): readonly Claim[] {
    this.#followClock(now);
    const due = this.#claimable(mailer)
      .filter(({ readyAt }) => readyAt <= now)
      .toSorted(byTurn);
    const chosen = typeof mailer === 'string' ? due : inTurn(due, mailer.each, turnOf);
    return chosen.slice(0, limit).map((record) => {
      const counts = claimed(record, record.state === 'sending', now.getTime());
      this.#held.set(record.id, counts.claim);
      return claimOf(change(record, { ...counts, state: 'sending', readyAt: leasedUntil, setAt: now }));
    });
  }

  async extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]> {
    this.#throwIfClosed();
    const held = ids.flatMap((id) => this.#heldRecord(id) ?? []);
    for (const record of held) change(record, { readyAt: leasedUntil, setAt: this.#now() });
    return held.map(({ id }) => id);
  }

  #settle({ id, settlement }: SettledClaim): void {
    const record = this.#heldRecord(id);
    if (!record) return;
    this.#held.delete(id);
    const { state } = settlement;
    const attempt = state === 'released' ? undefined : settlement.attempt;
    const dueAt = 'dueAt' in settlement ? (settlement.dueAt ?? record.dueAt) : record.dueAt;
    change(record, {
      state: state === 'released' ? 'waiting' : state,
      dueAt,
      readyAt: dueAt,
      setAt: this.#now(),
      datedBy: !attempt && record.datedBy === record.claim ? undefined : record.datedBy,
      ...(state === 'released' ? { attempt: record.attempt - 1 } : { crashes: 0 }),
      ...(attempt && { attempts: [...record.attempts, attempt] }),
      ...(state !== 'released' && isDone(state) && { endedAt: this.#now() }),
    });
  }

  async nextDueAt(mailer: MailerChoice): Promise<Date | undefined> {
    this.#throwIfClosed();
    return earliest(this.#claimable(mailer));
  }

  async stats(): Promise<QueueStats> {
    this.#throwIfClosed();
    const states = countStates((state) => this.#matching({ state }).length);
    const oldestDueAt = earliest(this.#claimable());
    return { states, ...(oldestDueAt && oldestDueAt <= this.#now() && { oldestDueAt }) };
  }

  async list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]> {
    this.#throwIfClosed();
    return this.#matching(filter).toReversed().slice(0, limit).map(described);
  }

  async get(id: string): Promise<QueueEntry | undefined> {
    this.#throwIfClosed();
    const record = this.#records.get(id);
    return record && described(record);
  }

  async retry(selection: MailSelection, expiresAt: Date): Promise<number> {
    this.#throwIfClosed();
    // Before the retried mails, which are waiting afterwards.
    const waiting = selection.id === undefined ? [] : this.#matching(selection, ['waiting']);
    const retried = this.#matching(selection, RETRIED);
    for (const record of [...waiting, ...retried]) makeDue(record, this.#now());
    for (const record of retried) {
      const counts = { attempt: 0, crashes: 0, retriedFrom: record.attempts.length };
      change(record, { ...counts, state: 'waiting', expiresAt, hasDefaultExpiry: true });
    }
    return retried.length + waiting.length;
  }

  async cancel(selection: MailSelection): Promise<number> {
    this.#throwIfClosed();
    const cancelled = this.#matching(selection, CANCELLED);
    for (const record of cancelled) change(record, { state: 'cancelled', endedAt: this.#now() });
    return cancelled.length;
  }

  async prune(now: Date): Promise<void> {
    this.#throwIfClosed();
    for (const [state, option] of KEPT_BY) {
      const endedBefore = now.getTime() - STORE[option].fallback;
      for (const { id, endedAt } of this.#matching({ state })) {
        if (endedAt && endedAt.getTime() <= endedBefore) this.#records.delete(id);
      }
    }
    for (const [key, id] of this.#keys) if (!this.#records.has(id)) this.#keys.delete(key);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** In the order in which they were added. */
  #matching(selection: MailSelection, states?: readonly QueueState[]): MailRecord[] {
    return [...this.#records.values()].filter(
      (record) =>
        (selection.id === undefined || selection.id === record.id) &&
        (states === undefined || states.includes(record.state)) &&
        matches({ ...summaryOf(record.mail.message), ...record, mailer: mailerOf(record) }, selection),
    );
  }

  /** Mails of the mailer, or of all, that are waiting or under way. */
  #claimable(mailer?: MailerChoice): MailRecord[] {
    const all = [...this.#records.values()];
    return all.filter(
      (record) => !isDone(record.state) && (mailer === undefined || isChosen(mailerOf(record), mailer)),
    );
  }

  /** See `CLOCK_LEAP_MS`. */
  #followClock(now: Date): void {
    for (const record of this.#claimable()) {
      const back = record.setAt ? record.setAt.getTime() - now.getTime() : 0;
      if (back <= CLOCK_LEAP_MS) continue;
      const earlier = (time: Date): Date => new Date(time.getTime() - back);
      change(record, { setAt: now, dueAt: earlier(record.dueAt), readyAt: earlier(record.readyAt) });
    }
  }

  #heldRecord(id: string): MailRecord | undefined {
    const record = this.#records.get(id);
    return record?.state === 'sending' && this.#held.get(id) === record.claim ? record : undefined;
  }

  #throwIfClosed(): void {
    if (this.#closed) throw closedQueue();
  }
}

const mailerOf = ({ mail }: MailRecord): string => mail.message.mailer;

const turnOf = (record: MailRecord): Turn => ({
  mailer: mailerOf(record),
  priority: priorityNumber(record.mail.priority),
});

function change(record: MailRecord, changes: Partial<MailRecord>): MailRecord {
  return Object.assign(record, changes);
}

function makeDue(record: MailRecord, now: Date): void {
  change(record, { dueAt: now, readyAt: now, setAt: now });
  if (record.datedBy === undefined) change(record, { date: now.getTime() });
}

function earliest(records: readonly MailRecord[]): Date | undefined {
  return records.map(({ readyAt }) => readyAt).toSorted((a, b) => a.getTime() - b.getTime())[0];
}

function byTurn(a: MailRecord, b: MailRecord): number {
  return (
    priorityNumber(a.mail.priority) - priorityNumber(b.mail.priority) ||
    a.readyAt.getTime() - b.readyAt.getTime()
  );
}

function queuedMail({ id, mail, dueAt }: MailRecord): Omit<QueuedMail, 'duplicate'> {
  return { id, messageId: mail.message.messageId, dueAt };
}

function claimOf({ mail, attempts, retriedFrom, date, ...record }: MailRecord): Claim {
  const { id, attempt, crashes, queuedAt, expiresAt, hasDefaultExpiry } = record;
  const message = { ...mail.message, date: new Date(date) };
  const remaining = remainingOf(message, attempts, retriedFrom);
  const { priority } = mail;
  const pinnedTo = pinOf(attempts.slice(retriedFrom));
  const claim = { id, message, priority, remaining, attempt, crashes, queuedAt, expiresAt, hasDefaultExpiry };
  return pinnedTo === undefined ? claim : { ...claim, pinnedTo };
}

function described({ mail, ...record }: MailRecord): QueueEntry {
  const { mailer } = mail.message;
  return entryOf({ ...record, mailer, priority: mail.priority }, summaryOf(mail.message));
}
