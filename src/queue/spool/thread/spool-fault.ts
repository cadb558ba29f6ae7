import { MailError, messageOf } from '../../../errors/mail-error.js';
import type { MailErrorCode } from '../../../errors/mail-error.js';
import { SqliteCode, sqliteCode } from '../../sqlite/sqlite-code.js';
import type { SpoolFault } from '../channel/protocol.js';
import { type SpoolFileChange, FilesChanged } from './disk/spool-files.js';

interface FaultKind {
  readonly code: MailErrorCode;
  /** Follows "The mail spool <path>". */
  readonly words: string;
}

const NO_ACCESS: FaultKind = {
  code: 'config',
  words: 'cannot be opened. Give this process the right to, or name another file.',
};
const HELD: FaultKind = {
  code: 'transport-unavailable',
  words: 'is held by another process for too long: nothing was written.',
};
const KINDS: ReadonlyMap<number | undefined, FaultKind> = new Map<number | undefined, FaultKind>([
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
  [SqliteCode.readOnly, NO_ACCESS],
  [SqliteCode.permission, NO_ACCESS],
  [SqliteCode.cannotOpen, NO_ACCESS],
  [SqliteCode.busy, HELD],
  [SqliteCode.locked, HELD],
]);

/** Follows "The mail spool <path>", also in an alarm. */
export const CHANGE_WORDS: Readonly<Record<SpoolFileChange, string>> = {
  gone: 'was deleted or moved while it was in use',
  replaced: 'was replaced by another file while it was in use',
  emptied: 'was emptied while it was in use',
  'without its log': 'has lost its -wal or -shm file while it was in use',
};

/** Turns an error of a driver into one that says what can be done. */
export function asSpoolError(error: unknown, path: string): MailError {
  if (MailError.is(error)) return error;
  if (error instanceof FilesChanged) return lost(error, path);
  const { code, words } = KINDS.get(sqliteCode(error)) ?? {
    code: 'transport-unavailable',
    words: `failed: ${messageOf(error)}`,
  };
  return new MailError(code, `The mail spool ${path} ${words}`, { cause: error });
}

function lost(error: FilesChanged, path: string): MailError {
  const found = CHANGE_WORDS[error.change];
  return new MailError('transport-unavailable', `The mail spool ${path} ${found}: nothing was written.`, {
    cause: error,
  });
}

/** Turns an error of this thread into a fault for the main thread. */
export function faultOf(error: unknown, path: string): SpoolFault {
  const { code, message, cause } = asSpoolError(error, path);
  return { code, message, ...(cause !== undefined && { cause: messageOf(cause) }) };
}
