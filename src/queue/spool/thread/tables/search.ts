import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { SqliteRow } from '../../../sqlite/row.js';
import { FIRST_ENDED, matches } from '../../../record/queue-record.js';
import { decryptSummary } from '../../../record/summary.js';
import type { FoundMail, StoredFilter } from '../../channel/protocol.js';
import type { OpenSpool } from './open-spool.js';

/** Mails read between two yields: 1 to 3 ms. */
const PAGE = 500;
const NUMBERS = wholeColumns('state', 'priority', 'queued_at', 'due_at', 'expires_at');
const COLUMNS = `seq, ${NUMBERS}, ${byteColumns('mailer', 'label')}`;
const NEWEST = `SELECT ${COLUMNS} FROM mail WHERE seq < ? ORDER BY seq DESC LIMIT ${PAGE}`;
/** The index needs `state > 1`. */
const NEWEST_ENDED = `
SELECT ${COLUMNS} FROM mail INDEXED BY mail_ended
WHERE state = ? AND state > 1 AND seq < ? ORDER BY seq DESC LIMIT ${PAGE}`;
const ONE = `SELECT ${COLUMNS} FROM mail WHERE seq = ?`;

/**
 * Finds mails, newest first, page by page; a page may be empty. It yields between pages, so that other calls come in:
 * reading a million mails takes seconds. Filters here and not in SQL: a query for a rare mail would hold the thread
 * until it ends.
 */
export function* search(
  { database, cipher }: Pick<OpenSpool, 'database' | 'cipher'>,
  { seq, ...filter }: StoredFilter,
): Generator<readonly FoundMail[], void> {
  const found = (rows: readonly SqliteRow[]): readonly FoundMail[] =>
    rows.map((row) => foundIn(row, cipher)).filter((mail) => matches(mail, filter));
  if (seq !== undefined) {
    yield found(database.prepare(ONE).all(seq));
    return;
  }
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = pageBefore(database, before, filter.state);
    yield found(rows);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    before = last.integer('seq');
  }
}

function pageBefore(database: SqliteDatabase, seq: number, state: number | undefined): readonly SqliteRow[] {
  return state !== undefined && state >= FIRST_ENDED
    ? database.prepare(NEWEST_ENDED).all(state, seq)
    : database.prepare(NEWEST).all(seq);
}

function foundIn(row: SqliteRow, cipher: OpenSpool['cipher']): FoundMail {
  return {
    ...decryptSummary(row.bytes('label'), cipher),
    seq: row.integer('seq'),
    state: row.integer('state'),
    mailer: row.text('mailer'),
    priority: row.integer('priority'),
    queuedAt: row.integer('queued_at'),
    dueAt: row.integer('due_at'),
    expiresAt: row.integer('expires_at'),
  };
}
