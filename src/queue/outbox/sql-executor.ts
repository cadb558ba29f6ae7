/** Types that may be bound. */
export type SqlValue = string | Buffer;

/**
 * Runs one statement on a connection of yours. With `pg`:
 * `{ execute: async (sql, values) => (await client.query(sql, values)).rows }`.
 */
export interface SqlExecutor {
  /**
   * Resolves with the rows of a SELECT, objects by column, and with anything for another statement.
   * @param values for the placeholders of the dialect, in their order; the array is yours
   */
  execute(sql: string, values: SqlValue[]): Promise<readonly unknown[]>;
}

export function isExecutor(value: unknown): value is SqlExecutor {
  return (
    typeof value === 'object' && value !== null && 'execute' in value && typeof value.execute === 'function'
  );
}
