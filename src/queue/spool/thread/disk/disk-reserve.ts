import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { SqliteCode, sqliteCode } from '../../../sqlite/sqlite-code.js';
import { inTransaction } from '../../../sqlite/transaction.js';
import type { SpoolFiles } from './spool-files.js';

/** Several times the usual size of the write-ahead log: writing it back may need that much. */
const BYTES = 16 * 1024 ** 2;

/** Bytes that must be free besides, so that the file does not come and go. */
const MARGIN = 4 * 1024 ** 2;

/**
 * Reserves disk space for mails to leave: a file that is deleted when the disk is full. Sending a mail needs writes
 * too, and only sending frees space. While the file is gone, no mail comes in.
 *
 * Synchronous, as the database is: this thread waits for disks.
 */
export class DiskReserve {
  readonly #database: SqliteDatabase;
  readonly #files: SpoolFiles;
  readonly #file: string;

  constructor(database: SqliteDatabase, files: SpoolFiles, path: string) {
    this.#database = database;
    this.#files = files;
    this.#file = `${path}-spare`;
  }

  /**
   * Creates the file if it is gone and the disk has room for it.
   * @returns whether the file exists
   * @throws {FilesChanged}
   */
  keep(): boolean {
    this.#files.check();
    if (this.#exists()) return true;
    const { bavail, bsize } = statfsSync(dirname(this.#file));
    if (bavail * bsize < BYTES + MARGIN) return false;
    try {
      writeFileSync(this.#file, Buffer.alloc(BYTES), { mode: 0o600 });
      return true;
    } catch {
      this.#release();
      return false;
    }
  }

  #exists(): boolean {
    return statSync(this.#file, { throwIfNoEntry: false })?.size === BYTES;
  }

  #release(): void {
    rmSync(this.#file, { force: true });
  }

  /** Runs a transaction that makes mails leave. On a full disk it releases the reserve and runs it again. */
  transact<T>(body: () => T): T {
    try {
      return this.write(body);
    } catch (error) {
      if (sqliteCode(error) !== SqliteCode.full || !this.#exists()) throw error;
      this.#release();
      // From then on the log is overwritten from its beginning, and does not grow.
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      return this.write(body);
    }
  }

  /**
   * Runs a transaction in files that are still the spool's. It checks them under the lock, so that no other process
   * replaces them meanwhile.
   * @throws {FilesChanged}
   */
  write<T>(body: () => T): T {
    return inTransaction(this.#database, () => {
      this.#files.check();
      return body();
    });
  }
}
