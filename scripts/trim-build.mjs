/**
 * Removes from dist what no user of the package needs: declarations that no entry leads to, since their files
 * cannot be imported, and the comments of the code, since the declarations have those for users. The CommonJS
 * build gets the same declarations.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { minify } from 'rolldown/utils';
import ts from 'typescript';

const DIST = join(import.meta.dirname, '..', 'dist');
const COMMONJS = join(DIST, 'cjs');
const SUFFIX = '.d.ts';

/** @returns {Promise<readonly string[]>} the entries of the manifest's exports, from dist */
async function entries() {
  const { exports } = JSON.parse(await readFile(join(DIST, '..', 'package.json'), 'utf8'));
  return Object.values(exports)
    .map((entry) => entry.import?.types)
    .filter((types) => types !== undefined)
    .map((types) => types.replace('./dist/', ''));
}

/** The neighbouring declarations that one file names. */
async function neighbours(file) {
  const { importedFiles } = ts.preProcessFile(await readFile(join(DIST, file), 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(file, '..', fileName.replace(/\.js$/, SUFFIX)));
}

async function reachable(files) {
  const found = new Set(files);
  // A set that grows while it is iterated yields the new entries too.
  for (const file of found) for (const next of await neighbours(file)) found.add(next);
  return found;
}

/** Keeps licences of other people's work. */
const READABLE = {
  compress: false,
  mangle: false,
  codegen: { removeWhitespace: false, legalComments: 'inline' },
};
/** Also shortens the names of locals in the CommonJS build, which compilation has made hard to read already. */
const SHORT = { ...READABLE, mangle: { keepNames: true, toplevel: false } };

/** Prints the code again without comments: tsc would also drop the comments of the declarations. */
async function shorten(file) {
  const path = join(DIST, file);
  const { code, errors } = await minify(
    path,
    await readFile(path, 'utf8'),
    isCommonJs(file) ? SHORT : READABLE,
  );
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  await writeFile(path, code);
}

const files = await readdir(DIST, { recursive: true });
const isCommonJs = (file) => /^cjs\b/.test(file);
const isOwnCode = (file) => file.endsWith('.js') && !/^(inbox.assets|bundled|cjs.bundled)\b/.test(file);
const kept = await reachable(await entries());
const unused = files.filter((file) => file.endsWith(SUFFIX) && !kept.has(file));
await Promise.all([
  ...unused.map((file) => rm(join(DIST, file))),
  ...[...kept].map((file) => cp(join(DIST, file), join(COMMONJS, file))),
  ...files.filter(isOwnCode).map(shorten),
]);
