import { show } from '../../errors/config-report.js';
import { MailError } from '../../errors/mail-error.js';
import { DEFAULT_TABLE, isTableName } from './outbox.options.js';
import { SQL_TRAITS, type SqlDialect } from './sql-dialect.js';

/**
 * The statement that creates the table of `queue.outbox`, for a migration of yours. It does nothing where
 * the table is there already.
 * @throws {MailError} `config` for a name that would need quotes
 */
export function outboxTableSql(dialect: SqlDialect, table: string = DEFAULT_TABLE): string {
  if (!isTableName(table)) {
    throw new MailError('config', `outboxTableSql: expected the name of a table, got ${show(table)}.`);
  }
  return `CREATE TABLE IF NOT EXISTS ${table} (
  id VARCHAR(64) PRIMARY KEY,
  content ${SQL_TRAITS[dialect].blob} NOT NULL,
  checksum VARCHAR(8) NOT NULL,
  holder VARCHAR(64),
  leased_until BIGINT NOT NULL DEFAULT 0,
  problem TEXT
)`;
}
