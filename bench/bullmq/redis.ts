import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export const redisMissing = (): string | undefined =>
  spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server is not installed';

/** What a Redis did since it was started. */
export interface Work {
  /** Those of scripts included. */
  readonly commands: number;
  readonly aofBytes: number;
}

export interface BenchRedis {
  readonly url: string;
  work(): Promise<Work>;
  stop(): Promise<void>;
}

/** A Redis that keeps data as the manual asks: it writes to the disk before it answers. */
export async function startRedis(): Promise<BenchRedis> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'mailroom-redis-'));
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  // What is written is measured: a rewrite would make the file small again.
  durable.push('--auto-aof-rewrite-percentage', '0');
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...durable];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await listening(child);
  const redis = new Redis(port, '127.0.0.1');
  return {
    url: `redis://127.0.0.1:${port}`,
    work: () => workOf(redis),
    async stop() {
      redis.disconnect();
      child.kill();
      await once(child, 'close');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function workOf(redis: Redis): Promise<Work> {
  const [calls, persistence] = [await redis.info('commandstats'), await redis.info('persistence')];
  const counts = [...calls.matchAll(/calls=(\d+)/g)].map(([, count]) => Number(count));
  return {
    commands: counts.reduce((sum, count) => sum + count, 0),
    aofBytes: Number(/aof_current_size:(\d+)/.exec(persistence)?.[1]),
  };
}

async function listening(child: ChildProcess): Promise<void> {
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
    child.emit('said');
  });
  while (!said.includes('Ready to accept connections')) await once(child, 'said');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new TypeError('the server has no port');
  return address.port;
}
