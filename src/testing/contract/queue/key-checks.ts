import assert from 'node:assert/strict';
import type { Checks } from '../contract.js';
import {
  DAY,
  HOUR,
  at,
  attempt,
  claim,
  claimOne,
  claimedIds,
  endAs,
  entryOf,
  newMail,
  settle,
  type QueueUnderTest,
} from './queue-under-test.js';

/** Checks of idempotency keys. */
export const KEY_CHECKS: Checks<QueueUnderTest> = [
  ['takes a key once', keyOnce],
  ['takes a key once from many at the same time', keyOnceConcurrently],
  ['keeps the keys of mailers apart', keyByMailer],
  ['remembers the key of a mail that is done', keyAfterDone],
  ['frees the key of a mail that was cancelled', keyAfterCancel],
  ['forgets what is done and kept long enough', prunes],
];

async function keyOnce({ queue }: QueueUnderTest): Promise<void> {
  const first = await queue.add(newMail({ idempotencyKey: 'k', dueAt: at(1) }));
  const again = await queue.add(
    newMail({ idempotencyKey: 'k', dueAt: at(2) }, { messageId: '<2@from.test>' }),
  );
  assert.deepEqual(again, { ...first, duplicate: true });
  assert.deepEqual(await claimedIds(queue), [first.id]);
  assert.equal((await queue.add(newMail({ idempotencyKey: 'l' }))).duplicate, false);
}

async function keyOnceConcurrently({ queue, another }: QueueUnderTest): Promise<void> {
  const other = await another();
  const mail = newMail({ idempotencyKey: 'k' });
  const all = await Promise.all(
    [queue, other].flatMap((each) => Array.from({ length: 20 }, () => each.add(mail))),
  );
  assert.equal(new Set(all.map(({ id }) => id)).size, 1);
  assert.equal(all.filter(({ duplicate }) => !duplicate).length, 1);
  assert.equal((await claim(queue)).length, 1);
  await other.close();
}

async function keyByMailer({ queue }: QueueUnderTest): Promise<void> {
  await queue.add(newMail({ idempotencyKey: 'k' }));
  const { duplicate } = await queue.add(newMail({ idempotencyKey: 'k' }, { mailer: 'marketing' }));
  assert.equal(duplicate, false);
}

async function keyAfterDone({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({ idempotencyKey: 'k' }));
  await claimOne(queue);
  await settle(queue, id, { state: 'sent' });
  const again = await queue.add(newMail({ idempotencyKey: 'k' }));
  assert.deepEqual([again.id, again.duplicate], [id, true]);
}

async function keyAfterCancel({ queue }: QueueUnderTest): Promise<void> {
  const first = await queue.add(newMail({ idempotencyKey: 'k' }));
  await queue.cancel({ id: first.id });
  const second = await queue.add(newMail({ idempotencyKey: 'k' }, { messageId: '<2@from.test>' }));
  assert.equal(second.duplicate, false);
  assert.equal((await queue.add(newMail({ idempotencyKey: 'k' }))).id, second.id);
  assert.equal((await entryOf(queue, second)).state, 'waiting');
  assert.equal((await claimOne(queue)).message.messageId, '<2@from.test>');
}

async function prunes({ queue }: QueueUnderTest): Promise<void> {
  const { id: sent } = await queue.add(newMail({ idempotencyKey: 'k' }));
  await claimOne(queue);
  await settle(queue, sent, { state: 'sent', attempt: attempt() });
  const held = await endAs(queue, 'ambiguous');
  const { id: waiting } = await queue.add(newMail());
  await queue.prune(at(7 * DAY - HOUR));
  assert.equal((await entryOf(queue, { id: sent })).state, 'sent');
  await queue.prune(at(7 * DAY + HOUR));
  assert.equal(await queue.get(sent), undefined);
  assert.equal((await queue.add(newMail({ idempotencyKey: 'k' }))).duplicate, false);
  await queue.prune(at(900 * DAY));
  assert.equal((await entryOf(queue, { id: held })).state, 'ambiguous');
  assert.equal((await entryOf(queue, { id: waiting })).state, 'waiting');
}
