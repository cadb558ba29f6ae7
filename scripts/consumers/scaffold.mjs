import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../package/command.mjs';

const ROOT = join(import.meta.dirname, '../..');
const SPECS = join(ROOT, 'test/consumers/signup');
const NEW = ['--skip-install', '--skip-git', '--package-manager', 'npm', '--strict'];
/** Parts of a scaffold for its own upkeep, which no scenario runs. */
const UNUSED = /eslint|oxlint|prettier|globals|coverage|mau|source-map-support/;

/**
 * The result of `nest new`, with the quick start of the README copied into it letter by letter.
 *
 * @param {string} cli the folder whose node_modules has the Nest CLI of that major version
 * @param {string} folder the folder of the result
 * @param {boolean} isEsm whether it names files with their extension
 */
export async function scaffold(cli, folder, isEsm) {
  const parent = `${folder}.new`;
  await mkdir(parent);
  const nest = join(cli, 'node_modules/@nestjs/cli/bin/nest.js');
  await run(parent, 'node', [nest, 'new', 'shop', ...NEW]);
  await rename(join(parent, 'shop'), folder);
  await leaveOutUnused(folder);
  await addQuickStart(folder, 'App', isEsm);
}

async function leaveOutUnused(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const kept = Object.entries(manifest.devDependencies).filter(([name]) => !UNUSED.test(name));
  manifest.devDependencies = Object.fromEntries(kept);
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
}

/** @returns {Promise<string>} the quick start's module */
async function quickStart() {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const found = /^## Quick start$.*?^```ts\n(\/\/ src\/signup\.module\.ts\n.*?)^```$/ms.exec(readme);
  if (!found) throw new Error('README.md has no quick start in src/signup.module.ts');
  return found[1];
}

/** @returns {Promise<readonly string[]>} the packages of the install line for that major version of Nest */
export async function installLine(major) {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const found = new RegExp(`^npm i nest-mailroom (.*?) +# Nest ${major}`, 'm').exec(readme);
  if (!found) throw new Error(`README.md has no install line for Nest ${major}`);
  return found[1].split(' ');
}

/**
 * @param {string} folder of one application of the repository, with its `src` and `test`
 * @param {string} name of its module, without `Module`
 * @param {boolean} isEsm
 */
export async function addQuickStart(folder, name, isEsm) {
  const inFormat = (code) => (isEsm ? code : code.replaceAll(/(from '\..*)\.js'/g, "$1'"));
  const file = join(folder, `src/${name.toLowerCase()}.module.ts`);
  const before = await readFile(file, 'utf8');
  const code = before.replace('imports: []', 'imports: [SignupModule]');
  if (code === before) throw new Error(`${file} has no empty imports`);
  await writeFile(file, inFormat(`import { SignupModule } from './signup.module.js';\n${code}`));
  await writeFile(join(folder, 'src/signup.module.ts'), await quickStart());
  const spec = await readFile(join(SPECS, 'signup.e2e-spec.ts'), 'utf8');
  const ours = spec
    .replaceAll('AppModule', `${name}Module`)
    .replace('app.module', `${name.toLowerCase()}.module`);
  await writeFile(join(folder, 'test/signup.e2e-spec.ts'), inFormat(ours));
}
