import { MailError } from '../../errors/mail-error.js';
import { SqliteConnection, type DriverDatabase, type DriverStatement } from './connection.js';
import type { SqliteDatabase } from './database.js';

type OpenDriver = (path: string) => DriverDatabase;

/** Where drivers come from; tests give others. */
export interface DriverSource {
  /** Whether this Node has a module of that name. */
  readonly has: (name: string) => boolean;
  /** That module. */
  readonly builtin: (name: string) => unknown;
  readonly libsql: () => Promise<OpenDriver>;
}

const SQLITE = 'node:sqlite';

const SOURCE: DriverSource = {
  has: (name) => process.getBuiltinModule('node:module').isBuiltin(name),
  // Not imported: where Node has no node:sqlite, or only behind a flag, the import itself would fail.
  builtin: (name) => process.getBuiltinModule(name),
  libsql: loadLibsql,
};

export interface OpenedDatabase {
  readonly driver: 'node:sqlite' | 'libsql';
  readonly database: SqliteDatabase;
}

/**
 * Opens a database with node:sqlite where Node has it (from 22.13 on), else with libsql.
 * @throws {MailError} `config` when there is neither, naming what to install; else what the driver throws
 */
export async function openDatabase(path: string, source = SOURCE): Promise<OpenedDatabase> {
  const builtin = source.has(SQLITE) ? source.builtin(SQLITE) : undefined;
  if (isNodeSqlite(builtin)) {
    return { driver: SQLITE, database: new SqliteConnection(new builtin.DatabaseSync(path)) };
  }
  const open = await libsqlOf(source);
  return { driver: 'libsql', database: new SqliteConnection(open(path)) };
}

/**
 * Proves that there is a driver. Does not load node:sqlite: Node 22 would write to the application's stderr that it is
 * experimental.
 * @throws {MailError} `config` when there is none, naming what to install
 */
export async function proveDriver(source = SOURCE): Promise<void> {
  if (!source.has(SQLITE)) await libsqlOf(source);
}

function libsqlOf({ libsql }: DriverSource): Promise<OpenDriver> {
  return libsql().catch((error: unknown) => {
    throw noDriver(error);
  });
}

function isNodeSqlite(
  value: unknown,
): value is { readonly DatabaseSync: new (path: string) => DriverDatabase } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'DatabaseSync' in value &&
    typeof value.DatabaseSync === 'function'
  );
}

function noDriver(cause: unknown): MailError {
  const absent = typeof cause === 'object' && cause !== null && 'code' in cause && isAbsent(cause.code);
  const found = absent ? 'libsql is not installed' : 'libsql does not load';
  const fix = absent
    ? 'npm install libsql, or run Node.js 22.13 or later, which has SQLite built in'
    : 'Its binaries are optional dependencies: do not omit those; or run Node.js 22.13 or later, which has SQLite built in';
  return new MailError(
    'config',
    `The mail spool needs SQLite: Node.js ${process.version} has none, and ${found}. ${fix}.`,
    { cause },
  );
}

const isAbsent = (code: unknown): boolean => code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';

/** The optional peer. Imported here alone, and not before there is need of it. */
async function loadLibsql(): Promise<(path: string) => DriverDatabase> {
  const { default: Database } = await import('libsql');
  return (path) => {
    const database = new Database(path);
    return {
      exec: (sql) => database.exec(sql),
      prepare: (sql) => asArrays(database.prepare(sql)),
      close: () => database.close(),
    };
  };
}

interface LibsqlStatement {
  run(values: unknown[]): ReturnType<DriverStatement['run']>;
  get(values: unknown[]): unknown;
  all(values: unknown[]): unknown[];
}

/** Values in an array: a Buffer that stands alone is taken for named parameters, and ends the process. */
function asArrays(statement: LibsqlStatement): DriverStatement {
  return {
    run: (...values) => statement.run(values),
    get: (...values) => statement.get(values),
    all: (...values) => statement.all(values),
  };
}
