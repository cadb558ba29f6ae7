import { cp, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, run } from './command.mjs';

const NPM_INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund'];
const PLATFORM_BINARY = /@css-inline\/css-inline-/;

/** An application in a folder of its own, like that of a user who installs the package. */
export class Application {
  /** @param {string} folder @param {Record<string, string>} env of what runs in it */
  constructor(folder, env = {}) {
    this.folder = folder;
    this.env = env;
  }

  /** @param {string} template @param {string} folder @param {Record<string, string>} [env] */
  static async fromTemplate(template, folder, env) {
    await cp(template, folder, { recursive: true });
    return new Application(folder, env);
  }

  /** @param {readonly string[]} args of `npm install` @returns {Promise<string>} what npm said */
  install(...args) {
    return run(this.folder, 'npm', [...NPM_INSTALL, ...args]);
  }

  /** @param {string} script path in the application @param {readonly string[]} args */
  node(script, ...args) {
    return run(this.folder, 'node', [script, ...args], { env: this.env });
  }

  /**
   * Type-checks everything, declarations of other packages included.
   *
   * @param {readonly string[]} options further compiler options
   * @returns {Promise<readonly string[]>} the errors, `file(line,column): error TS…`
   */
  async typeErrors(...options) {
    const compiler = 'node_modules/typescript/bin/tsc';
    try {
      await this.node(compiler, '--noEmit', '--skipLibCheck', 'false', '--pretty', 'false', ...options);
      return [];
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return error.output.split('\n').filter((line) => line.includes('error TS'));
    }
  }

  /** Packages with install scripts, which npm runs, or blocks from version 12 on. */
  async packagesWithInstallScript() {
    const { packages } = JSON.parse(await readFile(join(this.folder, 'package-lock.json'), 'utf8'));
    return Object.entries(packages)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path);
  }

  /**
   * Counts the installed packages and the sizes of their files, as registries show them: disk usage depends on block
   * sizes. Leaves out the binaries of css-inline for other platforms than one, since npm, pnpm and Yarn
   * differ in which of them they install.
   *
   * @returns {Promise<{ packages: number, megabytes: number }>}
   */
  async footprint() {
    const modules = join(this.folder, 'node_modules');
    const lock = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'));
    const [, ...others] = Object.keys(lock.packages).filter((path) => PLATFORM_BINARY.test(path));
    const sizes = await Promise.all(others.map((path) => sizeOf(join(this.folder, path))));
    const bytes = (await sizeOf(modules)) - sizes.reduce((sum, size) => sum + size, 0);
    return { packages: Object.keys(lock.packages).length - others.length, megabytes: bytes / 1024 ** 2 };
  }
}

async function sizeOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  let bytes = 0;
  for (const { parentPath, name } of files) bytes += (await lstat(join(parentPath, name))).size;
  return bytes;
}
