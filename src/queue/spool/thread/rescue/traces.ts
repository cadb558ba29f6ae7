import type { RenderedMessage } from '../../../../message/message.js';
import { LIFETIME_MS } from '../../../queue-options.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { SqliteRow, SqliteValue } from '../../../sqlite/row.js';
import { priorityNumber, stateNumber } from '../../../record/queue-record.js';
import { outcomesOf } from '../../../record/outcomes.js';
import { unlessUnreadable } from './readable-rows.js';
import type { StoredAttempt } from '../../../record/stored-attempt.js';

const ENDED = `SELECT seq, ${wholeColumns('state', 'ended_at')} FROM mail INDEXED BY mail_kept WHERE state > 1`;
const KEYS = `SELECT seq, ${byteColumns('key')} FROM mail INDEXED BY mail_key WHERE key IS NOT NULL`;

/** The parts of a mail that could be restored. */
export interface Restored {
  readonly state: number;
  readonly key: Uint8Array | undefined;
  readonly columns: Readonly<Record<string, SqliteValue>>;
}

/** Restores mails with unreadable entries from the indexes, which keep their columns on pages of their own. */
export class Traces {
  /** Undefined if the index is damaged too: nobody can say then which mails still wait. */
  readonly #ended: ReadonlyMap<number, SqliteRow> | undefined;
  readonly #keys: ReadonlyMap<number, SqliteRow>;

  constructor(source: SqliteDatabase) {
    this.#ended = bySeq(source, ENDED);
    this.#keys = bySeq(source, KEYS) ?? new Map<number, SqliteRow>();
  }

  /**
   * Restores the entry of a mail from its message and attempts. Its priority and expiry are lost, and become the
   * defaults.
   */
  restore(
    seq: number,
    { date, envelope }: RenderedMessage,
    attempts: readonly StoredAttempt[],
    now: number,
  ): Restored | undefined {
    if (!this.#ended) return undefined;
    const ended = this.#ended.get(seq);
    const due = Math.max(now, date.getTime());
    const outcomes = outcomesOf(envelope.to, attempts);
    const state = ended?.integer('state') ?? stateNumber('waiting');
    return {
      state,
      key: this.#keys.get(seq)?.bytes('key'),
      columns: {
        state,
        priority: priorityNumber('normal'),
        queued_at: now,
        due_at: due,
        ready_at: due,
        expires_at: due + LIFETIME_MS,
        ended_at: ended?.value('ended_at') ?? null,
        attempt: attempts.length,
        outcomes: outcomes ?? null,
        default_expiry: 1,
      },
    };
  }
}

/** Undefined if a page of the index is damaged, too. */
function bySeq(source: SqliteDatabase, sql: string): ReadonlyMap<number, SqliteRow> | undefined {
  const rows = unlessUnreadable(() => source.prepare(sql).all());
  return rows && new Map(rows.map((row) => [row.integer('seq'), row]));
}
