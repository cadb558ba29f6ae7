import { byteColumns } from '../../../sqlite/columns.js';
import { REOPENED } from '../../../record/outcomes.js';
import { CANCELLED, RETRIED, stateNumber } from '../../../record/queue-record.js';
import type {
  CancelRequest,
  FoundMail,
  ListRequest,
  RetryRequest,
  StoredEntry,
  StoredFilter,
} from '../../channel/protocol.js';
import type { OpenSpool } from './open-spool.js';
import { search } from './search.js';

const WAITING = stateNumber('waiting');
/** A mail that was never tried gets the time of the retry as its Date. */
const DUE = 'due_at = ?1, ready_at = ?1, set_at = ?1, date_at = iif(dated_by IS NULL, ?1, date_at)';
const RETRY = `
UPDATE mail SET state = ${stateNumber('waiting')}, ${DUE}, expires_at = ?4, default_expiry = 1, ended_at = NULL,
  attempt = 0, crashes = 0, outcomes = ${REOPENED}
WHERE seq = ?2 AND state = ?3`;
/** Its attempts and its expiry stay. */
const HASTEN = `UPDATE mail SET ${DUE} WHERE seq = ?2 AND state = ?3`;
/** Frees the key, so that another mail may be queued in place of a cancelled one. */
const CANCEL = `
UPDATE mail SET state = ${stateNumber('cancelled')}, ended_at = ?, key = NULL WHERE seq = ? AND state = ?`;

/** Operations of operators. They yield between pages, so that mails can come in meanwhile. */
export class Operations {
  readonly #spool: OpenSpool;

  constructor(spool: OpenSpool) {
    this.#spool = spool;
  }

  *list({ filter, limit }: ListRequest): Generator<void, readonly StoredEntry[]> {
    const entries: StoredEntry[] = [];
    for (const page of search(this.#spool, filter)) {
      for (const found of page.slice(0, limit - entries.length)) {
        entries.push({ ...found, attempts: this.#attemptsOf(found.seq) });
      }
      if (entries.length >= limit) break;
      yield;
    }
    return entries;
  }

  #attemptsOf(seq: number): readonly string[] {
    return this.#spool.database
      .prepare(`SELECT ${byteColumns('record')} FROM attempt WHERE seq = ? ORDER BY claim`)
      .all(seq)
      .flatMap((row) => this.#spool.cipher.decryptText(row.bytes('record')) ?? []);
  }

  /** Recipients that accepted stay accepted; recipients that were refused for good are tried again. */
  *retry({ filter, now, expiresAt }: RetryRequest): Generator<void, number> {
    const { database } = this.#spool;
    let count = 0;
    if (filter.seq !== undefined) {
      // Before the retried mails, which are waiting afterwards.
      count = yield* this.#change(
        filter,
        WAITING,
        ({ seq }) => database.prepare(HASTEN).run(now, seq, WAITING).changes,
      );
    }
    for (const state of RETRIED.map(stateNumber)) {
      count += yield* this.#change(
        filter,
        state,
        ({ seq }) => database.prepare(RETRY).run(now, seq, state, expiresAt).changes,
      );
    }
    return count;
  }

  *cancel({ filter, now }: CancelRequest): Generator<void, number> {
    let count = 0;
    for (const state of CANCELLED.map(stateNumber)) {
      count += yield* this.#change(filter, state, ({ seq }) => {
        const { changes } = this.#spool.database.prepare(CANCEL).run(now, seq, state);
        if (changes > 0) this.#spool.bodies.remove(seq);
        return changes;
      });
    }
    return count;
  }

  /** Changes the selected mails in one state, and returns how many were changed. */
  *#change(
    filter: StoredFilter,
    state: number,
    change: (found: FoundMail) => number,
  ): Generator<void, number> {
    if (filter.state !== undefined && filter.state !== state) return 0;
    let count = 0;
    for (const page of search(this.#spool, { ...filter, state })) {
      const changeAll = (): number => page.reduce((sum, found) => sum + change(found), 0);
      if (page.length > 0) count += this.#spool.reserve.transact(changeAll);
      yield;
    }
    return count;
  }
}
