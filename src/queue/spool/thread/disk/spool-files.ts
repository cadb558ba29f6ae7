import { rmSync, statSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { isDamage } from '../../../sqlite/sqlite-code.js';

/** Of SQLite's files beside the database: its write-ahead log, and the index of that. */
export const LOG_FILES = ['-wal', '-shm'] as const;

/** The first page of a database is in its file as soon as it has a write-ahead log. */
const FIRST_PAGE = 4096n;

/** What stands at the path of an open spool in place of it: nothing; another file; an empty one; one without its log. */
export type FileChange = 'gone' | 'replaced' | 'emptied' | 'without its log';

/** Nothing was written: it would have gone into files that nobody finds any more. */
export class FilesChanged extends Error {
  constructor(readonly change: FileChange) {
    super(`the files are not those that were opened: ${change}`);
  }
}

/** Whether a spool cannot go on with its files: something of them is damaged, or they are no more where they were. */
export const needsRescue = (error: unknown): boolean => error instanceof FilesChanged || isDamage(error);

/**
 * The files that a spool has open. They can be deleted, moved or replaced below it, and SQLite goes on
 * writing to what no path leads to.
 */
export class SpoolFiles {
  readonly #database: string | undefined;
  readonly #log: ReadonlyArray<string | undefined>;

  /** @param path of a database that is open, and was read */
  constructor(private readonly path: string) {
    this.#database = identityOf(path);
    this.#log = LOG_FILES.map((suffix) => identityOf(`${path}${suffix}`));
  }

  /** Undefined: they are where they were. */
  change(): FileChange | undefined {
    const found = statOf(this.path);
    if (!found) return 'gone';
    if (`${found.dev}:${found.ino}` !== this.#database) return 'replaced';
    if (found.size < FIRST_PAGE) return 'emptied';
    const log = LOG_FILES.map((suffix) => identityOf(`${this.path}${suffix}`));
    return log.every((identity, index) => identity === this.#log[index]) ? undefined : 'without its log';
  }

  /** Where the database is not at its path any more: another one there would take its log for its own. */
  removeLog(): void {
    for (const [index, suffix] of LOG_FILES.entries()) {
      const path = `${this.path}${suffix}`;
      if (identityOf(path) === this.#log[index]) rmSync(path, { force: true });
    }
  }

  /** @throws {FilesChanged} */
  prove(): void {
    const change = this.change();
    if (change) throw new FilesChanged(change);
  }
}

/**
 * Removes the log of a database that was deleted. SQLite would use its index as if it were that of the new one, and so
 * would the process that still has the old one open. To be called while the new one is empty and locked by the
 * caller: once another process has a log of its own, removing that would take its mails.
 */
export function removeStaleLog(path: string): void {
  for (const suffix of LOG_FILES) rmSync(`${path}${suffix}`, { force: true });
}

function identityOf(path: string): string | undefined {
  const found = statOf(path);
  return found && `${found.dev}:${found.ino}`;
}

/** Undefined where nothing is, also where a file stands in place of a folder on the way there. */
export function statOf(path: string): { dev: bigint; ino: bigint; size: bigint } | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
