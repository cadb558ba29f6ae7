/** Dialect of SQL: PostgreSQL from 9.5 on; MySQL from 8.0, MariaDB from 10.6; SQLite. */
export type SqlDialect = 'postgres' | 'mysql' | 'sqlite';

/** The differences between the databases. */
export interface SqlTraits {
  /** Type of a column of bytes. */
  readonly blob: string;
  /** Milliseconds since 1970 by the database's clock, which all its clients share. */
  readonly now: string;
  /** Ends a SELECT: locks its rows, and skips rows that another client has locked. */
  readonly lock: string;
  /** Replaces each `?` of a statement by the placeholder of the dialect. */
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
  mysql: {
    blob: 'LONGBLOB',
    now: 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)',
    lock: 'FOR UPDATE SKIP LOCKED',
    numbered: (sql) => sql,
  },
  sqlite: {
    blob: 'BLOB',
    now: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    // One writer at a time locks the whole database.
    lock: '',
    numbered: (sql) => sql,
  },
};
