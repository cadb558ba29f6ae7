import { MailError } from '../../src/errors/mail-error.js';
import { MailQueueService } from '../../src/mail.queue.service.js';
import { MailService } from '../../src/mail.service.js';
import type { Transport } from '../../src/transport/transport.js';
import { bullmqApp, queueAll } from '../bullmq/application.js';
import { redisMissing, startRedis } from '../bullmq/redis.js';
import type { Figures, Measurement, MeasurementSurroundings } from '../measurements.js';

const MAILS = 20_000;
const DEAD = 2_000;
const SMOKE = 20;
const DAY_MS = 24 * 3_600_000;

const refusing: Transport = {
  name: 'refusing',
  async send() {
    throw new MailError('message-rejected', 'nobody is taken here', { outcome: 'not-sent' });
  },
  async verify() {},
  async close() {},
};

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Some of the mails are dead, the others wait for tomorrow. */
async function operating({ smoke }: MeasurementSurroundings): Promise<Figures> {
  const [all, dead] = smoke ? [SMOKE, SMOKE / 2] : [MAILS, DEAD];
  const redis = await startRedis();
  const app = await bullmqApp(redis.url, refusing, true);
  const [mail, queue] = [app.get(MailService), app.get(MailQueueService)];
  await queueAll(mail, dead);
  await queue.drain();
  queue.pause();
  await queueAll(mail, all - dead, DAY_MS);
  const figures = {
    'stats ms': await msOf(() => queue.stats()),
    'list 100 ms': await msOf(() => queue.list({ limit: 100 })),
    // Of each half the first mail that was queued: the last one that is found.
    'search ms': await msOf(() => queue.list({ to: 'ada0@example.test' })),
    [`retry ${DEAD} ms`]: await msOf(() => queue.retry({ state: 'dead' })),
    [`cancel ${MAILS} ms`]: await msOf(() => queue.cancel({ state: 'waiting' })),
  };
  await app.close();
  await redis.stop();
  return figures;
}

export const bullmqOperator: Measurement = {
  title: `BullMQ: an operator's work over ${MAILS.toLocaleString('en')} mails`,
  candidates: new Map([['MailQueueService', operating]]),
  missing: redisMissing,
};
