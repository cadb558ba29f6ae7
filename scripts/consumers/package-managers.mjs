import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../package/command.mjs';

const LONG = { timeout: 600_000 };

/**
 * How to install an application and run its programs.
 *
 * @typedef {object} PackageManager
 * @property {string} [from] the package that contains it
 * @property {(folder: string, packages: readonly string[]) => Promise<unknown>} install adds to the packages of
 *   the manifest
 * @property {(name: string, ...args: string[]) => [string, string[]]} script of the manifest
 * @property {(name: string, ...args: string[]) => [string, string[]]} program of a dependency
 * @property {(args: readonly string[]) => [string, string[]]} node
 */

const LOCKFILE = join(import.meta.dirname, '../../package-lock.json');

const node = (args) => ['node', args];

/** @returns {PackageManager} */
export function npm() {
  const options = ['--prefer-offline', '--no-audit', '--no-fund'];
  return {
    install: (folder, packages) => run(folder, 'npm', ['install', ...options, ...packages], LONG),
    script: (name, ...args) => ['npm', ['run', '--silent', name, '--', ...args]],
    program: (name, ...args) => ['npx', ['--no', '--', name, ...args]],
    node,
  };
}

/** Undeclared packages cannot be imported. @param {string} tools @returns {PackageManager} */
export function strictPnpm(tools) {
  const pnpm = join(tools, 'node_modules/pnpm/bin/pnpm.mjs');
  return {
    from: 'pnpm',
    async install(folder, packages) {
      await writeFile(
        join(folder, 'pnpm-workspace.yaml'),
        'hoist: false\nstrictDepBuilds: false\npackages: []\n',
      );
      return run(folder, 'node', [pnpm, 'add', '--prefer-offline', ...packages], LONG);
    },
    script: (name, ...args) => ['node', [pnpm, 'run', name, ...args]],
    program: (name, ...args) => ['node', [pnpm, 'exec', name, ...args]],
    node,
  };
}

/** Without a node_modules folder. @param {string} tools @returns {PackageManager} */
export function pnpYarn(tools) {
  const yarn = join(tools, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
  return {
    from: '@yarnpkg/cli-dist',
    async install(folder, packages) {
      const registry = (await run(folder, 'npm', ['config', 'get', 'registry'])).trim();
      const settings = {
        nodeLinker: 'pnp',
        enableTelemetry: false,
        enableImmutableInstalls: false,
        yarnPath: yarn,
        // Yarn ignores npm's setting of the registry.
        npmRegistryServer: registry,
      };
      await writeFile(join(folder, '.yarnrc.yml'), JSON.stringify(settings));
      await replaceAbsent(folder);
      // Without a lock file, Yarn would take the folder for a part of a project further up.
      await writeFile(join(folder, 'yarn.lock'), '');
      return run(folder, 'node', [yarn, 'add', ...packages], LONG);
    },
    script: (name, ...args) => ['node', [yarn, 'run', name, ...args]],
    program: (name, ...args) => ['node', [yarn, 'run', name, ...args]],
    node: (args) => ['node', [yarn, 'node', ...args]],
  };
}

const isForeign = ({ os, cpu }) => !os.includes(process.platform) || !cpu.includes(process.arch);

/**
 * Binaries of other platforms that the registry at hand did not serve: those without a checksum in our own lock
 * file (see complete-lockfile.mjs).
 */
async function absentBinaries() {
  const { packages } = JSON.parse(await readFile(LOCKFILE, 'utf8'));
  return Object.entries(packages)
    .filter(([, entry]) => entry.os && entry.cpu && !entry.integrity && isForeign(entry))
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
}

/** Yarn alone refuses to install when an optional package is unavailable, so it gets an empty one. */
async function replaceAbsent(folder) {
  const empty = join(folder, 'empty-package');
  await mkdir(empty);
  await writeFile(join(empty, 'package.json'), '{ "name": "empty-package", "version": "1.0.0" }');
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  const absent = await absentBinaries();
  manifest.resolutions = Object.fromEntries(absent.map((name) => [name, 'portal:./empty-package']));
  await writeFile(file, JSON.stringify(manifest, null, 2));
}
