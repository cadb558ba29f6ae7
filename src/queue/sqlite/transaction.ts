import type { SqliteDatabase } from './database.js';

/**
 * Runs `body` in one transaction: what it did is durable when this returns, and undone when it throws.
 * Takes the write lock at once, so that nothing `body` reads can be written by another process meanwhile.
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

/** After a full disk SQLite has rolled back by itself, and says so. */
function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw error;
  }
}
