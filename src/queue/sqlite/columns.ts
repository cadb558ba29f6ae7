/**
 * Columns to select. Where a page is damaged, a value may be of another type than its column; and libsql ends the
 * whole process on a text that is no UTF-8.
 */

/** A column of whole numbers; NULL for any other value. */
export function wholeColumns(...names: readonly string[]): string {
  return names.map((name) => `iif(typeof(${name}) = 'integer', ${name}, NULL) AS ${name}`).join(', ');
}

/** Bytes, and texts as the bytes they are. */
export function byteColumns(...names: readonly string[]): string {
  return names.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ');
}
