import { MailLog } from '../../../src/log/mail-log.js';
import { QueueDelivery } from '../../../src/deliver/worker/queue-delivery.js';
import type { QueueWorker } from '../../../src/deliver/worker/queue-worker.js';
import type { MailQueue } from '../../../src/queue/mail-queue.js';
import { MemoryQueue } from '../../../src/queue/memory-queue.js';
import { dueMail } from '../../queue/spool-mails.js';

/** A queue that opens when the test says so. */
class SlowQueue extends MemoryQueue {
  override open = (): Promise<void> => this.opening;
  finish: () => void = () => undefined;
  readonly opening = new Promise<void>((resolve) => {
    this.finish = resolve;
  });
}

/** A delivery with one worker, and what that one was told. */
function deliveryOf(queue: MailQueue): { readonly delivery: QueueDelivery; readonly heard: string[] } {
  const heard: string[] = [];
  const deliveries = { takes: () => true, owe: () => undefined, wake: () => undefined };
  const worker: QueueWorker = {
    deliveries: deliveries as unknown as QueueWorker['deliveries'],
    start: () => void heard.push('start'),
    stop: async () => void heard.push('stop'),
  };
  const delivery = new QueueDelivery({
    mailers: [],
    queue,
    workers: [worker],
    publish: () => undefined,
    now: () => new Date(),
    log: new MailLog(),
  });
  return { delivery, heard };
}

test('nothing begins to deliver if a stop came while the queue was opening', async () => {
  const queue = new SlowQueue(() => new Date());
  const { delivery, heard } = deliveryOf(queue);
  const every = jest.spyOn(globalThis, 'setInterval');
  const opened = delivery.open();
  const stopped = delivery.stop();
  queue.finish();
  await Promise.all([opened, stopped]);
  expect(heard).toEqual(['stop']);
  expect(every).not.toHaveBeenCalled();
  every.mockRestore();
});

test('a mail queued after a stop is kept for the next start; after the end it is refused', async () => {
  const queue = new MemoryQueue(() => new Date());
  const { delivery, heard } = deliveryOf(queue);
  const every = jest.spyOn(globalThis, 'setInterval');
  await delivery.stop();
  await delivery.add(dueMail());
  expect((await queue.stats()).states.waiting).toBe(1);
  expect(heard).toEqual(['stop']);
  expect(every).not.toHaveBeenCalled();
  every.mockRestore();
  await delivery.close();
  await expect(delivery.open()).rejects.toMatchObject({ code: 'closed' });
});
