import { closeSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, MailError, messageOf } from '../../../../errors/mail-error.js';
import { isDamage } from '../../../sqlite/sqlite-code.js';

/** Suffixes of SQLite's files beside the database: its write-ahead log, and the index of the log. */
export const LOG_FILES = ['-wal', '-shm'] as const;

/** Bytes of the first page. It is in the file as soon as the database has a write-ahead log. */
const FIRST_PAGE = 4096n;

/** The state of an open spool's path: no file, another file, an empty file, or a file without its log. */
export type SpoolFileChange = 'gone' | 'replaced' | 'emptied' | 'without its log';

/** Refuses a write that would have gone into files that nobody finds any more. */
export class FilesChanged extends Error {
  readonly change: SpoolFileChange;

  constructor(change: SpoolFileChange) {
    super(`the files are not those that were opened: ${change}`);
    this.change = change;
  }
}

/** Returns whether a spool cannot go on with its files: they are damaged, moved or gone. */
export const needsRescue = (error: unknown): boolean => error instanceof FilesChanged || isDamage(error);

/**
 * The files that a spool has open. They can be deleted, moved or replaced meanwhile, and SQLite goes on writing to
 * files that no path leads to.
 */
export class SpoolFiles {
  readonly #path: string;
  readonly #database: string | undefined;
  readonly #log: ReadonlyArray<string | undefined>;

  /** @param path of a database that is open and was read */
  constructor(path: string) {
    this.#path = path;
    this.#database = identityOf(path);
    this.#log = LOG_FILES.map((suffix) => identityOf(`${path}${suffix}`));
  }

  /** Undefined while the files are where they were. */
  change(): SpoolFileChange | undefined {
    const found = statOf(this.#path);
    if (!found) return 'gone';
    if (`${found.dev}:${found.ino}` !== this.#database) return 'replaced';
    if (found.size < FIRST_PAGE) return 'emptied';
    const log = LOG_FILES.map((suffix) => identityOf(`${this.#path}${suffix}`));
    return log.every((identity, index) => identity === this.#log[index]) ? undefined : 'without its log';
  }

  /** Removes the log of a database that has left its path: another database there would take it for its own. */
  removeLog(): void {
    for (const [index, suffix] of LOG_FILES.entries()) {
      const path = `${this.#path}${suffix}`;
      if (identityOf(path) === this.#log[index]) rmSync(path, { force: true });
    }
  }

  /** @throws {FilesChanged} */
  check(): void {
    const change = this.change();
    if (change) throw new FilesChanged(change);
  }
}

/**
 * Removes the log of a database that was deleted. SQLite would use its index for the new database, and so would a process
 * that still has the old one open. Must be called while the new one is empty and locked by the caller: removing the log
 * of another process would lose its mails.
 */
export function removeStaleLog(path: string): void {
  for (const suffix of LOG_FILES) rmSync(`${path}${suffix}`, { force: true });
}

function identityOf(path: string): string | undefined {
  const found = statOf(path);
  return found && `${found.dev}:${found.ino}`;
}

/** Undefined if there is no file, also if a file stands where the path needs a folder. */
export function statOf(path: string): { dev: bigint; ino: bigint; size: bigint } | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const OTHERS = 0o077;

/** `statfs` types of file systems with locks and shared memory that SQLite cannot rely on (linux/magic.h). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
]);

/**
 * Creates the folder and the file, readable only by their owner: SQLite gives the files beside it the same rights.
 * Existing ones stay as they are.
 * @returns warnings about the location, one sentence each
 * @throws {MailError} `config`
 */
export async function prepareSpoolFile(path: string): Promise<readonly string[]> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
    if (statOf(path)) await expectUsable(path);
    else createFile(path);
    return [...(await rightsWarnings(path)), ...(await networkWarnings(path))];
  } catch (error) {
    throw new MailError(
      'config',
      `The mail spool cannot be at ${path}: ${messageOf(error)}. Name a file in a folder that this process may write to.`,
      { cause: error },
    );
  }
}

/**
 * Asks the system and does not open the file: closing it again would drop the locks that another thread of this process
 * holds on it (fcntl(2)), and an unsuitable file must not even be touched.
 */
async function expectUsable(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) throw new Error('EISDIR: a folder has this name');
  await access(path, constants.R_OK | constants.W_OK);
}

/** Does not open a file that another thread created meanwhile, for the same reason. */
function createFile(path: string): void {
  const create = (flags: string): void => closeSync(openSync(path, flags, OWNER_ONLY_FILE));
  try {
    create('ax');
  } catch {
    // `ax` refuses a link that leads to no file yet; `a` follows it.
    if (!statOf(path)) create('a');
  }
}

/** Windows has no such rights, so no warning there. */
async function rightsWarnings(path: string): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const { mode } = await stat(path);
  if ((mode & OTHERS) === 0) return [];
  return [`Others on this machine may open the mail spool ${path}, and mails are in it: chmod 600 ${path}`];
}

async function networkWarnings(path: string): Promise<readonly string[]> {
  const { type } = await statfs(path);
  const name = NETWORK_FILE_SYSTEMS.get(type >>> 0);
  if (name === undefined) return [];
  return [
    `The mail spool ${path} is on a network file system (${name}), where locks are not to be relied on: put it on a local disk`,
  ];
}
