import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bullmq } from 'nest-mailroom/bullmq';
import { afterCleanup, cleanup } from '../support/application.js';
import { queueing } from '../support/queueing.js';
import { RedisServer } from '../support/redis-server.js';
import { startScriptedServer, type ScriptedServer } from '../support/scripted-server.js';
import { COMPILED } from '../support/spool-thread.js';
import { lapse } from './redis-of-suite.js';

const SCRIPT = join(__dirname, 'worker-process.mjs');
const ACTIVE = 'bull:mail-default:active';
const MAILS = 2_000;
const CONCURRENCY = 10;
const WORKERS = 2;
/** One worker after the other, after so many mails have arrived, in sum. */
const KILLS = [150, 420, 700, 1_100, 1_500];

afterEach(cleanup);

class Worker {
  readonly #child: ChildProcess;
  #text = '';

  constructor(url: string, port: number, count: number, deadly?: string) {
    const task = [COMPILED, url, String(port), String(count), ...(deadly === undefined ? [] : [deadly])];
    this.#child = spawn(process.execPath, [SCRIPT, ...task], {
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

  /** By what signal it ended. */
  async end(): Promise<string | null> {
    if (!this.#ended) await once(this.#child, 'close');
    return this.#child.signalCode;
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

/** As time would. */
async function endLocks(redis: RedisServer): Promise<void> {
  await redis.tell(async (client) => {
    await lapse(client, await client.lrange(ACTIVE, 0, -1), { prefix: 'bull' });
  });
}

test('a mail that ends its process is kept aside after three times, and takes no other along', async () => {
  const [count, deadly] = [12, 'Mail 3'];
  const redis = await RedisServer.start();
  afterCleanup(redis.close);
  for (const crash of [0, 1, 2]) {
    const worker = new Worker(redis.url, 1, crash === 0 ? count : 0, deadly);
    expect(await worker.end()).toBe('SIGKILL');
    await endLocks(redis);
  }
  const { queue } = await queueing(
    'memory:',
    { driver: 'bullmq', url: redis.url, deliver: false },
    { use: [bullmq()] },
  );
  expect((await queue.stats()).states).toMatchObject({ dead: 0 });
  const survivor = new Worker(redis.url, 1, 0, deadly);
  await survivor.said('drained');
  expect((await queue.stats()).states).toMatchObject({ sent: count - 1, dead: 1 });
  const [dead] = await queue.list({ state: 'dead' });
  expect(dead).toMatchObject({ subject: deadly, attempts: [{ error: { code: 'ambiguous' } }] });
}, 60_000);
