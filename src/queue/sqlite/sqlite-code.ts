/** Primary result codes (https://www.sqlite.org/rescode.html) that something is made of here. */
export const SqliteCode = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of a driver's error: `errcode` of node:sqlite, `rawCode` of libsql. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode & 0xff;
  return undefined;
}
