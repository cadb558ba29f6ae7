import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Figures, isFigures, type Task } from './task.js';

/** A process that measures tasks, one after another. */
export class MeasuringProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  /** @param child the program, of this build or of another */
  constructor(child = new URL('child.js', import.meta.url)) {
    this.#child = fork(fileURLToPath(child), { env: { ...process.env, NODE_ENV: 'production' } });
    this.#exit = once(this.#child, 'exit');
  }

  /** Measures a task without the compiled code and the heap of another candidate. */
  static async measureAlone(task: Task, child?: URL): Promise<Figures> {
    const own = new MeasuringProcess(child);
    const figures = await own.measure(task);
    await own.end();
    return figures;
  }

  async measure(task: Task): Promise<Figures> {
    const answer = once(this.#child, 'message');
    this.#child.send(task);
    const [figures] = await Promise.race([answer, this.#exit.then((): unknown[] => [])]);
    if (isFigures(figures)) return figures;
    throw new Error(`${task.suite}: ${task.candidate} failed`);
  }

  /** Resolves once the process has closed everything. */
  async end(): Promise<void> {
    this.#child.disconnect();
    await this.#exit;
    if (this.#child.exitCode !== 0) throw new Error('the measuring process failed at its end');
  }
}
