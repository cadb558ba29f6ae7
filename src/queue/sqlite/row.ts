/** Types that may be bound. libsql ends the whole process on a boolean, a Date or an object. */
export type SqliteValue = number | string | Uint8Array | null;

/** Values by the name of their column. */
type RowFields = Readonly<Record<string, unknown>>;

/** A row of a result. It reads columns by type, because drivers differ in how they return bytes. */
export class SqliteRow {
  readonly #values: RowFields;

  constructor(values: RowFields) {
    this.#values = values;
  }

  integer(column: string): number {
    const value = this.#values[column];
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    throw unexpected(column, 'a number', value);
  }

  /** Reads a text, or the bytes of one (see `byteColumns`). */
  text(column: string): string {
    const value = this.#values[column];
    return typeof value === 'string' ? value : this.bytes(column).toString();
  }

  bytes(column: string): Buffer {
    const value = this.#values[column];
    if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (isArrayBuffer(value)) return Buffer.from(value);
    throw unexpected(column, 'bytes', value);
  }

  /** The value as it is, to be written elsewhere. */
  value(column: string): SqliteValue {
    const value = this.#values[column] ?? null;
    if (value === null || typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : this.bytes(column);
  }

  isNull(column: string): boolean {
    return (this.#values[column] ?? null) === null;
  }
}

/** Not by `instanceof`: a native driver may create it in another realm. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

/** A value that is not of its column's type, and so not the value that was written. */
export class UnexpectedValue extends TypeError {}

function unexpected(column: string, expected: string, value: unknown): UnexpectedValue {
  return new UnexpectedValue(
    `column ${column}: expected ${expected}, got ${value === null ? 'NULL' : typeof value}`,
  );
}
