import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = `node-${process.platform}-${process.arch}`;
const FETCHED = join(
  __dirname,
  '../../node_modules/.cache/nest-mailroom/node-26/node_modules',
  PACKAGE,
  'bin/node',
);

/** A Node.js and how it is started, so that the spool runs on the SQLite driver that it does not run on here. */
export interface OtherNode {
  readonly path: string;
  readonly options: string;
  readonly driver: 'node:sqlite' | 'libsql';
}

/** This Node.js without its SQLite where it has one, else the newer one that `scripts/newer-node.mjs` brings. */
export function otherNode(): OtherNode {
  if (process.getBuiltinModule('node:sqlite')) {
    return { path: process.execPath, options: '--no-experimental-sqlite', driver: 'libsql' };
  }
  return { path: newestNode(), options: '', driver: 'node:sqlite' };
}

/** The newest Node.js, which `scripts/newer-node.mjs` brings; this one where it is that. */
export function newestNode(): string {
  if (process.versions.node.startsWith('26.')) return process.execPath;
  const path = process.env['NEWER_NODE'] ?? FETCHED;
  if (existsSync(path)) return path;
  throw new Error(
    `There is no ${path}. Run node scripts/newer-node.mjs, which fetches it from npm; where that has no ${PACKAGE}, name any Node.js from 22.13 on in NEWER_NODE.`,
  );
}
