import assert from 'node:assert/strict';
import type { NewMail } from '../../../queue/mail-queue.js';
import type { Checks } from '../contract.js';
import {
  HOUR,
  at,
  attempt,
  claim,
  claimOne,
  claimedIds,
  entryOf,
  newMail,
  settle,
  type QueueUnderTest,
} from './queue-under-test.js';

/** Checks of the order in which mails are claimed. */
export const TURN_CHECKS: Checks<QueueUnderTest> = [
  ['holds a mail back until it is due', notBeforeDue],
  ['keeps the mails of mailers apart', mailersApart],
  ['lets the urgent overtake, then those due longest', lanes],
  ['takes no more than asked for', limited],
  ['waits until the time an attempt has named', waitsAgain],
  ['gives a claim back for later', releasedForLater],
];

async function notBeforeDue({ queue }: QueueUnderTest): Promise<void> {
  assert.equal(await queue.nextDueAt('default'), undefined);
  await queue.add(newMail({ dueAt: at(2 * HOUR) }));
  await queue.add(newMail({ dueAt: at(HOUR), priority: 'low' }));
  assert.deepEqual(await queue.nextDueAt('default'), at(HOUR));
  assert.deepEqual(await claim(queue, { now: at(HOUR - 1) }), []);
  assert.equal((await claim(queue, { now: at(HOUR) })).length, 1);
}

async function mailersApart({ queue }: QueueUnderTest): Promise<void> {
  await queue.add(newMail({ dueAt: at(1) }, { mailer: 'default' }));
  const { id } = await queue.add(newMail({ dueAt: at(2) }, { mailer: 'marketing' }));
  assert.deepEqual(await queue.nextDueAt('marketing'), at(2));
  assert.deepEqual(await claimedIds(queue, { mailer: 'marketing' }), [id]);
  assert.equal(await queue.nextDueAt('nobody'), undefined);
}

async function lanes({ queue }: QueueUnderTest): Promise<void> {
  const add = async (priority: NewMail['priority'], due: number): Promise<string> =>
    (await queue.add(newMail({ priority, dueAt: at(due) }))).id;
  const low = await add('low', 0);
  const late = await add('normal', 20);
  const early = await add('normal', 10);
  const urgent = await add('high', 30);
  const claims = await claim(queue);
  assert.deepEqual(
    claims.map(({ id, priority }) => [id, priority]),
    [
      [urgent, 'high'],
      [early, 'normal'],
      [late, 'normal'],
      [low, 'low'],
    ],
  );
}

async function limited({ queue }: QueueUnderTest): Promise<void> {
  for (let count = 0; count < 5; count += 1) await queue.add(newMail());
  assert.equal((await claim(queue, { limit: 3 })).length, 3);
  assert.equal((await claim(queue, { limit: 3 })).length, 2);
}

async function waitsAgain({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await settle(queue, id, { state: 'waiting', dueAt: at(HOUR), attempt: attempt() });
  assert.deepEqual(await queue.nextDueAt('default'), at(HOUR));
  assert.deepEqual((await entryOf(queue, { id })).dueAt, at(HOUR));
  assert.deepEqual(await claim(queue), []);
  const { attempt: second, crashes } = await claimOne(queue, { now: at(HOUR) });
  assert.deepEqual([second, crashes], [2, 0]);
}

async function releasedForLater({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await settle(queue, id, { state: 'released', dueAt: at(HOUR) });
  assert.deepEqual(await claim(queue), []);
  assert.equal((await claimOne(queue, { now: at(HOUR) })).attempt, 1);
}
