/*
 * Columns to select. On a damaged page a value may have another type than its column; and libsql ends the whole
 * process on a text that is not UTF-8.
 */

/** Selects whole numbers; NULL for any other value. */
export function wholeColumns(...names: readonly string[]): string {
  return names.map((name) => `iif(typeof(${name}) = 'integer', ${name}, NULL) AS ${name}`).join(', ');
}

/** Selects bytes, and texts as their bytes. */
export function byteColumns(...names: readonly string[]): string {
  return names.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ');
}
