/**
 * Takes out of dist what serves nobody who installs the package: declarations that no entry's own lead to,
 * since they describe files that cannot be imported, and the comments of the code, since the declarations
 * have those that are for users. The CommonJS build gets the same declarations.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { minify } from 'rolldown/utils';
import ts from 'typescript';

const DIST = join(import.meta.dirname, '..', 'dist');
const COMMONJS = join(DIST, 'cjs');
const SUFFIX = '.d.ts';

/** @returns {Promise<readonly string[]>} what the manifest's exports name, from dist */
async function entries() {
  const { exports } = JSON.parse(await readFile(join(DIST, '..', 'package.json'), 'utf8'));
  return Object.values(exports)
    .map((entry) => entry.import?.types)
    .filter((types) => types !== undefined)
    .map((types) => types.replace('./dist/', ''));
}

/** The declarations beside it that one file names. */
async function neighbours(file) {
  const { importedFiles } = ts.preProcessFile(await readFile(join(DIST, file), 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(file, '..', fileName.replace(/\.js$/, SUFFIX)));
}

async function reachable(files) {
  const found = new Set(files);
  // A set that grows while it is walked gives what is added, too.
  for (const file of found) for (const next of await neighbours(file)) found.add(next);
  return found;
}

/** Licences of other people's work stay. */
const READABLE = {
  compress: false,
  mangle: false,
  codegen: { removeWhitespace: false, legalComments: 'inline' },
};
/** Of the CommonJS build, which compilation has left hard to read already, also the names of locals. */
const SHORT = { ...READABLE, mangle: { keepNames: true, toplevel: false } };

/** Prints the code anew, without comments: tsc would leave out the declarations' comments as well. */
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
