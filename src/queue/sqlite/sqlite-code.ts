import { fieldOf } from '../../errors/mail-error.js';
import { UnexpectedValue } from './row.js';

/** Primary result codes that this module handles (https://www.sqlite.org/rescode.html). */
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

/** Extended codes for a page that the disk does not return whole: IOERR_READ, IOERR_SHORT_READ, IOERR_CORRUPTFS. */
const UNREADABLE: ReadonlySet<number | undefined> = new Set([266, 522, 8458]);

export function sqliteCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

/** Returns whether a part of the file could not be read, or is not as SQLite wrote it. */
export function isDamage(error: unknown): boolean {
  if (error instanceof UnexpectedValue) return true;
  const code = sqliteCode(error);
  return (
    code === SqliteCode.corrupt || code === SqliteCode.notADatabase || UNREADABLE.has(extendedCode(error))
  );
}

/** `errcode` of node:sqlite, `rawCode` of libsql. */
function extendedCode(error: unknown): number | undefined {
  const code = fieldOf(error, 'errcode') ?? fieldOf(error, 'rawCode');
  return typeof code === 'number' ? code : undefined;
}
