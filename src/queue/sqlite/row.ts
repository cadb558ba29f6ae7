/** All that is ever bound. libsql ends the whole process on a boolean, a Date or an object. */
export type SqliteValue = number | string | Uint8Array | null;

/** A row of a result. Drivers differ in how they hand bytes over; columns are read by type here. */
export class Row {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  integer(column: string): number {
    const value = this.values[column];
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    throw unexpected(column, 'a number', value);
  }

  /** Also of its bytes (see `byteColumns`). */
  text(column: string): string {
    const value = this.values[column];
    return typeof value === 'string' ? value : this.bytes(column).toString();
  }

  bytes(column: string): Buffer {
    const value = this.values[column];
    if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (isArrayBuffer(value)) return Buffer.from(value);
    throw unexpected(column, 'bytes', value);
  }

  /** As it is, to be written elsewhere. */
  value(column: string): SqliteValue {
    const value = this.values[column] ?? null;
    if (value === null || typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : this.bytes(column);
  }

  isNull(column: string): boolean {
    return (this.values[column] ?? null) === null;
  }
}

/** Not by `instanceof`: a native driver may make it in another realm. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

/** A value that is not of its column's type: not what was written. */
export class UnexpectedValue extends TypeError {}

function unexpected(column: string, expected: string, value: unknown): UnexpectedValue {
  return new UnexpectedValue(
    `column ${column}: expected ${expected}, got ${value === null ? 'NULL' : typeof value}`,
  );
}
