import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { getMailQueueName } from '../../src/bullmq/index.js';
import { MailQueueService } from '../../src/mail.queue.service.js';
import { MailService } from '../../src/mail.service.js';
import { bullmqApp, type Place } from '../bullmq/application.js';
import { redisMissing, startRedis } from '../bullmq/redis.js';
import type { Suite } from '../rounds.js';
import type { Prepare } from '../task.js';

const WORKERS = [1, 2, 4];
const MAILS = 3_000;
/** Mails before the clock starts, so that workers have compiled their code. */
const WARM_UP = 1_000;
const CALLERS = 100;

function* mails(count: number) {
  for (let index = 0; index < count; index++) {
    yield { to: `ada${index}@example.test`, subject: `Mail ${index}`, text: 'x'.repeat(3_000) };
  }
}

async function queueAll(mail: MailService, count: number): Promise<number> {
  const run = mail.queueMany(mails(count), { concurrency: CALLERS });
  return (await run).queued.length;
}

/** Durable mails a second, from one process. */
const enqueue: Prepare = async ({ port }) => {
  const redis = await startRedis();
  const app = await bullmqApp({ url: redis.url, port }, false);
  return {
    run: (count) => queueAll(app.get(MailService), count),
    async close() {
      await app.close();
      await redis.stop();
    },
  };
};

async function startWorker({ url, port }: Place): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('../bullmq/worker.js', import.meta.url)), [url, String(port)]);
  await once(child, 'message');
  return child;
}

async function stopWorker(child: ChildProcess): Promise<void> {
  child.kill();
  await once(child, 'exit');
}

/** Delivers already queued mails by several processes, which rest while mails are queued. */
const drain =
  (count: number): Prepare =>
  async ({ port, batch }) => {
    const redis = await startRedis();
    const place = { url: redis.url, port };
    const app = await bullmqApp(place, false);
    const lane = new Queue(getMailQueueName(), { connection: { url: redis.url } });
    const workers = await Promise.all(Array.from({ length: count }, () => startWorker(place)));
    await queueAll(app.get(MailService), Math.min(batch, WARM_UP) * count);
    await app.get(MailQueueService).drain();
    await lane.pause();
    await queueAll(app.get(MailService), batch);
    return {
      async run(wanted) {
        await lane.resume();
        await app.get(MailQueueService).drain();
        return wanted;
      },
      async close() {
        await Promise.all(workers.map(stopWorker));
        await lane.close();
        await app.close();
        await redis.stop();
      },
    };
  };

const drains = WORKERS.map((count) => [`drain, ${count} processes`, drain(count)] as const);

export const queueBullmq: Suite = {
  title: 'BullMQ: durable on Redis, and out of it over SMTP by several processes',
  candidates: new Map<string, Prepare>([['queueMany', enqueue], ...drains]),
  against: new Map(),
  batch: () => MAILS,
  cold: true,
  missing: redisMissing,
};
