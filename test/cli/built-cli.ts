import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';

const ROOT = join(__dirname, '../..');

/**
 * The command line as it is installed: ES modules, run by Node. Under jest a dynamic import is a
 * `require`, and there are no signals.
 */
export class BuiltCli {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Without types, which takes a fraction of the real build's time. */
  static async build(): Promise<BuiltCli> {
    const folder = await mkdtemp(join(tmpdir(), 'mailroom-'));
    await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const entries = await readdir(join(ROOT, 'src'), { recursive: true });
    const sources = entries.filter((path) => path.endsWith('.ts'));
    await Promise.all(sources.map((path) => transpile(path, join(folder, 'dist'))));
    return new BuiltCli(folder);
  }

  start(cwd: string, ...args: string[]): CliProcess {
    return new CliProcess(join(this.#folder, 'dist/cli/mailroom.js'), cwd, args);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

async function transpile(path: string, target: string): Promise<void> {
  const { code } = await transformFile(join(ROOT, 'src', path), {
    swcrc: false,
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  const out = join(target, path.replace(/\.ts$/, '.js'));
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, code);
}

/** `mailroom` as a process of its own. */
export class CliProcess {
  /** Ends with the process and everything it had to say. */
  readonly end: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly out: string;
    readonly err: string;
  }>;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';

  constructor(script: string, cwd: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    this.end = this.#run();
  }

  get out(): string {
    return this.#out;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async #run(): CliProcess['end'] {
    await once(this.#child, 'close');
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, out: this.#out, err: this.#err };
  }
}
