import { EventEmitter2 } from '@nestjs/event-emitter';
import { MailQueueService } from '../../src/mail.queue.service.js';
import { MailService } from '../../src/mail.service.js';
import { inParallel } from '../parallel.js';
import { queueingApp } from '../queue/queueing-app.js';
import { mailOf } from '../receipt-mail.js';
import type { Suite } from '../rounds.js';
import type { Task, Work } from '../task.js';
import { ours, WIDTH } from './smtp.js';

const DIRECT = 'sendMany, directly';
const QUEUED = 'queued, then delivered';
/** Callers that fill the spool. */
const FILLING = 100;

const directly = (task: Task): Promise<Work> =>
  ours(task, async (mail, count) => {
    const { signal } = new AbortController();
    const mails = Array.from({ length: count }, (_, index) => mailOf(index));
    return (await mail.sendMany(mails, { signal, concurrency: WIDTH })).sent.length;
  });

/** Ends when the last mail is settled, on a disk. */
async function delivered({ port }: Task): Promise<Work> {
  const app = await queueingApp(port, { concurrency: WIDTH });
  const [mail, queue, events] = [app.get(MailService), app.get(MailQueueService), app.get(EventEmitter2)];
  let sent = 0;
  events.on('mail.sent', () => sent++);
  return {
    async before(count) {
      queue.pause();
      sent = 0;
      await inParallel(count, FILLING, (index) => mail.queue(mailOf(index)));
    },
    async run() {
      queue.resume();
      await queue.drain();
      return sent;
    },
    close: () => app.close(),
  };
}

export const queueDrain: Suite = {
  title: 'Queue: a spool that was filled before, until all of it is delivered and settled',
  candidates: new Map([
    [DIRECT, directly],
    [QUEUED, delivered],
  ]),
  against: new Map([[DIRECT, [QUEUED]]]),
  batch: () => 3_000,
  sends: true,
};
