import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { SqliteCode, sqliteCode } from '../../../sqlite/sqlite-code.js';
import { inTransaction } from '../../../sqlite/transaction.js';
import type { SpoolFiles } from './spool-files.js';

/** As much as the write-ahead log usually holds, several times: writing it back may need it all. */
const BYTES = 16 * 1024 ** 2;

/** What must be free beside it, so that it does not come and go. */
const MARGIN = 4 * 1024 ** 2;

/**
 * Room on the disk that is kept for mails to leave: a file that is given up when the disk is full. To
 * send a mail takes writes too, and they alone make room. While the file is gone, no mail comes in.
 *
 * Synchronous, as the database is: this thread waits for disks.
 */
export class DiskReserve {
  readonly #file: string;

  constructor(
    private readonly database: SqliteDatabase,
    private readonly files: SpoolFiles,
    path: string,
  ) {
    this.#file = `${path}-spare`;
  }

  /**
   * Makes the file again where there is room.
   * @returns whether it is there
   * @throws {FilesChanged}
   */
  keep(): boolean {
    this.files.prove();
    if (this.#isThere()) return true;
    const { bavail, bsize } = statfsSync(dirname(this.#file));
    if (bavail * bsize < BYTES + MARGIN) return false;
    try {
      writeFileSync(this.#file, Buffer.alloc(BYTES), { mode: 0o600 });
      return true;
    } catch {
      this.#giveUp();
      return false;
    }
  }

  #isThere(): boolean {
    return statSync(this.#file, { throwIfNoEntry: false })?.size === BYTES;
  }

  #giveUp(): void {
    rmSync(this.#file, { force: true });
  }

  /** A transaction of what makes mails leave: once more with the spare room, when the disk is full. */
  transact<T>(body: () => T): T {
    try {
      return this.write(body);
    } catch (error) {
      if (sqliteCode(error) !== SqliteCode.full || !this.#isThere()) throw error;
      this.#giveUp();
      // From then on the log is written over from its beginning, and grows no more.
      this.database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      return this.write(body);
    }
  }

  /**
   * A transaction in files that are still those of the spool: looked at under the lock, so that no other process
   * puts others in their place meanwhile.
   * @throws {FilesChanged}
   */
  write<T>(body: () => T): T {
    return inTransaction(this.database, () => {
      this.files.prove();
      return body();
    });
  }
}
