/**
 * Takes out of dist what serves nobody who installs the package: declarations that no entry's own lead to,
 * since they describe files that cannot be imported, and the comments of the code, since the declarations
 * have those that are for users. The CommonJS build gets the same declarations.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Prints it anew without comments; tsc could only leave out those of the declarations with them. */
async function stripComments(file) {
  const compilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    removeComments: true,
  };
  const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), { compilerOptions });
  await writeFile(file, outputText);
}

const files = await readdir(DIST, { recursive: true });
const isOwnCode = (file) => file.endsWith('.js') && !/^(cjs|inbox.assets)\b/.test(file);
const kept = await reachable(await entries());
const unused = files.filter((file) => file.endsWith(SUFFIX) && !kept.has(file));
await Promise.all([
  ...unused.map((file) => rm(join(DIST, file))),
  ...[...kept].map((file) => cp(join(DIST, file), join(COMMONJS, file))),
  ...files.filter(isOwnCode).map((file) => stripComments(join(DIST, file))),
]);
