import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** In memory where there is such a place: what these tests are about is not the speed of a disk. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A Redis of the tests' own, which keeps what it is told. */
export class RedisServer {
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** @param settings may depend on its port */
  static async start(settings: Settings | ((port: number) => Settings) = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(PARENT, 'redis-')));
    await server.start(typeof settings === 'function' ? settings(server.port) : settings);
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, again on the data it had. */
  async start(settings: Settings = {}): Promise<void> {
    const all = {
      port: `${this.port}`,
      dir: this.folder,
      bind: '127.0.0.1',
      save: '',
      ...DURABLE,
      ...settings,
    };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += String(chunk);
        if (said.includes('Ready to accept connections')) resolve();
      });
      child.once('error', reject);
      child.once('close', () => reject(new Error(`redis-server ended: ${said}`)));
    });
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.kill('SIGKILL')) await once(child, 'close');
  }

  /** It hangs until it is told to go on. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Says something to it. */
  async tell<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.port, '127.0.0.1');
    try {
      return await work(redis);
    } finally {
      await redis.quit();
    }
  }

  readonly close = async (): Promise<void> => {
    this.thaw();
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  };
}

type Settings = Readonly<Record<string, string>>;

const DURABLE = { appendonly: 'yes', appendfsync: 'always' };

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
