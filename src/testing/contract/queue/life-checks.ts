import assert from 'node:assert/strict';
import type { Checks } from '../contract.js';
import { claim, claimOne, failure, newMail, richMessage, type QueueUnderTest } from './queue-under-test.js';

/** Checks of opening and closing. */
export const LIFE_CHECKS: Checks<QueueUnderTest> = [
  ['has what was queued after it was closed and opened', durable],
  ['takes many at the same time', concurrent],
  ['ends what was begun when it closes', closesInOrder],
  ['refuses everything once closed', closed],
];

async function durable({ queue, another }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, richMessage()));
  await queue.close();
  const later = await another();
  const claimed = await claimOne(later);
  assert.deepEqual([claimed.id, claimed.message], [id, richMessage()]);
  await later.close();
}

async function concurrent({ queue }: QueueUnderTest): Promise<void> {
  const ids = Array.from({ length: 300 }, (_, index) => `<${index}@from.test>`);
  const queued = await Promise.all(ids.map((messageId) => queue.add(newMail({}, { messageId }))));
  assert.deepEqual(
    queued.map(({ messageId }) => messageId),
    ids,
  );
  assert.equal(new Set(queued.map(({ id }) => id)).size, ids.length);
  const claimed = await claim(queue, { limit: 1000 });
  assert.deepEqual(claimed.map(({ message }) => message.messageId).toSorted(), ids.toSorted());
}

async function closesInOrder({ queue, another }: QueueUnderTest): Promise<void> {
  const adding = Array.from({ length: 50 }, () => queue.add(newMail()));
  await Promise.all([queue.close(), queue.close()]);
  assert.equal((await Promise.all(adding)).length, 50);
  const later = await another();
  assert.equal((await later.stats()).states.waiting, 50);
  await later.close();
}

async function closed({ queue }: QueueUnderTest): Promise<void> {
  await queue.close();
  assert.equal((await failure(queue.add(newMail()))).code, 'closed');
  assert.equal((await failure(claim(queue))).code, 'closed');
  assert.equal((await failure(queue.stats())).code, 'closed');
}
