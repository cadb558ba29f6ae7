import { isUint8Array } from 'node:util/types';
import { isObject } from '../../message/values/fields.js';
import { SqliteRow, type SqliteValue } from './row.js';

/** The part that node:sqlite and libsql have in common. */
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

/** A database of either driver. Synchronous: the spool's runs on a thread of its own. */
export class SqliteDatabase {
  readonly #driver: DriverDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(driver: DriverDatabase) {
    this.#driver = driver;
  }

  exec(sql: string): void {
    this.#driver.exec(sql);
  }

  /** Returns the same statement for the same text. */
  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known) return known;
    // In libsql a statement that has failed once goes on failing.
    const forget = (): void => void this.#statements.delete(sql);
    const statement = new SqliteStatement(this.#driver.prepare(sql), forget);
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#driver.close();
  }
}

/** A statement of either driver. It checks every value before the driver binds it. */
class SqliteStatement {
  readonly #driver: DriverStatement;
  readonly #onFailure: () => void;

  constructor(driver: DriverStatement, onFailure: () => void) {
    this.#driver = driver;
    this.#onFailure = onFailure;
  }

  run(...values: readonly SqliteValue[]): { readonly changes: number; readonly lastInsertRowid: number } {
    const { changes, lastInsertRowid } = this.#call(() => this.#driver.run(...values.map(bindable)));
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
  }

  get(...values: readonly SqliteValue[]): SqliteRow | undefined {
    const row = this.#call(() => this.#driver.get(...values.map(bindable)));
    return isObject(row) ? new SqliteRow(row) : undefined;
  }

  all(...values: readonly SqliteValue[]): readonly SqliteRow[] {
    return this.#call(() => this.#driver.all(...values.map(bindable)))
      .filter(isObject)
      .map((row) => new SqliteRow(row));
  }

  #call<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      this.#onFailure();
      throw error;
    }
  }
}

/** The types demand it already, but a mistake must be an error and not end the process. */
function bindable(value: unknown): SqliteValue {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (isUint8Array(value)) return bytesOf(value);
  throw new TypeError(
    `cannot bind ${typeof value === 'number' ? value : typeof value} to a SQLite statement`,
  );
}

/** Backed by a byte that exists: node:sqlite takes bytes without an address for NULL. */
const NO_BYTES = Buffer.from(new ArrayBuffer(1), 0, 0);

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return byteLength === 0 ? NO_BYTES : Buffer.from(buffer, byteOffset, byteLength);
}
