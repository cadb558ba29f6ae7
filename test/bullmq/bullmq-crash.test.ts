import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterCleanup, cleanup } from '../support/application.js';
import { RedisServer } from '../support/redis-server.js';
import { startScriptedServer, type ScriptedServer } from '../support/scripted-server.js';
import { COMPILED } from '../support/spool-thread.js';

const SCRIPT = join(__dirname, 'worker-process.mjs');
const MAILS = 2_000;
const CONCURRENCY = 10;
const WORKERS = 2;
/** One worker after the other, after so many mails have arrived, in sum. */
const KILLS = [150, 420, 700, 1_100, 1_500];

afterEach(cleanup);

class Worker {
  readonly #child: ChildProcess;
  #text = '';

  constructor(url: string, port: number, count: number) {
    this.#child = spawn(process.execPath, [SCRIPT, COMPILED, url, String(port), String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.#text += String(chunk);
      this.#child.emit('said');
    });
    afterCleanup(() => this.kill());
  }

  async said(word: string): Promise<void> {
    while (!this.#text.includes(word)) {
      if (this.#ended) throw new Error(`a worker ended without saying ${word}`);
      await Promise.race([once(this.#child, 'said'), once(this.#child, 'close')]);
    }
  }

  async kill(): Promise<void> {
    if (!this.#ended && this.#child.kill('SIGKILL')) await once(this.#child, 'close');
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

const messageIds = ({ bodies }: ScriptedServer): readonly string[] =>
  bodies.map((body) => /^Message-ID: (.*)$/m.exec(body)?.[1] ?? '');

test('kill -9 of workers at any moment loses no mail, and repeats no more than were being sent', async () => {
  let arrived = 0;
  let awaited = Number.POSITIVE_INFINITY;
  let reached: () => void = () => undefined;
  const smtp = await startScriptedServer((line) => {
    if (line.startsWith('END') && ++arrived >= awaited) reached();
    return undefined;
  });
  afterCleanup(smtp.close);
  const redis = await RedisServer.start();
  afterCleanup(redis.close);
  const start = (count: number): Worker => new Worker(redis.url, smtp.port, count);
  const workers = [start(MAILS), start(0)];
  await workers[0]?.said('queued');
  for (const [index, count] of KILLS.entries()) {
    if (arrived < count) {
      const coming = new Promise<void>((resolve) => {
        reached = resolve;
      });
      awaited = count;
      await coming;
    }
    await workers[index % WORKERS]?.kill();
    workers[index % WORKERS] = start(0);
  }
  await Promise.all(workers.map((worker) => worker.said('drained')));
  const ids = messageIds(smtp);
  const duplicates = ids.length - new Set(ids).size;
  const bound = KILLS.length * CONCURRENCY;
  console.info(
    `BullMQ, ${WORKERS} workers: ${MAILS} mails, ${KILLS.length} kills, ${MAILS - new Set(ids).size} lost, ${duplicates} duplicates, bound ${bound}`,
  );
  expect(new Set(ids).size).toBe(MAILS);
  expect(duplicates).toBeLessThanOrEqual(bound);
}, 180_000);
