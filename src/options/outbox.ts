import { checkGroup, checkKeys, type Place, readBoolean, readChoice, readTime } from './checks.js';
import { show } from '../errors/config-report.js';
import {
  DEFAULT_TABLE,
  isTableName,
  type QueueOutboxOptions,
  type ResolvedOutbox,
} from '../queue/outbox/outbox.options.js';
import type { SqlDialect } from '../queue/outbox/sql-dialect.js';
import { isExecutor, type SqlExecutor } from '../queue/outbox/sql-executor.js';

const KEYS = ['dialect', 'execute', 'table', 'createTable', 'pollInterval'] as const satisfies ReadonlyArray<
  keyof QueueOutboxOptions
>;

const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const satisfies readonly SqlDialect[];
const DEFAULT_POLL_INTERVAL_MS = 1_000;

/** Options over defaults; undefined where there are none, or they are of no use. */
export function readOutbox(
  options: QueueOutboxOptions | undefined,
  { where, report }: Place,
): ResolvedOutbox | undefined {
  if (options === undefined || !checkGroup(options, { where, report })) return undefined;
  const at = (field: string): Place => ({ where: `${where}.${field}`, report });
  checkKeys(options, KEYS, at(''));
  const dialect = readDialect(options.dialect, at('dialect'));
  const executor = readExecutor(options, at('execute'));
  const table = readTable(options.table, at('table'));
  const createTable = readBoolean(options.createTable, at('createTable')) ?? false;
  const pollInterval = readTime(options.pollInterval, at('pollInterval')) ?? DEFAULT_POLL_INTERVAL_MS;
  return dialect && executor && { executor, dialect, table, createTable, pollInterval };
}

function readDialect(value: unknown, place: Place): SqlDialect | undefined {
  if (value !== undefined) return readChoice(value, DIALECTS, place);
  place.report.add({ where: place.where, expected: `one of ${DIALECTS.join(', ')}`, found: 'nothing' });
  return undefined;
}

function readExecutor(options: Partial<SqlExecutor>, { where, report }: Place): SqlExecutor | undefined {
  if (isExecutor(options)) return options;
  const expected = 'a function that runs a statement and resolves with its rows';
  report.add({ where, expected, found: show(options.execute) });
  return undefined;
}

function readTable(value: unknown, { where, report }: Place): string {
  if (value === undefined || isTableName(value)) return value ?? DEFAULT_TABLE;
  report.add({ where, expected: 'a name that needs no quotes, as mail_outbox', found: show(value) });
  return DEFAULT_TABLE;
}
