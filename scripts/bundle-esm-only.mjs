/**
 * Bundles the used parts of dependencies that are published as ESM only into dist/bundled, with the
 * licences of everything inside, and lets the build import them from there. jest runs CommonJS, and as Nest 11
 * sets it up it loads no ESM from node_modules: the CommonJS build is made of this one. Applications install
 * a dozen packages less.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const BUNDLES = join(DIST, 'bundled');
/** Package → file of its bundle, and its exported names. */
const ESM_ONLY = {
  '@csstools/css-tokenizer': { file: 'css-tokenizer', exported: '*' },
  '@formatjs/icu-messageformat-parser': { file: 'icu-messageformat-parser', exported: '*' },
  // Most of the package builds trees, which the module does not need.
  htmlparser2: { file: 'htmlparser2', exported: '{ Parser }' },
  'intl-messageformat': { file: 'intl-messageformat', exported: '*' },
};

/** Each entry re-exports these names of its package. */
const ENTRIES = {
  name: 'entries',
  resolveId: (id) => (id.startsWith('entry:') ? id : undefined),
  load(id) {
    const name = id.startsWith('entry:') && id.slice('entry:'.length);
    return name ? `export ${ESM_ONLY[name].exported} from ${JSON.stringify(name)};` : undefined;
  },
};

/** One build for all bundles, so that shared code exists once. */
async function bundle() {
  const entries = Object.entries(ESM_ONLY).map(([name, { file }]) => [file, `entry:${name}`]);
  const build = await rolldown({
    input: Object.fromEntries(entries),
    cwd: ROOT,
    platform: 'node',
    plugins: [ENTRIES],
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await build.write({
    dir: BUNDLES,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'shared-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await build.close();
  return output.flatMap((chunk) => chunk.moduleIds ?? []);
}

/** `…/node_modules/@scope/name/deep/file.js` → `…/node_modules/@scope/name`, of the innermost node_modules. */
const folderOf = (module) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0];

async function licenceOf(folder) {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file to ship`);
  return `## ${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
}

async function writeLicences(modules) {
  const folders = [...new Set(modules.map(folderOf).filter((folder) => folder !== undefined))].toSorted(
    (a, b) => a.localeCompare(b),
  );
  const licences = await Promise.all(folders.map(licenceOf));
  await writeFile(
    join(BUNDLES, 'LICENSES.md'),
    `# Licences of the packages in this folder\n\n${licences.join('\n')}`,
  );
}

/** Rewrites the imports of these packages in the build's own files. */
async function importBundles(files) {
  for (const file of files) {
    const before = await readFile(join(DIST, file), 'utf8');
    const after = before.replaceAll(/(\bfrom |\bimport\()(["'])([^"']+)\2/g, (whole, start, _quote, name) => {
      if (!Object.hasOwn(ESM_ONLY, name)) return whole;
      const path = relative(dirname(join(DIST, file)), join(BUNDLES, `${ESM_ONLY[name].file}.js`));
      return `${start}"${path.startsWith('.') ? path : `./${path}`}"`;
    });
    if (after !== before) await writeFile(join(DIST, file), after);
  }
}

const files = (await readdir(DIST, { recursive: true })).filter((file) => file.endsWith('.js'));
await rm(BUNDLES, { recursive: true, force: true });
await mkdir(BUNDLES, { recursive: true });
await writeLicences(await bundle());
await importBundles(files);
