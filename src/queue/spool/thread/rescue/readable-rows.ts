import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { Row } from '../../../sqlite/row.js';

/** Rows read at once, while all can be read. */
const PAGE = 200;
/** No number is as high. */
const BEYOND = 2 ** 50;

/** Rows of a table by their number, past those that a damaged page holds. */
export function* readableRows(
  source: SqliteDatabase,
  table: 'mail' | 'body',
  columns: string,
): Generator<Row, void> {
  const sql = `SELECT ${columns} FROM ${table} WHERE seq >= ? ORDER BY seq LIMIT ?`;
  const read: Read = (from, limit) => rowsOf(source, sql, from, limit);
  let from = 0;
  while (from < BEYOND) {
    const rows = read(from, PAGE) ?? read(from, 1);
    if (rows === undefined) {
      from = nextReadable(read, from);
      continue;
    }
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    // A page of another table may have come in the place of one: its numbers do not rise.
    from = Math.max(from, last.integer('seq')) + 1;
  }
}

type Read = (from: number, limit: number) => readonly Row[] | undefined;

/** Undefined when they cannot be read. */
function rowsOf(
  source: SqliteDatabase,
  sql: string,
  from: number,
  limit: number,
): readonly Row[] | undefined {
  try {
    return source.prepare(sql).all(from, limit);
  } catch {
    holdAgain(source);
    return undefined;
  }
}

/** An error of the disk ends the transaction, and with it the lock that keeps others from writing. */
function holdAgain(source: SqliteDatabase): void {
  try {
    source.exec('BEGIN IMMEDIATE');
  } catch {
    // It has not ended, or another process may write by now: what that writes then is read all the same.
  }
}

/** The lowest number from which rows can be read again, in steps as many as its digits: a page holds one range of them. */
function nextReadable(read: Read, damaged: number): number {
  let step = 1;
  while (read(damaged + step, 1) === undefined) {
    step *= 2;
    if (damaged + step > BEYOND) return BEYOND;
  }
  let [bad, good] = [damaged + Math.floor(step / 2), damaged + step];
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2);
    if (read(middle, 1) === undefined) bad = middle;
    else good = middle;
  }
  return good;
}
