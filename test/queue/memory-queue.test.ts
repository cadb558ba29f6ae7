import { MemoryQueue } from '../../src/queue/memory-queue.js';
import { queueContract } from 'nest-mailroom/testing';

for (const { title, run } of queueContract('memory', async () => {
  const now = () => new Date();
  const queue = new MemoryQueue(now);
  return {
    queue,
    another: () => Promise.resolve(new MemoryQueue(now, queue)),
    remove: () => Promise.resolve(),
  };
})) {
  test(title, run);
}
