/** A row of a result. Drivers differ in how they hand bytes over; columns are read by type here. */
export class Row {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  integer(column: string): number {
    const value = this.values[column];
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    throw unexpected(column, 'a number', value);
  }

  text(column: string): string {
    const value = this.values[column];
    if (typeof value === 'string') return value;
    throw unexpected(column, 'a text', value);
  }

  bytes(column: string): Buffer {
    const value = this.values[column];
    if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (isArrayBuffer(value)) return Buffer.from(value);
    throw unexpected(column, 'bytes', value);
  }

  isNull(column: string): boolean {
    return (this.values[column] ?? null) === null;
  }
}

/** Not by `instanceof`: a native driver may make it in another realm. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

function unexpected(column: string, expected: string, value: unknown): TypeError {
  return new TypeError(
    `column ${column}: expected ${expected}, got ${value === null ? 'NULL' : typeof value}`,
  );
}
