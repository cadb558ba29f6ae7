import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { COMPILED } from '../support/spool-thread.js';

/**
 * `mailroom` as a process of its own: ES modules, run by Node. Under jest a dynamic import is a `require`,
 * and there are no signals.
 */
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

  constructor(cwd: string, ...args: string[]) {
    const script = join(COMPILED, 'cli/mailroom.js');
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
