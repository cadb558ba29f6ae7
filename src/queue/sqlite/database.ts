import type { Row, SqliteValue } from './row.js';

export interface SqliteChange {
  readonly changes: number;
  readonly lastInsertRowid: number;
}

export interface SqliteStatement {
  run(...values: readonly SqliteValue[]): SqliteChange;
  get(...values: readonly SqliteValue[]): Row | undefined;
  all(...values: readonly SqliteValue[]): readonly Row[];
}

/** What the spool asks of a SQLite driver. Synchronous: it lives on a thread of its own. */
export interface SqliteDatabase {
  exec(sql: string): void;
  /** The same statement for the same text. */
  prepare(sql: string): SqliteStatement;
  close(): void;
}
