import { cp, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, run } from './command.mjs';

const NPM_INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund'];

/** An application in a folder of its own, as somebody who installs the package has one. */
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
   * Type-checks everything, other packages' declarations included.
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

  /** Packages whose install scripts npm would run, or blocks from version 12 on. */
  async packagesWithInstallScript() {
    const { packages } = JSON.parse(await readFile(join(this.folder, 'package-lock.json'), 'utf8'));
    return Object.entries(packages)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path);
  }

  /** @returns {Promise<{ packages: number, megabytes: number }>} what is installed, by disk use */
  async footprint() {
    const modules = join(this.folder, 'node_modules');
    const lock = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'));
    const bytes = await diskUse(modules);
    return { packages: Object.keys(lock.packages).length, megabytes: Math.round(bytes / 1024 ** 2) };
  }
}

async function diskUse(folder) {
  const entries = await readdir(folder, { recursive: true });
  let bytes = 0;
  for (const entry of entries) bytes += (await lstat(join(folder, entry))).blocks * 512;
  return bytes;
}
