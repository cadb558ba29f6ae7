import type { SqliteDatabase } from './database.js';

/**
 * Runs `body` in one transaction: its changes are durable when this returns, and undone when it throws.
 * Takes the write lock at once, so that no other process changes what `body` reads.
 */
export function inTransaction<T>(database: SqliteDatabase, body: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = body();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** After a full disk SQLite has rolled back by itself, and ROLLBACK fails. */
function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw error;
  }
}
