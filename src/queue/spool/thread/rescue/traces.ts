import type { RenderedMessage } from '../../../../message/message.js';
import { LIFETIME_MS } from '../../../queue-options.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { Row, SqliteValue } from '../../../sqlite/row.js';
import { priorityNumber, stateNumber } from '../../../record/mail-state.js';
import { outcomesAfter } from '../../../record/outcomes.js';
import type { StoredAttempt } from '../../channel/protocol.js';

const ENDED = `SELECT seq, ${wholeColumns('state', 'ended_at')} FROM mail INDEXED BY mail_kept WHERE state > 1`;
const KEYS = `SELECT seq, ${byteColumns('key')} FROM mail INDEXED BY mail_key WHERE key IS NOT NULL`;

/** What is known again of a mail. */
export interface Restored {
  readonly state: number;
  readonly key: Uint8Array | undefined;
  readonly columns: Readonly<Record<string, SqliteValue>>;
}

/** What the indexes still say of mails whose entries cannot be read: they have their columns in pages of their own. */
export class Traces {
  /** Undefined: not known, so that nobody can say which mails still wait. */
  readonly #ended: ReadonlyMap<number, Row> | undefined;
  readonly #keys: ReadonlyMap<number, Row>;

  constructor(source: SqliteDatabase) {
    this.#ended = bySeq(source, ENDED);
    this.#keys = bySeq(source, KEYS) ?? new Map<number, Row>();
  }

  /**
   * The entry of a mail of which the message and the attempts are left. What nothing tells any more is as if nobody
   * had asked for it: the priority, and the end of its time.
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
    const outcomes = attempts.reduce<string | undefined>(
      (earlier, attempt) => outcomesAfter(earlier, envelope.to, attempt),
      undefined,
    );
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

/** Undefined when a page of the index is damaged, too. */
function bySeq(source: SqliteDatabase, sql: string): ReadonlyMap<number, Row> | undefined {
  try {
    const rows = source.prepare(sql).all();
    return new Map(rows.map((row) => [row.integer('seq'), row]));
  } catch {
    return undefined;
  }
}
