import { resolve } from 'node:path';
import { fileFault, pathFault } from '../errors/path-fault.js';
import { show } from '../errors/show.js';
import { UsageError } from './command.js';

/**
 * The absolute path of an option's value. Shells do not expand the `~` in `--out=~/mail.d.ts`.
 * @throws {UsageError} for a value that only looks like a path
 */
export function pathIn(dir: string, option: string, text: string, kind: 'file' | 'folder'): string {
  const fault = kind === 'file' ? fileFault(text) : pathFault(text);
  if (fault === undefined) return resolve(dir, text);
  throw new UsageError(`${option}: expected a ${kind}, got ${show(text)}. ${fault}`);
}
