import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { Row } from '../../../sqlite/row.js';
import type { Label, StoredFilter } from '../../channel/protocol.js';
import { openedLabel } from '../../../record/label.js';
import type { RecordCipher } from '../../../record/record-cipher.js';

/** Mails looked at between two yields: 1 to 3 ms. */
const PAGE = 500;
const NUMBERS = wholeColumns('state', 'priority', 'queued_at', 'due_at', 'expires_at');
const COLUMNS = `seq, ${NUMBERS}, ${byteColumns('mailer', 'label')}`;
const NEWEST = `SELECT ${COLUMNS} FROM mail WHERE seq < ? ORDER BY seq DESC LIMIT ${PAGE}`;
/** `state > 1` as the index has it. */
const NEWEST_ENDED = `
SELECT ${COLUMNS} FROM mail INDEXED BY mail_ended
WHERE state = ? AND state > 1 AND seq < ? ORDER BY seq DESC LIMIT ${PAGE}`;
const ONE = `SELECT ${COLUMNS} FROM mail WHERE seq = ?`;

/** A mail that was looked for. */
export interface Found {
  readonly seq: number;
  readonly state: number;
  readonly mailer: string;
  readonly priority: number;
  readonly queuedAt: number;
  readonly dueAt: number;
  readonly expiresAt: number;
  readonly label: Label;
}

/**
 * Finds mails, newest first, page by page; a page may hold none. Who reads it lets others in between: a
 * million mails take seconds to look through.
 */
export function* search(
  database: SqliteDatabase,
  seal: RecordCipher,
  filter: StoredFilter,
): Generator<readonly Found[], void> {
  if (filter.seq !== undefined) {
    yield database
      .prepare(ONE)
      .all(filter.seq)
      .map((row) => foundIn(row, seal))
      .filter(matching(filter));
    return;
  }
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = pageBefore(database, before, filter.state);
    yield rows.map((row) => foundIn(row, seal)).filter(matching(filter));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    before = last.integer('seq');
  }
}

function pageBefore(database: SqliteDatabase, seq: number, state: number | undefined): readonly Row[] {
  return state !== undefined && state > 1
    ? database.prepare(NEWEST_ENDED).all(state, seq)
    : database.prepare(NEWEST).all(seq);
}

function foundIn(row: Row, seal: RecordCipher): Found {
  return {
    seq: row.integer('seq'),
    state: row.integer('state'),
    mailer: row.text('mailer'),
    priority: row.integer('priority'),
    queuedAt: row.integer('queued_at'),
    dueAt: row.integer('due_at'),
    expiresAt: row.integer('expires_at'),
    label: openedLabel(row.bytes('label'), seal),
  };
}

/** Here and not in SQL: a query for what is rare would hold the thread for as long as it looks. */
function matching({ state, mailer, to, template, before }: StoredFilter): (found: Found) => boolean {
  return (found) =>
    (state === undefined || found.state === state) &&
    (mailer === undefined || found.mailer === mailer) &&
    (to === undefined || found.label.to.includes(to)) &&
    (template === undefined || found.label.template === template) &&
    (before === undefined || found.queuedAt < before);
}
