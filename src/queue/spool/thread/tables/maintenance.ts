import { wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { PRIORITIES, STATES, stateNumber } from '../../../record/mail-state.js';
import type { PruneRequest, StatsReply } from '../../channel/protocol.js';
import type { DiskReserve } from '../disk/disk-reserve.js';

const PAGE = 500;
const NEXT_MAILER = `
SELECT CAST(mailer AS BLOB) AS name FROM mail WHERE state < 2 AND mailer > CAST(? AS TEXT) ORDER BY mailer LIMIT 1`;
const WAITING_FOR = 'SELECT count(*) AS mails FROM mail WHERE state < 2 AND mailer = CAST(? AS TEXT)';
const FIRST_READY = `
SELECT ${wholeColumns('ready_at')} FROM mail WHERE state < 2 AND mailer = ? AND priority = ? ORDER BY mail.ready_at LIMIT 1`;
const KEPT_LONG_ENOUGH = `
SELECT seq FROM mail WHERE state = ? AND state > 1 AND ended_at < ? ORDER BY ended_at LIMIT ${PAGE}`;
/** All that is kept of a mail. */
export const REMOVE = ['mail', 'body', 'attempt'].map((table) => `DELETE FROM ${table} WHERE seq = ?`);

/** Free pages that stay in the file, to be written again; 16 MB. */
const SPARE_PAGES = 4096;
const VACUUM = `PRAGMA incremental_vacuum(${PAGE})`;

/** What is counted, what comes next and what goes. */
export class Maintenance {
  constructor(
    private readonly database: SqliteDatabase,
    private readonly room: DiskReserve,
  ) {}

  stats(now: number): StatsReply {
    const mails = STATES.map(() => 0);
    for (const row of this.database.prepare('SELECT state, mails FROM tally').all()) {
      mails[row.integer('state')] = row.integer('mails');
    }
    const ready = this.#mailers().map((mailer) => this.nextReadyAt(String(mailer)) ?? Infinity);
    const oldest = Math.min(...ready);
    return { mails, ...(oldest <= now && { oldestDueAt: oldest }) };
  }

  /** Names of those that have mails to send, as bytes: one that is damaged is still told from others. One step in the index for each. */
  #mailers(): readonly Buffer[] {
    const mailers: Buffer[] = [];
    for (;;) {
      const row = this.database.prepare(NEXT_MAILER).get(mailers.at(-1) ?? '');
      if (!row) return mailers;
      mailers.push(row.bytes('name'));
    }
  }

  /** How many mails wait for each mailer that is not one of these. */
  unknownMailers(known: readonly string[]): ReadonlyArray<readonly [mailer: string, mails: number]> {
    const unknown = this.#mailers().filter((mailer) => !known.includes(String(mailer)));
    return unknown.map((mailer) => {
      const row = this.database.prepare(WAITING_FOR).get(mailer);
      return [String(mailer), row?.integer('mails') ?? 0];
    });
  }

  nextReadyAt(mailer: string): number | undefined {
    const first = PRIORITIES.flatMap((_, priority) =>
      this.database.prepare(FIRST_READY).all(mailer, priority),
    );
    return first.length === 0 ? undefined : Math.min(...first.map((row) => row.integer('ready_at')));
  }

  *prune({ doneBefore, failedBefore }: PruneRequest): Generator<void, void> {
    for (const state of ['sent', 'cancelled'] as const) yield* this.#remove(stateNumber(state), doneBefore);
    for (const state of ['dead', 'expired', 'corrupt'] as const) {
      yield* this.#remove(stateNumber(state), failedBefore);
    }
    yield* this.#shrink();
  }

  *#remove(state: number, endedBefore: number): Generator<void, void> {
    for (;;) {
      const rows = this.database.prepare(KEPT_LONG_ENOUGH).all(state, endedBefore);
      if (rows.length === 0) return;
      this.room.transact(() => {
        for (const row of rows) for (const sql of REMOVE) this.database.prepare(sql).run(row.integer('seq'));
      });
      yield;
    }
  }

  /** Gives disk space back that a flood has left behind. */
  *#shrink(): Generator<void, void> {
    if (this.#freePages() <= SPARE_PAGES) return;
    let [before, free] = [Infinity, this.#freePages()];
    while (free > SPARE_PAGES && free < before) {
      this.database.exec(VACUUM);
      yield;
      [before, free] = [free, this.#freePages()];
    }
    // Until it is written back, only the log knows that the file is shorter.
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #freePages(): number {
    return this.database.prepare('PRAGMA freelist_count').get()?.integer('freelist_count') ?? 0;
  }
}
