/**
 * Builds dist/cjs from the ESM build: one file for each entry, and chunks for code that entries share, so
 * that a class is the same one from every entry.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const BUILD = join(DIST, 'cjs');
/** The manifest's `imports` apply to the ESM build alone. Each is an entry: its `__dirname` is dist/cjs. */
const IMPORTS = {
  '#spool-thread': "export const spoolThread = __dirname + '/queue/spool/thread/spool-thread.js';",
  '#package-root': "import { join } from 'node:path';\nexport const packageRoot = join(__dirname, '../..');",
};
/** Runs in a thread of its own. */
const THREAD = 'queue/spool/thread/spool-thread';

/** @returns {Promise<Record<string, string>>} name of each entry → its file */
async function entries() {
  const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const names = Object.values(exports)
    .map((entry) => entry.require?.default)
    .filter((file) => file !== undefined)
    .map((file) => file.replace('./dist/cjs/', '').replace(/\.js$/, ''));
  return {
    ...Object.fromEntries([...names, THREAD].map((name) => [name, join(DIST, `${name}.js`)])),
    ...Object.fromEntries(Object.keys(IMPORTS).map((id) => [id.slice(1), id])),
  };
}

const isOwn = (id) => id.startsWith('.') || id.startsWith('/') || id.startsWith('\0');

/** Includes our code with its bundled dependencies; everything else is required from where it is installed. */
const RESOLUTION = {
  name: 'resolution',
  resolveId(id) {
    if (Object.hasOwn(IMPORTS, id)) return `\0${id}`;
    return isOwn(id) ? undefined : { id, external: true };
  },
  load: (id) => IMPORTS[id.replace('\0', '')],
};

/** Name of the file for a module of another package. */
const BUNDLED = /\/dist\/bundled\/([^/]+)\.js$/;

async function bundle() {
  const build = await rolldown({
    input: await entries(),
    cwd: ROOT,
    platform: 'node',
    plugins: [RESOLUTION],
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  await build.write({
    dir: BUILD,
    format: 'cjs',
    esModule: true,
    exports: 'named',
    dynamicImportInCjs: false,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    // Code of other packages stays in files of its own.
    codeSplitting: {
      groups: [{ debugName: 'bundled', test: BUNDLED, name: (id) => `bundled/${BUNDLED.exec(id)[1]}` }],
    },
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await build.close();
}

await rm(BUILD, { recursive: true, force: true });
await mkdir(BUILD, { recursive: true });
await writeFile(join(BUILD, 'package.json'), '{ "type": "commonjs" }\n');
await bundle();
