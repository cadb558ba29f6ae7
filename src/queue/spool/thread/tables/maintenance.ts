import { wholeColumns } from '../../../sqlite/columns.js';
import { KEPT_BY, PRIORITIES, STATES, stateNumber } from '../../../record/queue-record.js';
import type { NextRequest, PruneRequest, StatsReply } from '../../channel/protocol.js';
import type { OpenSpool } from './open-spool.js';
import { MailerTurns } from './mailer-turns.js';

const PAGE = 500;
const WAITING_FOR =
  'SELECT count(*) AS mails FROM mail WHERE state < 2 AND priority = ? AND mailer = CAST(? AS TEXT)';
const FIRST_READY = `
SELECT ${wholeColumns('ready_at')} FROM mail WHERE state < 2 AND mailer = ? AND priority = ? ORDER BY mail.ready_at LIMIT 1`;
const KEPT_LONG_ENOUGH = `
SELECT seq FROM mail WHERE state = ? AND state > 1 AND ended_at < ? ORDER BY ended_at LIMIT ${PAGE}`;
/** Removes everything that is stored of a mail. */
export const REMOVE = ['mail', 'body', 'attempt'].map((table) => `DELETE FROM ${table} WHERE seq = ?`);

/** Free pages that stay in the file for later mails; 16 MB. */
const SPARE_PAGES = 4096;
const VACUUM = `PRAGMA incremental_vacuum(${PAGE})`;

/** Counts mails, finds the next ones and removes old ones. */
export class Maintenance {
  readonly #spool: Pick<OpenSpool, 'database' | 'reserve'>;
  readonly #turns: MailerTurns;

  constructor(spool: Pick<OpenSpool, 'database' | 'reserve'>) {
    this.#spool = spool;
    this.#turns = new MailerTurns(spool.database);
  }

  *stats(now: number): Generator<void, StatsReply> {
    const mails = STATES.map(() => 0);
    for (const row of this.#spool.database.prepare('SELECT state, mails FROM tally').all()) {
      mails[row.integer('state')] = row.integer('mails');
    }
    const oldest = yield* this.#firstReady(() => true);
    return { mails, ...(oldest !== undefined && oldest <= now && { oldestDueAt: oldest }) };
  }

  /**
   * Returns when the first mail of these mailers is due. There may be thousands, so it yields between pages.
   * @param isEnough returns whether no earlier one need be looked for
   */
  *#firstReady(
    isMeant: (mailer: string) => boolean,
    isEnough: (readyAt: number) => boolean = () => false,
  ): Generator<void, number | undefined> {
    let first: number | undefined;
    let visits = 0;
    for (const priority of PRIORITIES.keys()) {
      for (const { name, readyAt } of this.#turns.all(priority)) {
        visits += 1;
        if (visits % PAGE === 0) yield;
        if ((first !== undefined && first <= readyAt) || !isMeant(String(name))) continue;
        first = readyAt;
        if (isEnough(first)) return first;
      }
    }
    return first;
  }

  /** Counts the waiting mails of each mailer that is not in `known`. */
  unknownMailers(known: readonly string[]): ReadonlyArray<readonly [mailer: string, mails: number]> {
    const counts = new Map<string, number>();
    for (const priority of PRIORITIES.keys()) {
      for (const { name } of this.#turns.all(priority)) {
        const mailer = String(name);
        if (known.includes(mailer)) continue;
        const row = this.#spool.database.prepare(WAITING_FOR).get(priority, name);
        counts.set(mailer, (counts.get(mailer) ?? 0) + (row?.integer('mails') ?? 0));
      }
    }
    return [...counts];
  }

  *nextReadyAt({ mailer, now }: NextRequest): Generator<void, number | undefined> {
    if (typeof mailer === 'string') return this.#nextReadyAt(mailer);
    const except = new Set(mailer.except);
    return yield* this.#firstReady(
      (name) => !except.has(name),
      (readyAt) => readyAt <= now,
    );
  }

  #nextReadyAt(mailer: string): number | undefined {
    const first = PRIORITIES.flatMap((_, priority) =>
      this.#spool.database.prepare(FIRST_READY).all(mailer, priority),
    );
    return first.length === 0 ? undefined : Math.min(...first.map((row) => row.integer('ready_at')));
  }

  *prune({ endedBefore }: PruneRequest): Generator<void, void> {
    for (const [state, option] of KEPT_BY) yield* this.#remove(stateNumber(state), endedBefore[option]);
    yield* this.#shrink();
  }

  *#remove(state: number, endedBefore: number): Generator<void, void> {
    for (;;) {
      const rows = this.#spool.database.prepare(KEPT_LONG_ENOUGH).all(state, endedBefore);
      if (rows.length === 0) return;
      this.#spool.reserve.transact(() => {
        for (const row of rows)
          for (const sql of REMOVE) this.#spool.database.prepare(sql).run(row.integer('seq'));
      });
      yield;
    }
  }

  /** Frees disk space after a flood of mails. */
  *#shrink(): Generator<void, void> {
    if (this.#freePages() <= SPARE_PAGES) return;
    let [before, free] = [Infinity, this.#freePages()];
    while (free > SPARE_PAGES && free < before) {
      this.#spool.database.exec(VACUUM);
      yield;
      [before, free] = [free, this.#freePages()];
    }
    // Until the log is written back, the file keeps its length.
    this.#spool.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #freePages(): number {
    return this.#spool.database.prepare('PRAGMA freelist_count').get()?.integer('freelist_count') ?? 0;
  }
}
