/**
 * Installs the newest Node.js into node_modules/.cache: for tests of differences from the running one, and for the
 * SQLite driver that Node 20 lacks. Does nothing if it is installed, or is the running one.
 *
 *     node scripts/newer-node.mjs
 */
import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** npm offers Node.js itself as packages with a plain binary, one for each platform. */
const PACKAGE = `node-${process.platform}-${process.arch}`;
const VERSION = '26';
const FOLDER = join(import.meta.dirname, `../node_modules/.cache/nest-mailroom/node-${VERSION}`);
const BINARY = join(FOLDER, 'node_modules', PACKAGE, 'bin/node');

const isThere = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

async function install() {
  console.log(
    `Fetching ${PACKAGE}@${VERSION}, on which the spool, and what Node decides, is tested as well.`,
  );
  await mkdir(FOLDER, { recursive: true });
  const what = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-save'];
  await promisify(execFile)('npm', [...what, '--prefix', FOLDER, `${PACKAGE}@${VERSION}`]);
}

const isNeeded = !process.versions.node.startsWith(`${VERSION}.`) && !process.env.NEWER_NODE;
if (isNeeded && !(await isThere(BINARY))) {
  try {
    await install();
  } catch (error) {
    // The test that needs it says what to do; all others run without it.
    console.warn(`It cannot be fetched: ${error.message}`);
  }
}
