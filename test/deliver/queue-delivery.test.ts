import { QueueDelivery } from '../../src/deliver/queue-delivery.js';
import type { QueueWorker } from '../../src/deliver/queue-worker.js';
import { MemoryQueue } from '../../src/queue/memory-queue.js';

/** A queue that opens when the test says so. */
class SlowQueue extends MemoryQueue {
  override open = (): Promise<void> => this.opening;
  finish: () => void = () => undefined;
  readonly opening = new Promise<void>((resolve) => {
    this.finish = resolve;
  });
}

test('nothing works on after a stop that came while the queue was being opened', async () => {
  const queue = new SlowQueue(() => new Date());
  const heard: string[] = [];
  const worker: Pick<QueueWorker, 'mailer' | 'start' | 'stop'> = {
    mailer: 'default',
    start: () => heard.push('start'),
    stop: async () => void heard.push('stop'),
  };
  const delivery = new QueueDelivery({
    mailers: [],
    queue,
    workers: [worker as QueueWorker],
    publish: () => undefined,
    now: () => new Date(),
    onFault: () => undefined,
    onWarning: () => undefined,
  });
  const clear = jest.spyOn(globalThis, 'clearInterval');
  const opened = delivery.open();
  const stopped = delivery.stop();
  queue.finish();
  await Promise.all([opened, stopped]);
  expect(heard).toEqual(['start', 'stop']);
  expect(clear).toHaveBeenCalledWith(expect.anything());
  clear.mockRestore();
});
