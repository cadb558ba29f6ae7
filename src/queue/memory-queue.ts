import { randomUUID } from 'node:crypto';
import type {
  Claim,
  ClaimRequest,
  MailPriority,
  MailQueue,
  NewMail,
  QueuedMail,
  QueueEntry,
  QueueFilter,
  QueueState,
  QueueStats,
  Settlement,
} from './mail-queue.js';
import { closedQueue, isDone, matches, NO_STATES, remainingOf } from './record/queue-record.js';
import { STORE } from './store.options.js';

interface MailRecord {
  readonly id: string;
  readonly mail: NewMail;
  readonly queuedAt: Date;
  state: QueueState;
  dueAt: Date;
  expiresAt: Date;
  hasDefaultExpiry: boolean;
  date: Date;
  /** The claim that fixed the date; 0: it was given. */
  datedBy: number | undefined;
  leasedUntil: Date | undefined;
  /** By which time it was reckoned when it can be claimed; undefined where a date was given. */
  setAt: Date | undefined;
  /** Counts its claims: tells the last from those that ran out. */
  claim: number;
  endedAt: Date | undefined;
  attempt: number;
  crashes: number;
  attempts: QueueEntry['attempts'];
  forgiven: number;
}

const RANK: Readonly<Record<MailPriority, number>> = { high: 0, normal: 1, low: 2 };

const UNTRIED = { claim: 0, attempt: 0, crashes: 0, attempts: [], forgiven: 0 };
/** How far a clock may go back before anything is done about it. */
const LEAP_MS = 1_000;
/** How long a mail is known after its end; `ambiguous` ones wait for somebody. */
const KEPT_MS: Readonly<Partial<{ [S in QueueState]: number }>> = {
  sent: STORE.retention.fallback,
  cancelled: STORE.retention.fallback,
  dead: STORE.failedRetention.fallback,
  expired: STORE.failedRetention.fallback,
};

/**
 * A queue of this process alone, gone with it: what tests get, where nothing may be left behind. It
 * keeps every other promise of a queue.
 */
export class MemoryQueue implements MailQueue {
  readonly name = 'memory';
  readonly warnings = [];
  readonly #records: Map<string, MailRecord>;
  readonly #keys: Map<string, MailRecord>;
  /** The claims made here, by mail. */
  readonly #held = new Map<string, number>();
  readonly #now: () => Date;
  #closed = false;

  /** @param other whose mails this one shares, as two processes share a spool */
  constructor(now: () => Date, other?: MemoryQueue) {
    this.#now = now;
    this.#records = other ? other.#records : new Map<string, MailRecord>();
    this.#keys = other ? other.#keys : new Map<string, MailRecord>();
  }

  async open(): Promise<void> {}

  async add(mail: NewMail): Promise<QueuedMail> {
    this.#throwIfClosed();
    const { message, idempotencyKey, dueAt, expiresAt } = mail;
    const key = idempotencyKey === undefined ? undefined : JSON.stringify([message.mailer, idempotencyKey]);
    const first = key === undefined ? undefined : this.#keys.get(key);
    if (first) return { ...described(first), duplicate: true };
    const record: MailRecord = {
      id: randomUUID(),
      mail,
      queuedAt: this.#now(),
      state: 'waiting',
      dueAt,
      expiresAt,
      hasDefaultExpiry: mail.hasDefaultExpiry === true,
      date: message.date,
      datedBy: mail.hasDefaultDate ? undefined : 0,
      leasedUntil: undefined,
      setAt: mail.isDated ? undefined : this.#now(),
      endedAt: undefined,
      ...UNTRIED,
    };
    this.#records.set(record.id, record);
    if (key !== undefined) this.#keys.set(key, record);
    return { ...described(record), duplicate: false };
  }

