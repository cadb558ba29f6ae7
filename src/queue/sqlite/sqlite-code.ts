import { UnexpectedValue } from './row.js';

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

/** Extended codes of a page that the disk does not give, or not whole: IOERR_READ, IOERR_SHORT_READ, IOERR_CORRUPTFS. */
const UNREADABLE: ReadonlySet<number | undefined> = new Set([266, 522, 8458]);

/** The primary result code of a driver's error. */
export function sqliteCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

/** Whether a part of the file could not be read, or is not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  if (error instanceof UnexpectedValue) return true;
  const code = sqliteCode(error);
  return (
    code === SqliteCode.corrupt || code === SqliteCode.notADatabase || UNREADABLE.has(extendedCode(error))
  );
}

/** `errcode` of node:sqlite, `rawCode` of libsql. */
function extendedCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  return 'rawCode' in error && typeof error.rawCode === 'number' ? error.rawCode : undefined;
}
