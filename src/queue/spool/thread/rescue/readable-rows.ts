import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { SqliteRow } from '../../../sqlite/row.js';

/** Rows per query while all of them can be read. */
const PAGE = 200;
/** Higher than any number. */
const BEYOND = 2 ** 50;

/** Reads the rows of a table by their number, and skips those on damaged pages. */
export function* readableRows(
  source: SqliteDatabase,
  table: 'mail' | 'body',
  columns: string,
): Generator<SqliteRow, void> {
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
    // A page of another table may have taken the place of one: its numbers do not rise.
    from = Math.max(from, last.integer('seq')) + 1;
  }
}

type Read = (from: number, limit: number) => readonly SqliteRow[] | undefined;

/** Undefined if the rows cannot be read. */
function rowsOf(
  source: SqliteDatabase,
  sql: string,
  from: number,
  limit: number,
): readonly SqliteRow[] | undefined {
  try {
    return source.prepare(sql).all(from, limit);
  } catch {
    holdAgain(source);
    return undefined;
  }
}

/** Takes the lock again: an error of the disk ends the transaction, and with it the lock against other writers. */
function holdAgain(source: SqliteDatabase): void {
  try {
    source.exec('BEGIN IMMEDIATE');
  } catch {
    // The transaction has not ended, or another process writes by now; its rows are read all the same.
  }
}

/** Finds the lowest number from which rows can be read again. A page holds one range of numbers, so a binary search works. */
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

/** Undefined if the value cannot be read. */
export function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
