import { complete, Group, made } from '../../reader/group.js';
import { FLAG, is, oneOf, TIMER } from '../../reader/kinds.js';
import { or, required } from '../../reader/option.js';
import type { SqlDialect } from './sql-dialect.js';
import { isExecutor, type SqlExecutor } from './sql-executor.js';

/**
 * A table of your database that `queue(mail, { via })` writes into, and how this module reaches it.
 * `execute` is for the module alone and commits every statement: a pool, or a connection of its own. It must not use a
 * connection of your transactions: the module would see uncommitted mails, and send them.
 */
export interface QueueOutboxOptions extends SqlExecutor {
  readonly dialect: SqlDialect;
  /** Name of the table, with its schema if need be. @default 'mail_outbox' */
  readonly table?: string | undefined;
  /** Creates the table at startup if it does not exist. @default false: `outboxTableSql` is for your migrations */
  readonly createTable?: boolean | undefined;
  /** Milliseconds between two checks of the table for mails of other processes. @default 1000 */
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

/** Accepts only names that need no quotes in a statement. */
export function isTableName(value: unknown): value is string {
  return typeof value === 'string' && /^([a-z_]\w{0,62}\.)?[a-z_]\w{0,62}$/i.test(value);
}

const STATEMENT_RUNNER = is('a function that runs a statement and resolves with its rows', isRunner);

function isRunner(value: unknown): value is SqlExecutor['execute'] {
  return typeof value === 'function';
}

export const OUTBOX = new Group({
  dialect: required(
    oneOf(['postgres', 'mysql', 'sqlite'] as const satisfies readonly SqlDialect[]),
    '`postgres`, `sqlite`, or `mysql`, which is tested on MariaDB',
  ),
  execute: required(STATEMENT_RUNNER, "runs a statement on a connection of the module's own"),
  table: or(is('a name that needs no quotes, as mail_outbox', isTableName), DEFAULT_TABLE, 'its name'),
  createTable: or(FLAG, false, 'create it at startup where there is none'),
  pollInterval: or(TIMER, 1_000, 'milliseconds between two looks for what other processes have committed'),
});

/** `execute` is called on the given object, because it may be of a class. */
export const OUTBOX_TABLE = made(OUTBOX, (settings, value): ResolvedOutbox | undefined => {
  const { execute: _, ...others } = complete(settings) ?? {};
  return 'dialect' in others && isExecutor(value) ? { executor: value, ...others } : undefined;
});
