import assert from 'node:assert/strict';
import { renderedMessage } from '../../rendered-message.js';
import type { Checks } from '../contract.js';
import {
  DAY,
  HOUR,
  NOW,
  TO,
  at,
  attempt,
  claim,
  claimOne,
  claimedIds,
  endAs,
  entryOf,
  newMail,
  settle,
  refused,
  type QueueUnderTest,
} from './queue-under-test.js';

/** Checks of the outcomes of mails and of their recipients. */
export const OUTCOME_CHECKS: Checks<QueueUnderTest> = [
  ['never offers who was accepted or refused for good again', remaining],
  ['adds up outcomes over attempts', remainingAddsUp],
  ['names who may have sent a mail, until it is retried', pinned],
  ['ends mails for good', ends],
  ['makes ended mails wait again', retried],
  ['makes a waiting mail due that is named by its id', hastened],
  ['retries only what matches', retriedByFilter],
  ['retries to nobody who was accepted', retriedWithoutAccepted],
  ['cancels waiting mails', cancelled],
  ['cancels held mails, and forgets them like the others', cancelledHeld],
];

async function remaining({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, { envelope: { from: '', to: TO } }));
  await claimOne(queue);
  const outcome = attempt({
    accepted: ['yes@to.test'],
    rejected: [refused('no@to.test', false), refused('later@to.test', true)],
  });
  await settle(queue, id, { state: 'waiting', dueAt: at(0), attempt: outcome });
  assert.deepEqual((await claimOne(queue)).remaining, ['later@to.test', 'open@to.test']);
}

async function remainingAddsUp({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, { envelope: { from: '', to: TO } }));
  for (const address of ['no@to.test', 'yes@to.test']) {
    await claimOne(queue);
    await settle(queue, id, { state: 'waiting', dueAt: at(0), attempt: attempt({ accepted: [address] }) });
  }
  assert.deepEqual((await claimOne(queue)).remaining, ['later@to.test', 'open@to.test']);
  await settle(queue, id, { state: 'released' });
  assert.deepEqual((await claimOne(queue)).remaining, ['later@to.test', 'open@to.test']);
}

async function pinned({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, { envelope: { from: '', to: TO } }));
  assert.equal((await claimOne(queue)).pinnedTo, undefined);
  const known = attempt({ transport: 'first', accepted: ['yes@to.test'] });
  await settle(queue, id, { state: 'waiting', dueAt: at(0), attempt: known });
  assert.equal((await claimOne(queue)).pinnedTo, undefined);
  const error = { code: 'ambiguous', message: 'no answer', outcome: 'unknown' } as const;
  await settle(queue, id, {
    state: 'waiting',
    dueAt: at(0),
    attempt: attempt({ transport: 'second', error }),
  });
  const later = attempt({ rejected: [refused('no@to.test', false)] });
  for (const last of [{ state: 'waiting', dueAt: at(0), attempt: later }, { state: 'released' }] as const) {
    assert.equal((await claimOne(queue)).pinnedTo, 'second');
    await settle(queue, id, last);
  }
  assert.equal((await claimOne(queue)).pinnedTo, 'second');
  await settle(queue, id, { state: 'ambiguous' });
  await queue.retry({ id }, new Date(NOW.getTime() + DAY));
  assert.equal((await claimOne(queue)).pinnedTo, undefined);
}

async function ends({ queue }: QueueUnderTest): Promise<void> {
  for (const state of ['sent', 'dead', 'ambiguous', 'expired'] as const) {
    const id = await endAs(queue, state);
    assert.equal((await entryOf(queue, { id })).state, state);
  }
  assert.deepEqual(await claim(queue, { now: at(DAY) }), []);
  assert.equal(await queue.nextDueAt('default'), undefined);
}

