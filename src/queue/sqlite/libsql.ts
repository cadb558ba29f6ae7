import type { DriverDatabase, DriverStatement } from './connection.js';

/** The optional peer. Imported here alone, and not before there is need of it. */
export async function loadLibsql(): Promise<(path: string) => DriverDatabase> {
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
