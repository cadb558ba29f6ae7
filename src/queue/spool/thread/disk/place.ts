import { closeSync, constants, openSync } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MailError, messageOf } from '../../../../errors/mail-error.js';
import { statOf } from './spool-files.js';

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const OTHERS = 0o077;

/** `statfs` types of file systems whose locks and shared memory SQLite cannot rely on (linux/magic.h). */
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
 * Makes the folder and the file, readable by their owner alone: SQLite gives the files it puts beside it
 * the same rights. What is there already is left as it is.
 * @returns what should be known of the place, a sentence each
 * @throws {MailError} `config`
 */
export async function preparePlace(path: string): Promise<readonly string[]> {
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
 * Asked of the system, not by opening the file: to close it again would drop the locks that another thread of this
 * process holds on it (fcntl(2)), and an unsuitable file must not even be touched.
 */
async function expectUsable(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) throw new Error('EISDIR: a folder has this name');
  await access(path, constants.R_OK | constants.W_OK);
}

/** Does not open what another thread created meanwhile, for the same reason. */
function createFile(path: string): void {
  const create = (flags: string): void => closeSync(openSync(path, flags, OWNER_ONLY_FILE));
  try {
    create('ax');
  } catch {
    // A link that leads to no file yet is refused so, and followed like this.
    if (!statOf(path)) create('a');
  }
}

/** Windows has no such rights. */
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
