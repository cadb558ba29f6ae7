import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Figures, type Measurement, type MeasurementSurroundings, quantile } from '../measurements.js';
import type { WebRole } from '../queue/web-server.js';

const PER_SECOND = 200;
const WARM_UP_S = 4;
const MEASURED_S = 10;
const SMOKE_S = 0.2;

/** Milliseconds from the request to the last byte of its answer. */
async function post(port: number, agent: Agent): Promise<number> {
  const started = performance.now();
  const asked = request({ host: '127.0.0.1', port, path: '/signup', method: 'POST', agent }).end();
  const answers: unknown[] = await once(asked, 'response');
  const [response] = answers;
  if (!isIncoming(response)) throw new TypeError('expected a response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 201) throw new Error(`the server answered ${response.statusCode}`);
  return performance.now() - started;
}

function isIncoming(value: unknown): value is NodeJS.ReadableStream & { readonly statusCode: number } {
  return typeof value === 'object' && value !== null && 'statusCode' in value && 'resume' in value;
}

/** Sends at an even rate, whether the answers keep up or not. */
async function requests(port: number, seconds: number): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const latencies: Array<Promise<number>> = [];
  for (let index = 0; index < seconds * PER_SECOND; index++) {
    await pause(Math.max(0, started + (index * 1000) / PER_SECOND - performance.now()));
    latencies.push(post(port, agent));
  }
  const all = await Promise.all(latencies);
  // Otherwise the server would wait for kept-alive connections.
  agent.destroy();
  return all;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const answers: unknown[] = await once(child, 'message');
  return answers[0];
}

async function serving(role: WebRole, { sink, smoke }: MeasurementSurroundings): Promise<Figures> {
  const script = fileURLToPath(new URL('../queue/web-server.js', import.meta.url));
  const child = fork(script, [role, String(sink.port)], { env: { ...process.env, NODE_ENV: 'production' } });
  const port = await answerOf(child);
  if (typeof port !== 'number') throw new TypeError('the web server named no port');
  await requests(port, smoke ? SMOKE_S : WARM_UP_S);
  child.send('measure');
  const latencies = await requests(port, smoke ? SMOKE_S : MEASURED_S);
  child.send('stop');
  const answer = await answerOf(child);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return {
    'loop p99 ms': figure(answer, 'loopP99Ms'),
    'latency p50 ms': quantile(latencies, 0.5),
    'latency p95 ms': quantile(latencies, 0.95),
    'peak MiB': figure(answer, 'peakMiB'),
  };
}

function figure(answer: unknown, name: string): number {
  const figures: Readonly<Record<string, unknown>> =
    typeof answer === 'object' && answer !== null ? { ...answer } : {};
  return Number(figures[name]);
}

export const queueWeb: Measurement = {
  title: `Queue: a Nest server that gets ${PER_SECOND} requests a second, each of which makes a mail and…`,
  candidates: new Map([
    ['renders it only', (surroundings) => serving('render', surroundings)],
    ['queues it; another process delivers', (surroundings) => serving('queue', surroundings)],
    ['queues it, and delivers', (surroundings) => serving('queue and deliver', surroundings)],
  ]),
};
