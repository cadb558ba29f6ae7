import { chown, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { run } from '../package/command.mjs';
import { addQuickStart, installLine, scaffold } from './scaffold.mjs';
import { signUpOnce } from './website.mjs';

const COMPLETE_LOCK = join(import.meta.dirname, '../complete-lockfile.mjs');
const SOURCES = join(import.meta.dirname, '../../test/consumers/signup');
/** The user `nobody`. */
const NOBODY = 65_534;
const LONG = { timeout: 300_000 };

/** An application from `nest new` with the quick start in it. Its checks resolve with the faults they found. */
export class ScaffoldedApp {
  /** @readonly */
  #folder;
  /** @readonly */
  #place;

  /** @param {{ folder: string, cli: string, tarball: string, nest: number, manager: object, extra: string[] }} place */
  constructor(place) {
    this.#folder = place.folder;
    this.#place = place;
  }

  async install() {
    const { cli, nest, manager, tarball, extra } = this.#place;
    await scaffold(cli, this.#folder, this.#isEsm);
    const packages = [tarball, ...(await installLine(nest)), ...(await sqlite()), ...extra];
    await manager.install(this.#folder, packages);
    await this.#run(manager.program('nest-mailroom', 'init'));
    return [];
  }

  async specs() {
    const { script } = this.#place.manager;
    await this.#run(script('test'));
    await this.#run(script('test:e2e'));
    return [];
  }

  /** @param {{ args?: readonly string[], entry?: string, env?: Record<string, string> }} [how] */
  async builds({ args = [], entry, env = {} } = {}) {
    await this.#build(...args);
    return this.#signsUp(entry ?? 'dist/main.js', env);
  }

  /** A file beside `src` moves the whole output one folder down. */
  async buildsBelow() {
    await writeFile(join(this.#folder, 'data-source.ts'), 'export const host = process.env.DATABASE_HOST;\n');
    const complaints = await this.builds({ entry: 'dist/src/main.js' });
    await rm(join(this.#folder, 'data-source.ts'));
    return complaints;
  }

  async buildsHybrid() {
    await cp(join(SOURCES, 'hybrid.ts'), join(this.#folder, 'src/main.ts'));
    return this.builds({ env: { MESSAGES_PORT: `${await freePort()}` } });
  }

  /** The scaffold becomes the first of two applications. */
  async buildsTwo() {
    const { program } = this.#place.manager;
    await this.#run(program('nest', 'generate', 'app', 'admin'));
    await addQuickStart(join(this.#folder, 'apps/admin'), 'Admin', this.#isEsm);
    const complaints = [];
    for (const name of ['shop', 'admin']) {
      await this.#run(program('nest-mailroom', 'init', '--project', name));
      // The spec that Nest 11 generates for a second application calls a module namespace, and fails by itself.
      await this.#run(program('jest', '--config', `apps/${name}/test/jest-e2e.json`, 'signup'));
      await this.#build(name);
      complaints.push(...(await this.#signsUp(`dist/apps/${name}/main.js`)));
    }
    return complaints;
  }

  /** Runs as in an image: the build and its dependencies, nothing writable but one volume. */
  async deploys() {
    const image = `${this.#folder}-image`;
    const volume = `${this.#folder}-volume`;
    await Promise.all([mkdir(image), mkdir(volume)]);
    for (const name of ['dist', 'package.json', 'package-lock.json']) {
      await cp(join(this.#folder, name), join(image, name), { recursive: true });
    }
    // npm leaves out other platforms' binaries if the registry at hand lacks them.
    await run(image, 'node', [COMPLETE_LOCK, join(image, 'package-lock.json')]);
    await run(image, 'npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], LONG);
    await run(image, 'chmod', ['-R', 'a-w', '.']);
    const isRoot = process.getuid() === 0;
    if (isRoot) await chown(volume, NOBODY, NOBODY);
    const env = { MAIL_SPOOL_PATH: join(volume, 'spool.db') };
    const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const complaints = await signUpOnce(
      image,
      ['node', ['dist/main.js']],
      { NODE_ENV: 'production', ...env },
      user,
    );
    await run(image, 'chmod', ['-R', 'u+w', '.']);
    const kept = await readdir(volume);
    return kept.includes('spool.db')
      ? complaints
      : [...complaints, `the volume has no spool.db: ${kept.join()}`];
  }

  get #isEsm() {
    return this.#place.nest >= 12;
  }

  #run([program, args]) {
    return run(this.#folder, program, args, LONG);
  }

  async #build(...args) {
    await rm(join(this.#folder, 'dist'), { recursive: true, force: true });
    // Otherwise an incremental build takes removed files for up to date.
    await rm(join(this.#folder, 'tsconfig.build.tsbuildinfo'), { force: true });
    await this.#run(this.#place.manager.script('build', ...args));
  }

  async #signsUp(entry, env = {}) {
    // A queue for each: a mail that a stopped application left is sent again by the next one.
    const spool = join(await mkdtemp(join(this.#folder, 'spool-')), 'spool.db');
    const command = this.#place.manager.node([entry]);
    return signUpOnce(this.#folder, command, { NODE_ENV: 'production', MAIL_SPOOL_PATH: spool, ...env });
  }
}

/** Settings that the queue needs, by the README. */
async function sqlite() {
  return process.getBuiltinModule('node:sqlite') === undefined ? ['libsql'] : [];
}
