import { mkdtemp, open, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, MailError, messageOf } from '../errors/mail-error.js';
import type { ResolvedMailer } from './options.js';
import { type NoQueue, OTHER_QUEUES, type ResolvedQueue } from './queue.js';
import { type ConfigProblem } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { proveDriver } from '../queue/sqlite/open-database.js';
import type { At } from '../reader/option.js';
import { leavesOf } from '../transport/composed/leaves.js';
import { FileTransport } from '../transport/file/file.transport.js';

/**
 * Proves that the spool can be opened at its path, before the first mail is queued.
 * @param where the option or variable that gave the path
 * @param stops whether a fault stops the boot; else it is a warning
 */
export async function proveQueue(
  queue: ResolvedQueue | NoQueue,
  { where, report }: At,
  stops: boolean,
): Promise<ResolvedQueue | NoQueue> {
  if (queue.driver !== 'spool') return queue;
  const problem = (await driverProblem()) ?? (await spoolProblem(queue.path, where));
  if (!problem) return queue;
  if (stops) {
    report.add(problem);
    return queue;
  }
  const why = report.line(problem);
  report.hint(`${why} Until then, queue() is refused.`);
  return { driver: 'off', why: why.replace(/\.$/, ''), isAsked: false };
}

async function driverProblem(): Promise<ConfigProblem | undefined> {
  try {
    await proveDriver();
    return undefined;
  } catch (error) {
    if (!MailError.is(error)) throw error;
    const found = error.message.replace(/\.$/, '');
    return {
      where: 'MAIL_QUEUE',
      expected: 'SQLite for the spool',
      found: `none. ${found}`,
      fix: `Or set ${OTHER_QUEUES}`,
    };
  }
}

async function spoolProblem(path: string, where: string): Promise<ConfigProblem | undefined> {
  const why = (await fileFault(path)) ?? (await folderFault(dirname(path)));
  if (why === undefined) return undefined;
  return {
    where,
    expected: 'a file in a folder that this process may write to',
    found: `${show(path)}: ${why}`,
    fix: `Set MAIL_SPOOL_PATH (queue.path) to a file on a volume that can be written, or ${OTHER_QUEUES}`,
  };
}

/** A sentence for each folder of captured mails or `file:` URLs that cannot be written to. */
export async function unwritableFolders(mailers: readonly ResolvedMailer[]): Promise<readonly string[]> {
  const files = mailers
    .flatMap(({ transport }) => (typeof transport === 'object' ? leavesOf(transport) : []))
    .filter((given) => given instanceof FileTransport);
  const dirs = [...new Set(files.map(({ dir }) => dir))];
  const faults = await Promise.all(dirs.map((dir) => folderFault(dir)));
  return dirs.flatMap((dir, at) => {
    const why = faults[at];
    return why === undefined ? [] : [`Mails cannot be written to ${dir}, where they are to go: ${why}.`];
  });
}

/** Why a file cannot be written to; undefined when it can be, or does not exist. Does not change the file. */
async function fileFault(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'it is a folder';
    if (!found.isFile()) return 'it is no regular file';
    const file = await open(path, 'r+');
    await file.close();
    return undefined;
  } catch (error) {
    return isAbsent(error) ? undefined : faultText(error, path);
  }
}

/**
 * Why files cannot be created in a folder, or the folder itself cannot be. Creates and removes a folder in the nearest
 * existing one: permissions alone do not show a read-only file system.
 */
async function folderFault(dir: string): Promise<string | undefined> {
  let nearest = dir;
  try {
    nearest = await nearestFolder(dir);
    await rmdir(await mkdtemp(join(nearest, '.mailroom-')));
    return undefined;
  } catch (error) {
    return isFull(error) ? undefined : faultText(error, nearest);
  }
}

/** @throws the error of `stat`, or an error when a file stands in the way */
async function nearestFolder(dir: string): Promise<string> {
  try {
    if ((await stat(dir)).isDirectory()) return dir;
  } catch (error) {
    const above = dirname(dir);
    if (!isAbsent(error) || above === dir) throw error;
    return nearestFolder(above);
  }
  throw new Error(`${dir} is a file and no folder`);
}

function faultText(error: unknown, path: string): string {
  switch (codeOf(error)) {
    case 'EROFS':
      return `${path} is on a read-only file system`;
    case 'EACCES':
    case 'EPERM':
      return `${who()} may not write to ${path}`;
    default:
      return messageOf(error);
  }
}

/** Windows has no user numbers. */
function who(): string {
  const id = process.geteuid?.();
  return id === undefined ? 'this process' : `this process (user ${id})`;
}

/** ENOTDIR: a file stands in the way, and `nearestFolder` finds it. */
function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** A full disk is no fault of the configuration: waiting mails have to go out, which makes room. */
function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error));
}