  async claim({ mailer, limit, now, leasedUntil }: ClaimRequest): Promise<readonly Claim[]> {
    this.#throwIfClosed();
    for (const record of this.#records.values()) followClock(record, now);
    const due = [...this.#records.values()]
      .filter(
        (record) =>
          record.mail.message.mailer === mailer && (claimableAt(record) ?? Infinity) <= now.getTime(),
      )
      .toSorted(byTurn)
      .slice(0, limit);
    return due.map((record) => {
      if (record.state === 'sending') record.crashes += 1;
      record.state = 'sending';
      record.leasedUntil = leasedUntil;
      record.setAt = now;
      record.attempt += 1;
      record.claim += 1;
      if (record.datedBy === undefined && now < record.date) record.date = now;
      record.datedBy ??= record.claim;
      this.#held.set(record.id, record.claim);
      return claimOf(record);
    });
  }

  async extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]> {
    this.#throwIfClosed();
    const held = ids.filter((id) => this.#heldRecord(id) !== undefined);
    const setAt = this.#now();
    for (const id of held) Object.assign(this.#records.get(id) ?? {}, { leasedUntil, setAt });
    return held;
  }

  async settle(id: string, settlement: Settlement): Promise<void> {
    this.#throwIfClosed();
    const record = this.#heldRecord(id);
    if (!record) return;
    this.#held.delete(id);
    record.leasedUntil = undefined;
    record.setAt = this.#now();
    const wasTried = settlement.state !== 'released' && settlement.attempt !== undefined;
    if (!wasTried && record.datedBy === record.claim) record.datedBy = undefined;
    if (settlement.state === 'released') {
      record.attempt -= 1;
      record.state = 'waiting';
      record.dueAt = settlement.dueAt ?? record.dueAt;
      return;
    }
    record.crashes = 0;
    record.state = settlement.state;
    if (isDone(record.state)) record.endedAt = this.#now();
    if (settlement.attempt) record.attempts = [...record.attempts, settlement.attempt];
    if (settlement.state === 'waiting') record.dueAt = settlement.dueAt;
  }

  async nextDueAt(mailer: string): Promise<Date | undefined> {
    this.#throwIfClosed();
    const times = [...this.#records.values()].flatMap((record) =>
      record.mail.message.mailer === mailer ? (claimableAt(record) ?? []) : [],
    );
    return times.length === 0 ? undefined : new Date(Math.min(...times));
  }

  async stats(): Promise<QueueStats> {
    this.#throwIfClosed();
    const states = { ...NO_STATES };
    for (const { state } of this.#records.values()) states[state] += 1;
    const now = this.#now();
    const due = [...this.#records.values()].filter(({ state, dueAt }) => state === 'waiting' && dueAt <= now);
    const oldest = Math.min(...due.map(({ dueAt }) => dueAt.getTime()));
    return due.length === 0 ? { states } : { states, oldestDueAt: new Date(oldest) };
  }

  async list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]> {
    this.#throwIfClosed();
    return this.#matching(filter).toReversed().slice(0, limit).map(entryOf);
  }

  async get(id: string): Promise<QueueEntry | undefined> {
    this.#throwIfClosed();
    const record = this.#records.get(id);
    return record && entryOf(record);
  }

  async retry(filter: QueueFilter & { readonly id?: string }, expiresAt: Date): Promise<number> {
    // Before the others, which wait afterwards.
    const waiting =
      filter.id === undefined ? [] : this.#matching(filter).filter(({ state }) => state === 'waiting');
    for (const record of waiting) makeDue(record, this.#now());
    const given = this.#matching(filter).filter(({ state }) =>
      ['dead', 'ambiguous', 'expired'].includes(state),
    );
    for (const record of given) {
      makeDue(record, this.#now());
      Object.assign(record, {
        state: 'waiting',
        expiresAt,
        hasDefaultExpiry: true,
        attempt: 0,
        crashes: 0,
        forgiven: record.attempts.length,
      });
    }
    return given.length + waiting.length;
  }

  async cancel(filter: QueueFilter & { readonly id?: string }): Promise<number> {
    const given = this.#matching(filter).filter(({ state }) => state === 'waiting' || state === 'ambiguous');
    for (const record of given) Object.assign(record, { state: 'cancelled', endedAt: this.#now() });
    return given.length;
  }

  async prune(now: Date): Promise<void> {
    this.#throwIfClosed();
    for (const record of this.#records.values()) if (isOver(record, now)) this.#records.delete(record.id);
    for (const [key, { id }] of this.#keys) if (!this.#records.has(id)) this.#keys.delete(key);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #matching(filter: QueueFilter & { readonly id?: string }): MailRecord[] {
    this.#throwIfClosed();
    return [...this.#records.values()].filter(
      (record) => (filter.id === undefined || filter.id === record.id) && matches(entryOf(record), filter),
    );
  }

  #heldRecord(id: string): MailRecord | undefined {
    const record = this.#records.get(id);
    return record?.state === 'sending' && this.#held.get(id) === record.claim ? record : undefined;
  }

  #throwIfClosed(): void {
    if (this.#closed) throw closedQueue();
  }
}

/** When somebody may have it, in milliseconds; undefined when never. */
function claimableAt({ state, dueAt, leasedUntil }: MailRecord): number | undefined {
  if (state === 'waiting') return dueAt.getTime();
  return state === 'sending' ? leasedUntil?.getTime() : undefined;
}

function makeDue(record: MailRecord, now: Date): void {
  record.dueAt = now;
  record.setAt = now;
  if (record.datedBy === undefined) record.date = now;
}

/** A clock that was set back holds nothing up: what waits does so as long as it was meant to, from now on. */
function followClock(record: MailRecord, now: Date): void {
  const back = record.setAt ? record.setAt.getTime() - now.getTime() : 0;
  if (back < LEAP_MS) return;
  const earlier = (time: Date): Date => new Date(time.getTime() - back);
  record.setAt = now;
  record.dueAt = earlier(record.dueAt);
  record.leasedUntil = record.leasedUntil && earlier(record.leasedUntil);
}

function isOver({ state, endedAt }: MailRecord, now: Date): boolean {
  const kept = KEPT_MS[state];
  return kept !== undefined && endedAt !== undefined && now.getTime() - endedAt.getTime() >= kept;
}

function byTurn(a: MailRecord, b: MailRecord): number {
  return RANK[a.mail.priority] - RANK[b.mail.priority] || a.dueAt.getTime() - b.dueAt.getTime();
}

function described({ id, mail, dueAt }: MailRecord): Omit<QueuedMail, 'duplicate'> {
  return { id, messageId: mail.message.messageId, dueAt };
}

function claimOf({ mail, attempts, forgiven, date, ...record }: MailRecord): Claim {
  const { id, attempt, crashes, queuedAt, expiresAt, hasDefaultExpiry } = record;
  const message = { ...mail.message, date };
  const remaining = remainingOf(message, attempts, forgiven);
  const { priority } = mail;
  return { id, message, priority, remaining, attempt, crashes, queuedAt, expiresAt, hasDefaultExpiry };
}

function entryOf({ id, mail, state, queuedAt, dueAt, expiresAt, attempts }: MailRecord): QueueEntry {
  const { mailer, messageId, envelope, subject, template } = mail.message;
  return {
    id,
    state,
    mailer,
    messageId,
    to: envelope.to,
    subject,
    ...(template !== undefined && { template }),
    priority: mail.priority,
    queuedAt,
    dueAt,
    expiresAt,
    attempts,
  };
}
