import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { show } from '../errors/show.js';
import { invalid } from '../message/values/refusal.js';

/** Flags: no link at the end (the path was resolved), and no waiting for the writer of a pipe. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file that lies below one of the roots after all links are followed. Tries a relative path below each root in turn.
 * @throws {MailError} `message-invalid`
 */
export async function openFile(path: string, field: string, roots: readonly string[]): Promise<Readable> {
  if (roots.length === 0) {
    const fix = 'Name the folder in attachments.roots of the options, or pass content';
    throw invalid({ field, expected: 'no path: no folder is open to attachments', found: show(path), fix });
  }
  const found = await findFile(path, roots);
  if (found === undefined) throw outside(path, field, roots);
  return openRegular(found, path, field);
}

async function findFile(path: string, roots: readonly string[]): Promise<string | undefined> {
  for (const root of roots) {
    const [realRoot, real] = await Promise.all([existing(root), existing(resolve(root, path))]);
    if (realRoot !== undefined && real !== undefined && isUnder(realRoot, real)) return real;
  }
  return undefined;
}

/** Follows all links of the path; undefined if it leads nowhere. */
async function existing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

function isUnder(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function openRegular(real: string, path: string, field: string): Promise<Readable> {
  const handle = await open(real, FLAGS).catch((cause: unknown) => {
    throw invalid({ field, expected: 'a file that can be opened', found: show(path), cause });
  });
  const stats = await handle.stat();
  if (stats.isFile()) return handle.createReadStream();
  await handle.close();
  throw invalid({ field, expected: 'a regular file', found: show(path) });
}

function outside(path: string, field: string, roots: readonly string[]): Error {
  return invalid({
    field,
    expected: 'an existing file under one of attachments.roots',
    found: `${show(path)}, which is missing or leads elsewhere`,
    fix: `The roots are ${roots.map(show).join(', ')}; a relative path starts there`,
  });
}
