import type { Row } from './row.js';

/** All that is ever bound. libsql ends the whole process on a boolean, a Date or an object. */
export type SqliteValue = number | string | Uint8Array | null;

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
