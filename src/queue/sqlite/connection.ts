import { isUint8Array } from 'node:util/types';
import type { SqliteChange, SqliteDatabase, SqliteStatement } from './database.js';
import { Row, type SqliteValue } from './row.js';

/** What node:sqlite and libsql have in common. */
export interface DriverDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): DriverStatement;
  close(): unknown;
}

export interface DriverStatement {
  run(...values: SqliteValue[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
}

/** A driver's database behind our interface; whatever is bound goes through one gate. */
export class SqliteConnection implements SqliteDatabase {
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(private readonly driver: DriverDatabase) {}

  exec(sql: string): void {
    this.driver.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known) return known;
    // One that has failed goes on failing in libsql, whatever it is asked then.
    const forget = (): void => void this.#statements.delete(sql);
    const statement = new GatedStatement(this.driver.prepare(sql), forget);
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.driver.close();
  }
}

class GatedStatement implements SqliteStatement {
  constructor(
    private readonly driver: DriverStatement,
    private readonly onFailure: () => void,
  ) {}

  run(...values: readonly SqliteValue[]): SqliteChange {
    const { changes, lastInsertRowid } = this.#call(() => this.driver.run(...values.map(bindable)));
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
  }

  get(...values: readonly SqliteValue[]): Row | undefined {
    const row = this.#call(() => this.driver.get(...values.map(bindable)));
    return isRecord(row) ? new Row(row) : undefined;
  }

  all(...values: readonly SqliteValue[]): readonly Row[] {
    return this.#call(() => this.driver.all(...values.map(bindable)))
      .filter(isRecord)
      .map((row) => new Row(row));
  }

  #call<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      this.onFailure();
      throw error;
    }
  }
}

/** The types say so already; a mistake must be an error here and not the end of the process. */
function bindable(value: unknown): SqliteValue {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (isUint8Array(value)) return bytesOf(value);
  throw new TypeError(
    `cannot bind ${typeof value === 'number' ? value : typeof value} to a SQLite statement`,
  );
}

/** Over a byte that exists: node:sqlite takes bytes that begin nowhere for NULL. */
const NO_BYTES = Buffer.from(new ArrayBuffer(1), 0, 0);

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return byteLength === 0 ? NO_BYTES : Buffer.from(buffer, byteOffset, byteLength);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
