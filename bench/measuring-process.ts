import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Figures, isFigures, type Task } from './task.js';

/** A process that measures tasks, one after another. */
export class MeasuringProcess {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('child.js', import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  readonly #exit = once(this.#child, 'exit');

  /** Measures a task without the compiled code and the heap of another candidate. */
  static async measureAlone(task: Task): Promise<Figures> {
    const own = new MeasuringProcess();
    const figures = await own.measure(task);
    await own.end();
    return figures;
  }

  async measure(task: Task): Promise<Figures> {
    const answer = once(this.#child, 'message');
    this.#child.send(task);
    const answers: unknown[] = await Promise.race([answer, this.#exit]);
    const [figures] = answers;
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
