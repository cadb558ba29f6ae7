import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { afterCleanup } from './application.js';
import { COMPILED } from './spool-thread.js';

const SCRIPT = join(__dirname, '../deliver/queue-process.mjs');

export interface QueueProcessSettings {
  readonly name?: string;
  readonly stays?: boolean;
  readonly shutdownTimeout?: number;
  readonly ends?: 'close' | 'alone';
  readonly deadly?: string;
  readonly later?: number;
}

export interface QueueProcessTask {
  /** Of the spool. */
  readonly path: string;
  /** Of the SMTP server. */
  readonly port: number;
  /** Mails it queues first. */
  readonly count: number;
}

/** An application on the spool as a process of its own, see `queue-process.mjs`; gone with `cleanup`. */
export class QueueProcess {
  readonly exit: Promise<readonly unknown[]>;
  readonly #child: ChildProcess;
  readonly #events = new EventEmitter();
  #said = '';
  #ended = false;

  constructor({ path, port, count }: QueueProcessTask, settings: QueueProcessSettings = {}) {
    const task = [COMPILED, path, String(port), String(count), JSON.stringify(settings)];
    this.#child = spawn(process.execPath, [SCRIPT, ...task], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
      this.#events.emit('change');
    });
    this.exit = once(this.#child, 'close').then((how) => {
      this.#ended = true;
      this.#events.emit('change');
      return how;
    });
    afterCleanup(async () => void (await this.kill()));
  }

  /** Line by line. */
  get lines(): readonly string[] {
    return this.#said.split('\n').slice(0, -1);
  }

  /** Resolves when it has printed the line, and rejects when it ends without. */
  async said(line: string): Promise<void> {
    while (!this.lines.includes(line)) {
      if (this.#ended) throw new Error(`the process ended without saying ${line}`);
      await once(this.#events, 'change');
    }
  }

  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  async kill(): Promise<readonly unknown[]> {
    if (!this.#ended) this.#child.kill('SIGKILL');
    return this.exit;
  }
}