async function retried({ queue }: QueueUnderTest): Promise<void> {
  for (const state of ['dead', 'ambiguous', 'expired'] as const) {
    const id = await endAs(queue, state);
    assert.equal(await queue.retry({ id }, at(9 * DAY)), 1);
    const entry = await entryOf(queue, { id });
    assert.equal(entry.state, 'waiting');
    assert.ok(entry.dueAt <= NOW);
    const claimed = await claimOne(queue);
    assert.equal(claimed.attempt, 1);
    assert.deepEqual(claimed.expiresAt, at(9 * DAY));
    assert.deepEqual(claimed.message, renderedMessage());
    await settle(queue, id, { state: 'sent' });
    assert.equal(await queue.retry({ id }, at(9 * DAY)), 0);
  }
}

async function hastened({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({ dueAt: at(DAY) }));
  assert.equal(await queue.retry({}, at(9 * DAY)), 0);
  assert.equal(await queue.retry({ state: 'waiting' }, at(9 * DAY)), 0);
  assert.deepEqual(await claim(queue), []);
  assert.equal(await queue.retry({ id }, at(9 * DAY)), 1);
  const entry = await entryOf(queue, { id });
  assert.equal(entry.state, 'waiting');
  assert.ok(entry.dueAt <= NOW);
  const { attempt: second, ...claimed } = await claimOne(queue);
  assert.deepEqual([claimed.id, second], [id, 1]);
  assert.notDeepEqual(claimed.expiresAt, at(9 * DAY));
  await settle(queue, id, { state: 'sent' });
}

async function retriedByFilter({ queue }: QueueUnderTest): Promise<void> {
  const dead = await endAs(queue, 'dead');
  const expired = await endAs(queue, 'expired');
  await endAs(queue, 'sent');
  assert.equal(await queue.retry({ state: 'sent' }, at(DAY)), 0);
  assert.equal(await queue.retry({ to: 'nobody@to.test' }, at(DAY)), 0);
  assert.equal(await queue.retry({ state: 'dead', to: 'ada@to.test' }, at(DAY)), 1);
  assert.equal((await entryOf(queue, { id: dead })).state, 'waiting');
  assert.equal((await entryOf(queue, { id: expired })).state, 'expired');
  assert.equal(await queue.retry({}, at(DAY)), 1);
}

async function retriedWithoutAccepted({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, { envelope: { from: '', to: TO } }));
  await claimOne(queue);
  await settle(queue, id, { state: 'dead', attempt: attempt({ accepted: ['yes@to.test'] }) });
  await queue.retry({ id }, at(DAY));
  assert.deepEqual((await claimOne(queue)).remaining, TO.slice(1));
}

async function cancelled({ queue }: QueueUnderTest): Promise<void> {
  const { id: sending } = await queue.add(newMail());
  await claimOne(queue);
  const { id: waiting } = await queue.add(newMail({}, { template: 'news' }));
  const { id: other } = await queue.add(newMail());
  assert.equal(await queue.cancel({ id: sending }), 0);
  assert.equal(await queue.cancel({ template: 'news' }), 1);
  assert.equal((await entryOf(queue, { id: waiting })).state, 'cancelled');
  assert.deepEqual(await claimedIds(queue), [other]);
  assert.equal(await queue.cancel({}), 0);
  assert.equal(await queue.retry({ id: waiting }, at(DAY)), 0);
}

async function cancelledHeld({ queue }: QueueUnderTest): Promise<void> {
  const held = await endAs(queue, 'ambiguous');
  const dead = await endAs(queue, 'dead');
  assert.equal(await queue.cancel({ state: 'waiting' }), 0);
  assert.equal(await queue.cancel({ id: dead }), 0);
  assert.equal(await queue.cancel({}), 1);
  const { state, attempts } = await entryOf(queue, { id: held });
  assert.deepEqual([state, attempts.length], ['cancelled', 1]);
  assert.deepEqual(await claim(queue, { now: at(HOUR) }), []);
  assert.equal(await queue.retry({ id: held }, at(DAY)), 0);
  await queue.prune(at(7 * DAY + HOUR));
  assert.equal(await queue.get(held), undefined);
}
