import assert from 'node:assert/strict';
import type { Checks } from '../contract.js';
import {
  DAY,
  HOUR,
  NOW,
  START,
  at,
  attempt,
  claimOne,
  endAs,
  newMail,
  settle,
  type QueueUnderTest,
  type WorkedQueue,
} from './queue-under-test.js';

/** Checks of the default Date of a mail, and of the default expiry. */
export const DATE_CHECKS: Checks<QueueUnderTest> = [
  ['leaves a Date that was given as it is', givenDate],
  ['sends a mail with the Date it is due, however late that is', dueDate],
  ['dates a mail that is tried before it was due by that attempt', earlyDate],
  ['keeps the Date of the first attempt', keptDate],
  ['keeps the Date of an attempt that ended with its process', crashedDate],
  ['fixes no Date by a claim that was given back', releasedDate],
  ['fixes no Date by a claim that came too late for an attempt', expiredDate],
  ['tells a time that nobody gave from one that was given', defaultExpiry],
];

/** A mail due at a time, with that time as its default Date. */
const dated = (due: number) =>
  newMail({ dueAt: at(due), expiresAt: at(20 * DAY), hasDefaultDate: true }, { date: at(due) });

const dateOf = async (queue: WorkedQueue, now = NOW): Promise<Date> =>
  (await claimOne(queue, { now })).message.date;

/** Compares with the queue's own clock, which goes on while the suite runs. */
function isAboutNow(date: Date): void {
  assert.ok(date.getTime() >= START && date <= NOW, date.toISOString());
}

async function givenDate({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({ dueAt: at(HOUR), expiresAt: at(9 * DAY) }, { date: at(DAY) }));
  await queue.retry({ id }, at(9 * DAY));
  assert.deepEqual(await dateOf(queue), at(DAY));
}

async function dueDate({ queue }: QueueUnderTest): Promise<void> {
  await queue.add(dated(-8 * DAY));
  assert.deepEqual(await dateOf(queue), at(-8 * DAY));
}

async function earlyDate({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(dated(8 * DAY));
  await queue.retry({ id }, at(9 * DAY));
  isAboutNow(await dateOf(queue));
}

async function keptDate({ queue, another }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(dated(8 * DAY));
  await queue.retry({ id }, at(9 * DAY));
  const first = await dateOf(queue);
  await settle(queue, id, { state: 'waiting', dueAt: at(HOUR), attempt: attempt() });
  const other = await another();
  assert.deepEqual(await dateOf(other, at(HOUR)), first);
  await settle(other, id, { state: 'dead', attempt: attempt() });
  await queue.retry({ id }, at(9 * DAY));
  assert.deepEqual(await dateOf(queue, at(2 * HOUR)), first);
  await other.close();
}

async function crashedDate({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(dated(-8 * DAY));
  await claimOne(queue, { leasedUntil: NOW });
  await claimOne(queue, { leasedUntil: NOW });
  await settle(queue, id, { state: 'released' });
  await queue.retry({ id }, at(9 * DAY));
  assert.deepEqual(await dateOf(queue), at(-8 * DAY));
}

async function releasedDate({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(dated(-8 * DAY));
  await claimOne(queue);
  await settle(queue, id, { state: 'released' });
  await queue.retry({ id }, at(9 * DAY));
  isAboutNow(await dateOf(queue));
}

async function expiredDate({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(dated(-8 * DAY));
  await claimOne(queue);
  await settle(queue, id, { state: 'expired' });
  await queue.retry({ id }, at(9 * DAY));
  const first = await dateOf(queue);
  isAboutNow(first);
  await settle(queue, id, { state: 'expired', attempt: attempt() });
  await queue.retry({ id }, at(9 * DAY));
  assert.deepEqual(await dateOf(queue), first);
}

async function defaultExpiry({ queue }: QueueUnderTest): Promise<void> {
  await queue.add(newMail({ hasDefaultExpiry: true }));
  assert.equal((await claimOne(queue)).hasDefaultExpiry, true);
  const given = await endAs(queue, 'expired');
  await queue.add(newMail());
  assert.equal((await claimOne(queue)).hasDefaultExpiry ?? false, false);
  await queue.retry({ id: given }, at(DAY));
  assert.equal((await claimOne(queue)).hasDefaultExpiry, true);
}
