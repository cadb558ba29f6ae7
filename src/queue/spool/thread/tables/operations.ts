import { byteColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { stateNumber } from '../../../record/mail-state.js';
import { REOPENED } from '../../../record/outcomes.js';
import type {
  CancelRequest,
  ListRequest,
  RetryReply,
  RetryRequest,
  StoredEntry,
  StoredFilter,
} from '../../channel/protocol.js';
import type { BodyTable } from '../../../record/body.js';
import { type Found, search } from './search.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import type { DiskReserve } from '../disk/disk-reserve.js';

const WAITING = stateNumber('waiting');
const CANCELLED = [WAITING, stateNumber('ambiguous')];
const RETRIED = [stateNumber('dead'), stateNumber('ambiguous'), stateNumber('expired')];
/** A mail that was never tried has the time of the retry for its Date. */
const DUE = 'due_at = ?1, ready_at = ?1, set_at = ?1, date_at = iif(dated_by IS NULL, ?1, date_at)';
const RETRY = `
UPDATE mail SET state = ${stateNumber('waiting')}, ${DUE}, expires_at = ?4, default_expiry = 1, ended_at = NULL,
  attempt = 0, crashes = 0, outcomes = ${REOPENED}
WHERE seq = ?2 AND state = ?3`;
/** Its attempts and its time stay. */
const HASTEN = `UPDATE mail SET ${DUE} WHERE seq = ?2 AND state = ?3`;
const CANCEL = `
UPDATE mail SET state = ${stateNumber('cancelled')}, ended_at = ? WHERE seq = ? AND state = ?`;

/** What operators ask for. Each yields between pages, so that mails can come in meanwhile. */
export class Operations {
  constructor(
    private readonly database: SqliteDatabase,
    private readonly bodies: BodyTable,
    private readonly seal: RecordCipher,
    private readonly room: DiskReserve,
  ) {}

  *list({ filter, limit }: ListRequest): Generator<void, readonly StoredEntry[]> {
    const entries: StoredEntry[] = [];
    for (const page of search(this.database, this.seal, filter)) {
      for (const found of page.slice(0, limit - entries.length)) {
        entries.push({ ...found, attempts: this.#attemptsOf(found.seq) });
      }
      if (entries.length >= limit) break;
      yield;
    }
    return entries;
  }

  #attemptsOf(seq: number): readonly string[] {
    return this.database
      .prepare(`SELECT ${byteColumns('record')} FROM attempt WHERE seq = ? ORDER BY claim`)
      .all(seq)
      .flatMap((row) => this.seal.text(row.bytes('record')) ?? []);
  }

  /** Recipients that accepted stay accepted; recipients refused for good are tried again, because an operator asks for it. */
  *retry({ filter, now, expiresAt }: RetryRequest): Generator<void, RetryReply> {
    const mailers = new Set<string>();
    const told = ({ changes }: { changes: number }, mailer: string): number => {
      if (changes > 0) mailers.add(mailer);
      return changes;
    };
    // Before the others, which wait afterwards.
    let count = 0;
    if (filter.seq !== undefined) {
      count = yield* this.#change(filter, WAITING, ({ seq, mailer }) =>
        told(this.database.prepare(HASTEN).run(now, seq, WAITING), mailer),
      );
    }
    for (const state of RETRIED) {
      count += yield* this.#change(filter, state, ({ seq, mailer }) =>
        told(this.database.prepare(RETRY).run(now, seq, state, expiresAt), mailer),
      );
    }
    return { count, mailers: [...mailers] };
  }

  *cancel({ filter, now }: CancelRequest): Generator<void, number> {
    let count = 0;
    for (const state of CANCELLED) {
      count += yield* this.#change(filter, state, ({ seq }) => {
        const { changes } = this.database.prepare(CANCEL).run(now, seq, state);
        if (changes > 0) this.bodies.remove(seq);
        return changes;
      });
    }
    return count;
  }

  /** @returns how many were changed, of those in this state */
  *#change(filter: StoredFilter, state: number, change: (found: Found) => number): Generator<void, number> {
    if (filter.state !== undefined && filter.state !== state) return 0;
    let count = 0;
    for (const page of search(this.database, this.seal, { ...filter, state })) {
      const changeAll = (): number => page.reduce((sum, found) => sum + change(found), 0);
      if (page.length > 0) count += this.room.transact(changeAll);
      yield;
    }
    return count;
  }
}
