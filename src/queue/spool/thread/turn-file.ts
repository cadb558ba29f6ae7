import { rmSync } from 'node:fs';
import type { SqliteDatabase } from '../../sqlite/database.js';
import { openDatabase } from '../../sqlite/open-database.js';
import type { TurnsReply } from '../../turn-store.js';
import type { TurnsCall } from '../channel/protocol.js';
import { FilesChanged, LOG_FILES, needsRescue, prepareSpoolFile, SpoolFiles } from './disk/spool-files.js';
import { prepareTurns, takeTurns } from './tables/turns.js';

interface OpenTurns {
  readonly database: SqliteDatabase;
  readonly files: SpoolFiles;
}

/**
 * Milliseconds for which another process may hold the write lock, which it does for microseconds; mails wait behind this
 * thread.
 */
const BUSY_TIMEOUT = 500;

/**
 * OFF: nothing is flushed to the disk, as turns are worth nothing after a loss of power. In the spool itself such a connection
 * could write the log back without a flush, and so lose mails; and each turn would wait for the flush of a process that writes
 * mails there.
 */
const SETTINGS = `
PRAGMA busy_timeout = ${BUSY_TIMEOUT};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
`;

/** The database of turns beside a spool. It holds nothing that must be kept: damaged or gone, it is made anew. */
export class TurnFile {
  readonly path: string;
  readonly #clock: () => number;
  #open: OpenTurns | undefined;

  /** @param clock milliseconds since 1970, a whole number */
  constructor(spool: string, clock: () => number) {
    this.path = `${spool}-turns`;
    this.#clock = clock;
  }

  /** @throws any error of the driver; the next call opens the file again */
  async take(call: TurnsCall): Promise<TurnsReply> {
    try {
      return await this.#take(call);
    } catch (error) {
      this.close();
      if (!needsRescue(error)) throw error;
      if (!isElsewhere(error)) this.#remove();
      return this.#take(call);
    }
  }

  async #take(call: TurnsCall): Promise<TurnsReply> {
    this.#open ??= await this.#opened();
    const { database, files } = this.#open;
    files.check();
    return takeTurns(database, call, this.#clock());
  }

  async #opened(): Promise<OpenTurns> {
    await prepareSpoolFile(this.path);
    const { database } = await openDatabase(this.path);
    try {
      database.exec(SETTINGS);
      prepareTurns(database);
      return { database, files: new SpoolFiles(this.path) };
    } catch (error) {
      database.close();
      throw error;
    }
  }

  #remove(): void {
    for (const suffix of ['', ...LOG_FILES]) rmSync(`${this.path}${suffix}`, { force: true });
  }

  close(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.database.close();
  }
}

/** The path is free, or leads to a file that another process has made anew. */
function isElsewhere(error: unknown): boolean {
  return error instanceof FilesChanged && (error.change === 'gone' || error.change === 'replaced');
}
