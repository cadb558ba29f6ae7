import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { getMailQueueName } from '../../src/bullmq/index.js';
import { type BenchRedis, redisMissing, startRedis, type Work } from '../bullmq/redis.js';
import { WorkerProcess } from '../bullmq/worker-process.js';
import type { Figures, Measurement, MeasurementSurroundings } from '../measurements.js';

const PROCESSES = [1, 2, 4];
const MAILS = 4_000;
/** Mails before the clock starts, so that processes have compiled their code. */
const WARM_UP = 1_000;
const SMOKE_MAILS = 20;
const IDLE_S = 5;
const SMOKE_IDLE_S = 0.2;
const LOOK_MS = 25;

interface Phase extends Work {
  readonly seconds: number;
}

async function phase(redis: BenchRedis, work: () => Promise<unknown>): Promise<Phase> {
  const [before, started] = [await redis.work(), performance.now()];
  await work();
  const seconds = (performance.now() - started) / 1000;
  const after = await redis.work();
  return {
    seconds,
    commands: after.commands - before.commands,
    aofBytes: after.aofBytes - before.aofBytes,
  };
}

async function sent(lane: Queue, count: number): Promise<void> {
  while ((await lane.getCompletedCount()) < count) await pause(LOOK_MS);
}

/** Queued by all processes, and then delivered by all; workers rest while mails are queued. */
async function passing(processes: number, { sink, smoke }: MeasurementSurroundings): Promise<Figures> {
  const redis = await startRedis();
  const workers = await Promise.all(
    Array.from({ length: processes }, () => WorkerProcess.start(redis.url, sink.port)),
  );
  const lane = new Queue(getMailQueueName(), { connection: { url: redis.url } });
  const queue = (mails: number) => Promise.all(workers.map((worker) => worker.queue(mails / processes)));
  const [mails, warmUp] = smoke ? [SMOKE_MAILS, SMOKE_MAILS] : [MAILS, WARM_UP * processes];
  await queue(warmUp);
  await sent(lane, warmUp);
  const idle = await phase(redis, () => pause((smoke ? SMOKE_IDLE_S : IDLE_S) * 1000));
  await lane.pause();
  const adding = await phase(redis, () => queue(mails));
  const draining = await phase(redis, async () => {
    await lane.resume();
    await sent(lane, warmUp + mails);
  });
  await Promise.all(workers.map((worker) => worker.stop()));
  await lane.close();
  await redis.stop();
  return {
    'queued a second': mails / adding.seconds,
    'sent a second': mails / draining.seconds,
    'commands to queue': adding.commands / mails,
    'to send': draining.commands / mails,
    'AOF bytes a mail': (adding.aofBytes + draining.aofBytes) / mails,
    'idle commands a second, each': idle.commands / idle.seconds / processes,
  };
}

export const bullmqMails: Measurement = {
  title: 'BullMQ: mails of 3 kB, durable on Redis, and out of it over SMTP',
  candidates: new Map(
    PROCESSES.map((count) => [
      count === 1 ? '1 process' : `${count} processes`,
      (surroundings: MeasurementSurroundings) => passing(count, surroundings),
    ]),
  ),
  missing: redisMissing,
};
