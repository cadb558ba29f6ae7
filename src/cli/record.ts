export type Fields = Readonly<Record<string, unknown>>;

/** An object with fields of any kind: a module, or what JSON has in braces. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
