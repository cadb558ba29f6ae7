import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');
const DIST = join(ROOT, 'examples/signup/dist');
const POLL_MS = 10;

/** Builds the library and the example, as `npm start` does. */
export async function buildExample(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build-example.mjs'], { cwd: ROOT });
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves once the condition holds, for what gives no event. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** The built example as a process of its own, with nothing in its environment but what it is given. */
export class ExampleProcess {
  /** Ends with the process and everything it had to say. */
  readonly exit: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #events = new EventEmitter();
  readonly #said = { stdout: '', stderr: '' };
  #ended = false;

  /**
   * @param cwd where `.mail` and `templates` are looked for
   * @param entry the web server, or what only delivers
   */
  constructor(cwd: string, env: Readonly<Record<string, string>>, entry: 'main' | 'worker' = 'main') {
    const clean = { PATH: process.env['PATH'], NO_COLOR: '1', ...env };
    const file = join(DIST, `${entry}.js`);
    this.#child = spawn(process.execPath, ['--enable-source-maps', file], { cwd, env: clean });
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this.#said[name] += text;
        this.#events.emit('change');
      });
    }
    this.exit = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.#ended = true;
        this.#events.emit('change');
        resolve({ code, signal });
      });
    });
  }

  get stderr(): string {
    return this.#said.stderr;
  }

  /** Both streams. */
  get output(): string {
    return this.#said.stdout + this.#said.stderr;
  }

  /** Resolves once it has said so, and rejects when it ends without. */
  async says(text: string | RegExp): Promise<void> {
    while (this.output.search(text) < 0) {
      if (this.#ended) throw new Error(`ended without saying ${String(text)}:\n${this.output}`);
      await once(this.#events, 'change');
    }
  }

  /** Resolves once it answers at that port. */
  async answers(port: number): Promise<void> {
    await this.says('Nest application successfully started');
    await until(() =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** Leaves nothing of it behind, whatever it is at. */
  async kill(): Promise<void> {
    if (!this.#ended) this.#child.kill('SIGKILL');
    await this.exit;
  }
}
