/**
 * Brings a newer Node.js into node_modules/.cache, for tests on the SQLite driver that the running one
 * does not have. Does nothing where that is there, or not needed: from 22.13 on Node has both drivers.
 *
 *     node scripts/newer-node.mjs
 */
import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** npm has Node.js itself as packages with a plain binary, one for each platform. */
const PACKAGE = `node-${process.platform}-${process.arch}`;
const VERSION = '22';
const FOLDER = join(import.meta.dirname, '../node_modules/.cache/nest-mailroom/node');
const BINARY = join(FOLDER, 'node_modules', PACKAGE, 'bin/node');

const isThere = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

async function install() {
  console.log(`Fetching ${PACKAGE}@${VERSION}, on which the spool is tested as well.`);
  await mkdir(FOLDER, { recursive: true });
  const what = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-save'];
  await promisify(execFile)('npm', [...what, '--prefix', FOLDER, `${PACKAGE}@${VERSION}`]);
}

const isNeeded = !process.getBuiltinModule('node:sqlite') && !process.env.NEWER_NODE;
if (isNeeded && !(await isThere(BINARY))) {
  try {
    await install();
  } catch (error) {
    // The test that needs it says what to do; all others can do without.
    console.warn(`It cannot be fetched: ${error.message}`);
  }
}
