/**
 * Builds the inbox's page once before jest runs, where `npm run build` of another test does not take it
 * away again. What is built already is left alone.
 */
import { copyFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { buildInbox } from '../../scripts/build-inbox.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const WEB = join(ROOT, 'src', 'inbox', 'web');
/** Stands for the package: what it reads of itself is here. */
const PACKAGE = join(ROOT, 'node_modules', '.cache', 'nest-mailroom', 'package');
const ASSETS = join(PACKAGE, 'dist', 'inbox', 'assets');

const changedAt = (path) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

async function isCurrent() {
  const sources = (await readdir(WEB, { recursive: true })).map((file) => join(WEB, file));
  const changes = await Promise.all([join(ROOT, 'scripts', 'build-inbox.mjs'), ...sources].map(changedAt));
  return (await changedAt(join(ASSETS, 'index.html'))) > Math.max(...changes);
}

/** Renamed into place: another run of jest may read it at this moment. */
export async function buildPage() {
  if (await isCurrent()) return;
  const fresh = `${ASSETS}.${process.pid}`;
  await buildInbox(fresh);
  await rm(ASSETS, { recursive: true, force: true });
  await rename(fresh, ASSETS);
  await copyFile(join(ROOT, 'package.json'), join(PACKAGE, 'package.json'));
}
