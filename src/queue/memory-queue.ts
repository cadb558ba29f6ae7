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
import { closedQueue, isDone, matches, NO_STATES, remainingOf } from './queue-record.js';

interface Record {
  readonly id: string;
  readonly mail: NewMail;
  readonly queuedAt: Date;
  readonly place: number;
  state: QueueState;
  dueAt: Date;
  expiresAt: Date;
  leasedUntil: Date | undefined;
  attempt: number;
  crashes: number;
  attempts: QueueEntry['attempts'];
  forgiven: number;
}

const RANK: Readonly<{ [P in MailPriority]: number }> = { high: 0, normal: 1, low: 2 };

/** Done mails that are remembered, so that a long test run does not fill the memory. */
const KEPT = 10_000;

/**
 * A queue of this process alone, gone with it: what tests get, where nothing may be left behind. It
 * keeps every other promise of a queue.
 */
export class MemoryQueue implements MailQueue {
  readonly name = 'memory';
  readonly #records = new Map<string, Record>();
  readonly #keys = new Map<string, Record>();
  readonly #now: () => Date;
  #places = 0;
  #closed = false;

  constructor(now: () => Date) {
    this.#now = now;
  }

  async open(): Promise<void> {}

  async add(mail: NewMail): Promise<QueuedMail> {
    if (this.#closed) throw closedQueue();
    const { message, idempotencyKey, dueAt, expiresAt } = mail;
    const key = idempotencyKey === undefined ? undefined : JSON.stringify([message.mailer, idempotencyKey]);
    const first = key === undefined ? undefined : this.#keys.get(key);
    if (first) return { ...described(first), duplicate: true };
    const record: Record = {
      id: randomUUID(),
      mail,
      queuedAt: this.#now(),
      place: this.#places++,
      state: 'waiting',
      dueAt,
      expiresAt,
      leasedUntil: undefined,
      attempt: 0,
      crashes: 0,
      attempts: [],
      forgiven: 0,
    };
    this.#records.set(record.id, record);
    if (key !== undefined) this.#keys.set(key, record);
    return { ...described(record), duplicate: false };
  }

  async claim({ mailer, limit, now, leasedUntil }: ClaimRequest): Promise<readonly Claim[]> {
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
      record.attempt += 1;
      return claimOf(record);
    });
  }

  async extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]> {
    const held = ids.filter((id) => this.#records.get(id)?.state === 'sending');
    for (const id of held) Object.assign(this.#records.get(id) ?? {}, { leasedUntil });
    return held;
  }

  async settle(id: string, settlement: Settlement): Promise<void> {
    const record = this.#records.get(id);
    if (record?.state !== 'sending') return;
    record.leasedUntil = undefined;
    if (settlement.state === 'released') {
      record.attempt -= 1;
      record.state = 'waiting';
      record.dueAt = settlement.dueAt ?? record.dueAt;
      return;
    }
    record.crashes = 0;
    record.state = settlement.state;
    if (settlement.attempt) record.attempts = [...record.attempts, settlement.attempt];
    if (settlement.state === 'waiting') record.dueAt = settlement.dueAt;
    this.#forget();
  }

  async nextDueAt(mailer: string): Promise<Date | undefined> {
    const times = [...this.#records.values()].flatMap((record) =>
      record.mail.message.mailer === mailer ? (claimableAt(record) ?? []) : [],
    );
    return times.length === 0 ? undefined : new Date(Math.min(...times));
  }

  async stats(): Promise<QueueStats> {
    const states = { ...NO_STATES };
    for (const { state } of this.#records.values()) states[state] += 1;
    const now = this.#now();
    const due = [...this.#records.values()].filter(({ state, dueAt }) => state === 'waiting' && dueAt <= now);
    const oldest = Math.min(...due.map(({ dueAt }) => dueAt.getTime()));
    return due.length === 0 ? { states } : { states, oldestDueAt: new Date(oldest) };
  }

  async list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]> {
    return this.#matching(filter).toReversed().slice(0, limit).map(entryOf);
  }

  async get(id: string): Promise<QueueEntry | undefined> {
    const record = this.#records.get(id);
    return record && entryOf(record);
  }

  async retry(filter: QueueFilter & { readonly id?: string }, expiresAt: Date): Promise<number> {
    const given = this.#matching(filter).filter(({ state }) =>
      ['dead', 'ambiguous', 'expired'].includes(state),
    );
    for (const record of given) {
      Object.assign(record, {
        state: 'waiting',
        dueAt: this.#now(),
        expiresAt,
        attempt: 0,
        crashes: 0,
        forgiven: record.attempts.length,
      });
    }
    return given.length;
  }

  async cancel(filter: QueueFilter & { readonly id?: string }): Promise<number> {
    const waiting = this.#matching(filter).filter(({ state }) => state === 'waiting');
    for (const record of waiting) record.state = 'cancelled';
    return waiting.length;
  }

  async prune(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
  }

  #matching(filter: QueueFilter & { readonly id?: string }): Record[] {
    return [...this.#records.values()].filter(
      (record) => (filter.id === undefined || filter.id === record.id) && matches(entryOf(record), filter),
    );
  }

  #forget(): void {
    if (this.#records.size <= 2 * KEPT) return;
    const done = [...this.#records.values()].filter(({ state }) => isDone(state));
    for (const { id } of done.slice(0, Math.max(0, done.length - KEPT))) this.#records.delete(id);
  }
}

/** When somebody may have it, in milliseconds; undefined when never. */
function claimableAt({ state, dueAt, leasedUntil }: Record): number | undefined {
  if (state === 'waiting') return dueAt.getTime();
  return state === 'sending' ? leasedUntil?.getTime() : undefined;
}

function byTurn(a: Record, b: Record): number {
  return (
    RANK[a.mail.priority] - RANK[b.mail.priority] ||
    a.dueAt.getTime() - b.dueAt.getTime() ||
    a.place - b.place
  );
}

function described({ id, mail, dueAt }: Record): Omit<QueuedMail, 'duplicate'> {
  return { id, messageId: mail.message.messageId, dueAt };
}

function claimOf({ id, mail, attempt, crashes, queuedAt, expiresAt, attempts, forgiven }: Record): Claim {
  const { message } = mail;
  return {
    id,
    message,
    remaining: remainingOf(message, attempts, forgiven),
    attempt,
    crashes,
    queuedAt,
    expiresAt,
  };
}

function entryOf({ id, mail, state, queuedAt, dueAt, expiresAt, attempts }: Record): QueueEntry {
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
