import type { SqlDialect } from './sql-dialect.js';
import type { SqlExecutor } from './sql-executor.js';

/**
 * A table of your database that `queue(mail, { via })` writes into, and how this module gets at it.
 * `execute` is for the module alone and commits every statement: a pool, or a connection of its own. Never
 * one that transactions of yours run on: what they have not committed would be seen, and sent.
 */
export interface QueueOutboxOptions extends SqlExecutor {
  readonly dialect: SqlDialect;
  /** Name of the table, with its schema if need be. @default 'mail_outbox' */
  readonly table?: string | undefined;
  /** Create the table at startup where there is none. @default false: `outboxTableSql` is for your migrations */
  readonly createTable?: boolean | undefined;
  /** Milliseconds after which the table is looked into for mails that another process wrote. @default 1000 */
  readonly pollInterval?: number | undefined;
}

export interface ResolvedOutbox {
  readonly executor: SqlExecutor;
  readonly dialect: SqlDialect;
  readonly table: string;
  readonly createTable: boolean;
  readonly pollInterval: number;
}

export const DEFAULT_TABLE = 'mail_outbox';

/** A name that needs no quotes, so that it may stand in a statement. */
export function isTableName(value: unknown): value is string {
  return typeof value === 'string' && /^([a-z_]\w{0,62}\.)?[a-z_]\w{0,62}$/i.test(value);
}
