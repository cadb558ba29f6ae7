import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';

/** Index columns only. Bytes, so that damaged names stay distinct. */
export const NEXT_MAILER = `
SELECT ${byteColumns('mailer')}, ${wholeColumns('ready_at')} FROM mail
WHERE state < 2 AND priority = ? AND mail.mailer > CAST(? AS TEXT) ORDER BY mail.mailer, mail.ready_at LIMIT 1`;

/** Comes before every name. */
const START = Buffer.alloc(0);
/** Most mailers that one claim looks at. The next one goes on behind them. */
const MAX_VISITS = 2_000;

/** A mailer with waiting mails of one priority, and when the first of them is due. */
export interface WaitingMailer {
  readonly name: Buffer;
  readonly readyAt: number;
}

/** Finds the mailers that have mails to send, in the order of their names. Takes one step in the index for each. */
export class MailerTurns {
  readonly #database: SqliteDatabase;
  /** The mailer that was visited last, by priority. */
  readonly #last = new Map<number, Buffer>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** The mailers with mails of one priority. */
  *all(priority: number): Generator<WaitingMailer, void> {
    let found = this.#after(priority, START);
    while (found) {
      yield found;
      found = this.#after(priority, found.name);
    }
  }

  /**
   * Visits mailers in turn and begins after the one that was visited last, until `visit` took nothing from any of them.
   * @param visit returns whether it took a mail
   */
  goRound(priority: number, isOver: () => boolean, visit: (mailer: WaitingMailer) => boolean): void {
    let at = this.#last.get(priority) ?? START;
    let takenAt = at;
    let isPastEnd = false;
    for (let visits = 0; visits < MAX_VISITS && !isOver(); visits += 1) {
      const found = this.#after(priority, at);
      if (isPastEnd && (!found || found.name.compare(takenAt) > 0)) break;
      isPastEnd ||= !found;
      at = found?.name ?? START;
      if (!found || !visit(found)) continue;
      takenAt = at;
      isPastEnd = false;
    }
    this.#last.set(priority, at);
  }

  #after(priority: number, name: Buffer): WaitingMailer | undefined {
    const row = this.#database.prepare(NEXT_MAILER).get(priority, name);
    return row && { name: row.bytes('mailer'), readyAt: row.integer('ready_at') };
  }
}
