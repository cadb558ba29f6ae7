/**
 * Builds dist/cjs from the ESM build: each entry a file, and what two of them share in chunks of its own, so
 * that a class is the same one from every entry. Dependencies that are published as ESM only come along with
 * their licences: jest runs CommonJS, and as Nest 11 sets it up it loads no ESM from node_modules.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const BUILD = join(DIST, 'cjs');
const ESM_ONLY = new Set([
  '@csstools/css-tokenizer',
  '@formatjs/icu-messageformat-parser',
  'htmlparser2',
  'intl-messageformat',
]);
/** The manifest's `imports` hold for the ESM build alone. Each is an entry: `__dirname` is dist/cjs then. */
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
const packageOf = (id) => /^(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];

/** What is ours or ESM only goes in; everything else is required where it is installed. */
const RESOLUTION = {
  name: 'resolution',
  resolveId(id, importer) {
    if (Object.hasOwn(IMPORTS, id)) return `\0${id}`;
    if (isOwn(id) || importer?.includes('/node_modules/')) return undefined;
    return ESM_ONLY.has(packageOf(id)) ? undefined : { id, external: true };
  },
  load: (id) => IMPORTS[id.replace('\0', '')],
};

/** Folder, of the innermost node_modules, and name of the package that a module belongs to. */
const PACKAGE = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/;

/** @returns {Promise<readonly string[]>} the modules inside */
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
  const { output } = await build.write({
    dir: BUILD,
    format: 'cjs',
    esModule: true,
    exports: 'named',
    dynamicImportInCjs: false,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    // Other people's code stays as they wrote it, each package in a file of its own.
    codeSplitting: {
      groups: [{ debugName: 'packages', test: PACKAGE, name: (id) => `bundled/${PACKAGE.exec(id)[1]}` }],
    },
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await build.close();
  return output.flatMap((chunk) => chunk.moduleIds ?? []);
}

async function licenceOf(folder) {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file to ship`);
  return `## ${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
}

async function writeLicences(modules) {
  const folders = [
    ...new Set(modules.map((module) => PACKAGE.exec(module)?.[0]).filter((folder) => folder !== undefined)),
  ].toSorted((a, b) => a.localeCompare(b));
  const licences = await Promise.all(folders.map(licenceOf));
  await writeFile(
    join(BUILD, 'bundled/LICENSES.md'),
    `# Licences of the packages in this folder\n\n${licences.join('\n')}`,
  );
}

await rm(BUILD, { recursive: true, force: true });
await mkdir(BUILD, { recursive: true });
await writeFile(join(BUILD, 'package.json'), '{ "type": "commonjs" }\n');
await writeLicences(await bundle());
