import assert from 'node:assert/strict';
import { deepFrozen } from '../../rendered-message.js';
import type { Checks } from '../contract.js';
import {
  DAY,
  HOUR,
  START,
  at,
  attempt,
  claimOne,
  entryOf,
  newMail,
  settle,
  refused,
  richMessage,
  type QueueUnderTest,
} from './queue-under-test.js';

/** Checks that a mail leaves the queue as it came in. */
export const CONTENT_CHECKS: Checks<QueueUnderTest> = [
  ['has a name', async ({ queue }) => assert.match(queue.name, /^\S/)],
  ['gives a mail back as it came', sameMail],
  ['leaves the message as it was', neverMutates],
  ['says what it has queued', saysWhatItQueued],
  ['keeps the timeline of a mail', timeline],
];

async function sameMail({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, richMessage()));
  const claimed = await claimOne(queue);
  assert.deepEqual(claimed.message, richMessage());
  assert.ok(claimed.message.date instanceof Date);
  assert.ok(Buffer.isBuffer(claimed.message.attachments[0]?.content));
  assert.equal(claimed.id, id);
  assert.deepEqual([claimed.attempt, claimed.crashes], [1, 0]);
  assert.deepEqual(claimed.remaining, ['ada@to.test', 'cc@to.test']);
  assert.deepEqual(claimed.expiresAt, at(2 * DAY));
  assert.ok(claimed.queuedAt.getTime() >= START);
}

async function neverMutates({ queue }: QueueUnderTest): Promise<void> {
  const message = deepFrozen(richMessage());
  await queue.add(newMail({}, message));
  assert.deepEqual(message, richMessage());
}

async function saysWhatItQueued({ queue }: QueueUnderTest): Promise<void> {
  const queued = await queue.add(newMail({ dueAt: at(HOUR) }));
  assert.deepEqual(
    { ...queued, id: '' },
    { id: '', messageId: '<1@from.test>', duplicate: false, dueAt: at(HOUR) },
  );
  assert.notEqual((await queue.add(newMail())).id, queued.id);
}

async function timeline({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  const first = attempt({
    startedAt: at(7),
    rejected: [refused('ada@to.test', true)],
    error: {
      code: 'recipients-rejected',
      message: 'greylisted',
      outcome: 'not-sent',
      smtp: { code: 451, enhanced: '4.7.1', text: 'later' },
    },
  });
  const second = attempt({ startedAt: at(8), accepted: ['ada@to.test'], response: '250 2.0.0 queued as 1' });
  await claimOne(queue);
  await settle(queue, id, { state: 'waiting', dueAt: at(0), attempt: first });
  await claimOne(queue);
  await settle(queue, id, { state: 'sent', attempt: second });
  assert.deepEqual((await entryOf(queue, { id })).attempts, [first, second]);
}
