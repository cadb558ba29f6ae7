/** Whose SQL: PostgreSQL 9.5, SQLite 3.8 or a later version. */
export type SqlDialect = 'postgres' | 'sqlite';

/** Where the databases differ. */
export interface SqlTraits {
  /** Type of a column that holds any bytes. */
  readonly blob: string;
  /** Milliseconds since 1970 by the clock of the database, which all its clients share. */
  readonly now: string;
  /** Ends a SELECT: locks its rows, and leaves out those that another has locked. */
  readonly lock: string;
  /** A statement with `?` for each value, with the placeholders of the dialect. */
  readonly numbered: (sql: string) => string;
}

export const SQL_TRAITS: Readonly<Record<SqlDialect, SqlTraits>> = {
  postgres: {
    blob: 'BYTEA',
    now: 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)',
    lock: 'FOR UPDATE SKIP LOCKED',
    numbered(sql) {
      let number = 0;
      return sql.replaceAll('?', () => `$${++number}`);
    },
  },
  sqlite: {
    blob: 'BLOB',
    now: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    // One writer at a time has the whole database.
    lock: '',
    numbered: (sql) => sql,
  },
};
