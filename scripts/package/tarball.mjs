import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { run } from './command.mjs';

/** Types that must not reach consumers: theirs do not compile without `skipLibCheck`, or come in two versions. */
const PRIVATE_TYPES = new Set(['@nestjs-modules/mailer', 'zod']);

/**
 * Packs the package in `root` (which builds it) into `target`.
 *
 * @returns {Promise<string>} the tarball
 */
export async function pack(root, target) {
  const output = await run(root, 'npm', ['pack', '--json', '--silent', '--pack-destination', target], {
    timeout: 600_000,
  });
  // The output of the build comes first.
  const [{ filename }] = JSON.parse(output.slice(output.lastIndexOf('\n[\n') + 1));
  return join(target, filename);
}

/** `@scope/name/deep/file` → `@scope/name`; `name/file` → `name`. */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const isOwn = (specifier) => specifier.startsWith('.') || specifier.startsWith('#');
const isBuiltin = (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier);

/** Every package a built file imports, requires or names in its types. */
async function packagesNamedIn(file) {
  const { importedFiles } = ts.preProcessFile(await readFile(file, 'utf8'), true, true);
  const specifiers = importedFiles.map(({ fileName }) => fileName);
  return specifiers.filter((name) => !isOwn(name) && !isBuiltin(name)).map(packageOf);
}

/** @param {string} folder an installed copy of the package */
async function eachNamedPackage(folder) {
  const files = await readdir(join(folder, 'dist'), { recursive: true });
  const code = files.filter((file) => /\.(d\.ts|js)$/.test(file));
  const named = await Promise.all(
    code.map(async (file) => {
      const packages = await packagesNamedIn(join(folder, 'dist', file));
      return packages.map((name) => ({ file: join('dist', file), name }));
    }),
  );
  return named.flat();
}

/**
 * @param {string} folder an installed copy of the package
 * @returns {Promise<readonly string[]>} one line per import that `package.json` does not declare
 */
export async function undeclaredImports(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const declared = new Set([
    manifest.name,
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  const named = await eachNamedPackage(folder);
  return named.filter(({ name }) => !declared.has(name)).map(({ file, name }) => `${file}: ${name}`);
}

/**
 * @param {string} folder an installed copy of the package
 * @returns {Promise<readonly string[]>} one line per declaration file that shows types we keep to ourselves
 */
export async function leakedTypes(folder) {
  const named = await eachNamedPackage(folder);
  return named
    .filter(({ file, name }) => file.endsWith('.d.ts') && PRIVATE_TYPES.has(name))
    .map(({ file, name }) => `${file}: ${name}`);
}

/**
 * @param {string} folder an installed copy of the package
 * @returns {Promise<readonly string[]>} one line per package whose code is bundled and whose licence is not there
 */
export async function unlicensedBundles(folder) {
  const bundles = join(folder, 'dist/bundled');
  const licences = await readFile(join(bundles, 'LICENSES.md'), 'utf8');
  const files = (await readdir(bundles, { recursive: true })).filter((file) => file.endsWith('.js'));
  const code = await Promise.all(files.map((file) => readFile(join(bundles, file), 'utf8')));
  // The bundler writes the origin above every module: `// node_modules/entities/dist/decode.js`.
  const modules = code.join('\n').matchAll(/^\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm);
  const bundled = new Set([...modules].map(([, name]) => name));
  if (bundled.size === 0) return [`nothing is bundled in ${bundles}`];
  const sections = licences.split(/^## /m).filter((text) => /Permission is|Redistribution and/.test(text));
  const licensed = (name) => sections.some((text) => text.startsWith(`${name} `));
  const data = await readFile(join(folder, DATA), 'utf8');
  return [
    ...[...bundled].filter((name) => !licensed(name)).map((name) => `no licence of ${name}`),
    ...(data.includes('Permission is hereby granted') ? [] : [`no licence in ${DATA}`]),
  ];
}

/** Data of other people in a file of ours. */
const DATA = 'dist/check/clients/support-data.js';
