/** All that is ever bound. */
export type SqlValue = string | Buffer;

/**
 * Runs one statement on a connection of yours and resolves with its rows, as objects by column; with `[]`
 * where there are none. With `pg`: `{ execute: async (sql, values) => (await client.query(sql, values)).rows }`.
 */
export interface SqlExecutor {
  /** @param values for the placeholders of the dialect, in their order; the array is yours */
  execute(sql: string, values: SqlValue[]): Promise<readonly unknown[]>;
}

export function isExecutor(value: unknown): value is SqlExecutor {
  return (
    typeof value === 'object' && value !== null && 'execute' in value && typeof value.execute === 'function'
  );
}
