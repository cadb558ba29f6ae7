import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { afterCleanup } from '../support/application.js';
import { freePort, RedisServer } from '../support/redis-server.js';

const NAME = 'mails';

/** A primary, its replica, and a Sentinel that makes the replica the primary; until `cleanup`. */
export class SentinelSetup {
  private constructor(
    readonly primary: RedisServer,
    readonly replica: RedisServer,
    private readonly port: number,
  ) {}

  static async start(): Promise<SentinelSetup> {
    const [primary, replica] = [await RedisServer.start(AT_ONCE), await RedisServer.start(AT_ONCE)];
    for (const { close } of [primary, replica]) afterCleanup(close);
    await replica.tell((redis) => redis.replicaof('127.0.0.1', primary.port));
    const setup = new SentinelSetup(primary, replica, await freePort());
    await setup.replicated();
    await setup.#watch();
    return setup;
  }

  /** For the module. */
  get connection(): RedisOptions {
    return { sentinels: [{ host: '127.0.0.1', port: this.port }], name: NAME };
  }

  /** Resolves when the replica has all that was written so far. */
  async replicated(): Promise<void> {
    const count = await this.primary.tell(async (redis) => {
      await redis.set('replicated', '1');
      return redis.wait(1, 10_000);
    });
    expect(count).toBe(1);
  }

  /** Says something to the Sentinel. */
  async tell(...words: readonly string[]): Promise<unknown> {
    const redis = new Redis(this.port, '127.0.0.1');
    try {
      return await redis.call('SENTINEL', ...words);
    } finally {
      redis.disconnect();
    }
  }

  /** Resolves when it has published this event; listens before `failOver` is called. */
  async published(event: string, failOver: () => Promise<unknown>): Promise<void> {
    const redis = new Redis(this.port, '127.0.0.1');
    try {
      await redis.subscribe(event);
      const message = once(redis, 'message');
      await failOver();
      await message;
    } finally {
      redis.disconnect();
    }
  }

  async #watch(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'sentinel-'));
    const file = join(folder, 'sentinel.conf');
    await writeFile(file, settings(this.port, this.primary.port));
    const child = spawn('redis-server', [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'inherit'] });
    afterCleanup(async () => {
      if (child.kill('SIGKILL')) await once(child, 'close');
      await rm(folder, { recursive: true });
    });
    // It needs to know the replica before it can choose it.
    await said(child, '+slave ');
  }
}

const AT_ONCE = { 'repl-diskless-sync-delay': '0' };

const settings = (port: number, primary: number): string => `
port ${port}
bind 127.0.0.1
sentinel monitor ${NAME} 127.0.0.1 ${primary} 1
sentinel down-after-milliseconds ${NAME} 500
sentinel failover-timeout ${NAME} 5000
`;

async function said(child: ChildProcess, words: string): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes(words)) resolve();
    });
    child.once('close', () => reject(new Error(`Sentinel has ended: ${text}`)));
  });
}
