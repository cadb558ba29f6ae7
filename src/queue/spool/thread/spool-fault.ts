import { MailError, messageOf } from '../../../errors/mail-error.js';
import type { MailErrorCode } from '../../../errors/mail-error.js';
import { SqliteCode, sqliteCode } from '../../sqlite/sqlite-code.js';
import type { SpoolFault } from '../channel/protocol.js';
import { type FileChange, FilesChanged } from './disk/spool-files.js';

interface Nature {
  readonly code: MailErrorCode;
  /** Follows "The mail spool <path>". */
  readonly words: string;
}

const CLOSED_PLACE: Nature = {
  code: 'config',
  words: 'cannot be opened. Give this process the right to, or name another file.',
};
const HELD: Nature = {
  code: 'transport-unavailable',
  words: 'is held by another process for too long: nothing was written.',
};
const NATURES: ReadonlyMap<number | undefined, Nature> = new Map<number | undefined, Nature>([
  [
    SqliteCode.notADatabase,
    { code: 'config', words: 'is no SQLite database. Name another file; this one was left as it is.' },
  ],
  [
    SqliteCode.corrupt,
    {
      code: 'config',
      words:
        'is damaged. Stop what uses it, keep a copy, and rescue its mails with `sqlite3 spool.db .recover`.',
    },
  ],
  [
    SqliteCode.full,
    {
      code: 'queue-full',
      words: 'is on a disk that is full: nothing was written. What is queued is safe; make room.',
    },
  ],
  [SqliteCode.readOnly, CLOSED_PLACE],
  [SqliteCode.permission, CLOSED_PLACE],
  [SqliteCode.cannotOpen, CLOSED_PLACE],
  [SqliteCode.busy, HELD],
  [SqliteCode.locked, HELD],
]);

/** Follows "The mail spool <path>"; also of an alarm. */
export const WORDS: Readonly<Record<FileChange, string>> = {
  gone: 'was deleted or moved while it was in use',
  replaced: 'was replaced by another file while it was in use',
  emptied: 'was emptied while it was in use',
  'without its log': 'has lost its -wal or -shm file while it was in use',
};

/** What a driver threw, by its nature and with what can be done. */
export function asSpoolError(error: unknown, path: string): MailError {
  if (MailError.is(error)) return error;
  if (error instanceof FilesChanged) return lost(error, path);
  const { code, words } = NATURES.get(sqliteCode(error)) ?? {
    code: 'transport-unavailable',
    words: `failed: ${said(error)}`,
  };
  return new MailError(code, `The mail spool ${path} ${words}`, { cause: error });
}

function lost(error: FilesChanged, path: string): MailError {
  const found = WORDS[error.change];
  return new MailError('transport-unavailable', `The mail spool ${path} ${found}: nothing was written.`, {
    cause: error,
  });
}

/** An error of this thread for the other one. */
export function faultOf(error: unknown, path: string): SpoolFault {
  const { code, message, cause } = asSpoolError(error, path);
  return { code, message, ...(cause !== undefined && { cause: said(cause) }) };
}

/** libsql's errors are not made by `Error`. */
export function said(error: unknown): string {
  const isErrorLike = typeof error === 'object' && error !== null && 'message' in error;
  return isErrorLike && typeof error.message === 'string' ? error.message : messageOf(error);
}
