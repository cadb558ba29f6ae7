import { codeOf, MailError } from '../../errors/mail-error.js';
import { isObject } from '../../message/values/fields.js';
import { SqliteDatabase, type DriverDatabase, type DriverStatement } from './database.js';

type OpenDriver = (path: string) => DriverDatabase;

/** The source of drivers; tests give others. */
export interface DriverSource {
  /** Returns whether this Node has a module of that name. */
  readonly has: (name: string) => boolean;
  /** Returns that module. */
  readonly builtin: (name: string) => unknown;
  readonly libsql: () => Promise<OpenDriver>;
}

const SQLITE = 'node:sqlite';

const SOURCE: DriverSource = {
  has: (name) => process.getBuiltinModule('node:module').isBuiltin(name),
  // Not imported: the import itself would fail on a Node without node:sqlite, or with it behind a flag.
  builtin: (name) => process.getBuiltinModule(name),
  libsql: loadLibsql,
};

export interface OpenedDatabase {
  readonly driver: 'node:sqlite' | 'libsql';
  readonly database: SqliteDatabase;
}

/**
 * Opens a database with node:sqlite if Node has it (from 22.13 on), else with libsql.
 * @throws {MailError} `config` if neither is there, naming the package to install; any error of the driver
 */
export async function openDatabase(path: string, source = SOURCE): Promise<OpenedDatabase> {
  const builtin = source.has(SQLITE) ? source.builtin(SQLITE) : undefined;
  if (isNodeSqlite(builtin)) {
    return { driver: SQLITE, database: new SqliteDatabase(new builtin.DatabaseSync(path)) };
  }
  const open = await libsqlOf(source);
  return { driver: 'libsql', database: new SqliteDatabase(open(path)) };
}

/**
 * Proves that there is a driver. Does not load node:sqlite: Node 22 would write to the application's stderr that it is
 * experimental.
 * @throws {MailError} `config` if there is none, naming the package to install
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
  return isObject(value) && typeof value['DatabaseSync'] === 'function';
}

function noDriver(cause: unknown): MailError {
  const absent = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(codeOf(cause));
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

/** Loads the optional peer. Nothing else imports it, so it is loaded only when it is needed. */
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

/** Passes values in an array: libsql takes a lone Buffer for named parameters, and ends the process. */
function asArrays(statement: LibsqlStatement): DriverStatement {
  return {
    run: (...values) => statement.run(values),
    get: (...values) => statement.get(values),
    all: (...values) => statement.all(values),
  };
}
