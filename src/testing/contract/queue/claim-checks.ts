import assert from 'node:assert/strict';
import type { Claim } from '../../../queue/mail-queue.js';
import type { Checks } from '../contract.js';
import {
  DAY,
  HOUR,
  NOW,
  SECOND,
  at,
  attempt,
  claim,
  claimOne,
  claimedIds,
  entryOf,
  newMail,
  settle,
  type QueueUnderTest,
  type WorkedQueue,
} from './queue-under-test.js';

/** Checks of leases: which worker holds a mail, and for how long. */
export const CLAIM_CHECKS: Checks<QueueUnderTest> = [
  ['gives a claimed mail to nobody else until its lease ends', leased],
  ['counts every lapsed lease as a crash, and forgets them when an attempt ends', crashes],
  ['extends leases that are held', extended],
  ['does not count a claim that was given back', released],
  ['ignores who settles what another has', settledTooLate],
  ['lets a lapsed claim be settled while nobody else has it', settledLate],
  ['ignores the settlement of what it does not know', settledUnknown],
  ['shares mails out between workers, each once', sharedOut],
];

async function leased({ queue, another }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  const other = await another();
  const leasedUntil = new Date(NOW.getTime() + HOUR);
  assert.deepEqual(await claimedIds(queue, { leasedUntil }), [id]);
  assert.equal((await entryOf(queue, { id })).state, 'sending');
  const beforeEnd = new Date(leasedUntil.getTime() - 1);
  assert.deepEqual(await claimedIds(other, { now: beforeEnd }), []);
  assert.deepEqual(await claimedIds(queue, { now: beforeEnd }), []);
  if ('exchange' in queue) assert.deepEqual(await queue.nextDueAt('default'), leasedUntil);
  assert.deepEqual(await claimedIds(other, { now: leasedUntil }), [id]);
  await other.close();
}

async function crashes({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  const claimAt = (minutes: number): Promise<Claim> =>
    claimOne(queue, { now: new Date(NOW.getTime() + minutes * 60 * SECOND) });
  const seen: Array<readonly [number, number]> = [];
  for (const minutes of [0, 2, 4]) {
    const { attempt, crashes } = await claimAt(minutes);
    seen.push([attempt, crashes]);
  }
  assert.deepEqual(seen, [
    [1, 0],
    [2, 1],
    [3, 2],
  ]);
  await settle(queue, id, { state: 'waiting', dueAt: at(0), attempt: attempt() });
  const { attempt: fourth, crashes } = await claimAt(6);
  assert.deepEqual([fourth, crashes], [4, 0]);
}

async function extended({ queue, another }: QueueUnderTest): Promise<void> {
  const other = await another();
  // One that hands its mails out extends their leases itself.
  if ('consume' in queue || 'consume' in other) return other.close();
  const { id } = await queue.add(newMail());
  await claim(queue);
  const leasedUntil = new Date(NOW.getTime() + HOUR);
  assert.deepEqual(await queue.extend([id, '999999', 'x'], leasedUntil), [id]);
  assert.deepEqual(await other.extend([id], at(DAY)), []);
  assert.deepEqual(await claimedIds(other, { now: new Date(leasedUntil.getTime() - 1) }), []);
  assert.deepEqual(await claimedIds(other, { now: leasedUntil }), [id]);
  assert.deepEqual(await queue.extend([id], at(DAY)), []);
  await other.close();
}

async function released({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await settle(queue, id, { state: 'released' });
  assert.deepEqual((await entryOf(queue, { id })).attempts, []);
  const { attempt, crashes } = await claimOne(queue);
  assert.deepEqual([attempt, crashes], [1, 0]);
}

async function settledTooLate({ queue, another }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  const other = await another();
  await claimOne(queue);
  await claimOne(other, { now: new Date(NOW.getTime() + HOUR) });
  await settle(queue, id, { state: 'sent', attempt: attempt() });
  assert.equal((await entryOf(queue, { id })).state, 'sending');
  await settle(other, id, { state: 'dead', attempt: attempt({ response: '550 no' }) });
  const { state, attempts } = await entryOf(queue, { id });
  assert.deepEqual([state, attempts.map(({ response }) => response)], ['dead', ['550 no']]);
  await other.close();
}

async function settledLate({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue, { leasedUntil: NOW });
  await settle(queue, id, { state: 'sent', attempt: attempt() });
  assert.equal((await entryOf(queue, { id })).state, 'sent');
  assert.deepEqual(await claim(queue, { now: at(DAY) }), []);
}

async function settledUnknown({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  for (const unknown of [id, '999999', '0', '-1', 'x', '']) await settle(queue, unknown, { state: 'sent' });
  assert.equal((await entryOf(queue, { id })).state, 'waiting');
}

async function sharedOut({ queue, another }: QueueUnderTest): Promise<void> {
  const other = await another();
  await Promise.all(Array.from({ length: 100 }, () => queue.add(newMail())));
  const taken: string[] = [];
  const work = async (worker: WorkedQueue): Promise<void> => {
    for (;;) {
      const ids = await claimedIds(worker, { limit: 7 });
      if (ids.length === 0) return;
      taken.push(...ids);
      await Promise.all(ids.map((id) => settle(worker, id, { state: 'sent' })));
    }
  };
  await Promise.all([work(queue), work(other)]);
  assert.equal(taken.length, 100);
  assert.equal(new Set(taken).size, 100);
  assert.equal((await queue.stats()).states.sent, 100);
  await other.close();
}
