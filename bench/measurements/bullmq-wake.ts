import { setTimeout as pause } from 'node:timers/promises';
import { MailService } from '../../src/mail.service.js';
import { bullmqApp } from '../bullmq/application.js';
import { clockMs } from '../bullmq/clock.js';
import { redisMissing, startRedis } from '../bullmq/redis.js';
import { WorkerProcess } from '../bullmq/worker-process.js';
import { type Figures, type Measurement, type MeasurementSurroundings, quantile } from '../measurements.js';

const MAILS = 60;
const SMOKE_MAILS = 2;
/** Not measured: the process compiles its code. */
const WARM_UP = 5;

/** Pauses of different lengths, so that no mail comes in step with a look of the worker. */
const pauseMs = (index: number): number => 200 + ((index * 37) % 300);

/** One mail at a time, into a queue that is idle. */
async function waking({ smoke }: MeasurementSurroundings): Promise<Figures> {
  const redis = await startRedis();
  const worker = await WorkerProcess.start(redis.url, 0);
  const app = await bullmqApp(redis.url, 'memory:', false);
  const begun = new Map<string, (ms: number) => void>();
  worker.child.on('message', (message) => {
    if (isBegun(message)) begun.get(message.messageId)?.(message.begunMs);
  });
  const mail = app.get(MailService);
  const taken: number[] = [];
  for (let index = -WARM_UP; index < (smoke ? SMOKE_MAILS : MAILS); index++) {
    await pause(pauseMs(index + WARM_UP));
    const messageId = `<wake-${index}@example.test>`;
    const beginning = new Promise<number>((resolve) => begun.set(messageId, resolve));
    const asked = clockMs();
    await mail.queue({ to: 'ada@example.test', subject: 'Your code', text: '123456', messageId });
    const ms = (await beginning) - asked;
    if (index >= 0) taken.push(ms);
  }
  await worker.stop();
  await app.close();
  await redis.stop();
  return { 'p50 ms': quantile(taken, 0.5), 'p95 ms': quantile(taken, 0.95) };
}

function isBegun(value: unknown): value is { readonly messageId: string; readonly begunMs: number } {
  return typeof value === 'object' && value !== null && 'messageId' in value && 'begunMs' in value;
}

export const bullmqWake: Measurement = {
  title: 'BullMQ: from queue() to the attempt in another process, idle until then',
  candidates: new Map([['one mail at a time', waking]]),
  missing: redisMissing,
};
