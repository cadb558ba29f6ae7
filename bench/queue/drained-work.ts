import { EventEmitter2 } from '@nestjs/event-emitter';
import { MailQueueService } from '../../src/mail.queue.service.js';
import { MailService } from '../../src/mail.service.js';
import { inParallel } from '../parallel.js';
import type { Work } from '../task.js';
import type { QueueingApp } from './queueing-app.js';

/** Callers that fill the queue. */
const FILLING = 100;

/** Ends when the last mail is settled, on a disk. */
export function drainedWork(
  app: QueueingApp,
  queueMail: (mail: MailService, index: number) => Promise<unknown>,
): Work {
  const [mail, queue, events] = [app.get(MailService), app.get(MailQueueService), app.get(EventEmitter2)];
  let sent = 0;
  events.on('mail.sent', () => sent++);
  return {
    async before(count) {
      queue.pause();
      sent = 0;
      await inParallel(count, FILLING, (index) => queueMail(mail, index));
    },
    async run() {
      queue.resume();
      await queue.drain();
      return sent;
    },
    close: () => app.close(),
  };
}
