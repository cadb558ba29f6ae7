import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
import { end } from '../outage/process-end.mjs';

const READY = 'Ready to accept connections';

/** A Redis that is killed, and started again on what it has written. */
export class RedisProcess {
  #child;
  #args;
  #folder;

  /** @param {string} appendfsync `always` or `everysec` */
  static async start(appendfsync) {
    const redis = new RedisProcess();
    redis.#folder = await mkdtemp(join(tmpdir(), 'drill-'));
    redis.port = await freePort();
    const durable = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', ''];
    const place = ['--port', String(redis.port), '--bind', '127.0.0.1', '--dir', redis.#folder];
    redis.#args = [...place, ...durable];
    await redis.#start();
    return redis;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  async killAndStart() {
    await end(this.#child, 'SIGKILL');
    await this.#start();
  }

  async hang(ms) {
    this.#child.kill('SIGSTOP');
    await pause(ms);
    this.#child.kill('SIGCONT');
  }

  async stop() {
    await end(this.#child, 'SIGKILL');
    await rm(this.#folder, { recursive: true });
  }

  async #start() {
    this.#child = spawn('redis-server', this.#args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const chunk of this.#child.stdout.iterator({ destroyOnReturn: false })) {
      said += chunk;
      if (said.includes(READY)) break;
    }
    if (!said.includes(READY)) throw new Error(`redis-server has ended: ${said}`);
    this.#child.stdout.resume();
  }
}
