import assert from 'node:assert/strict';
import type { MailQueue, QueueState } from '../../../queue/mail-queue.js';
import type { Checks } from '../contract.js';
import {
  DAY,
  NOW,
  SECOND,
  START,
  at,
  claimOne,
  endAs,
  entryOf,
  newMail,
  richMessage,
  type QueueUnderTest,
} from './queue-under-test.js';

/** Checks of what operators see. */
export const VIEW_CHECKS: Checks<QueueUnderTest> = [
  ['counts by state', counts],
  ['knows since when mails are due', oldest],
  ['lists the newest first', lists],
  ['lists what matches', listsByFilter],
  ['shows a mail', shows],
];

async function counts({ queue }: QueueUnderTest): Promise<void> {
  const none = {
    waiting: 0,
    sending: 0,
    sent: 0,
    dead: 0,
    ambiguous: 0,
    expired: 0,
    cancelled: 0,
    corrupt: 0,
  };
  assert.deepEqual(await queue.stats(), { states: none });
  for (const state of ['sent', 'dead', 'ambiguous', 'expired'] as const) await endAs(queue, state);
  const { id } = await queue.add(newMail());
  await queue.cancel({ id });
  await queue.add(newMail());
  await claimOne(queue);
  await queue.add(newMail({ dueAt: at(DAY) }));
  const one = {
    waiting: 1,
    sending: 1,
    sent: 1,
    dead: 1,
    ambiguous: 1,
    expired: 1,
    cancelled: 1,
    corrupt: 0,
  };
  assert.deepEqual(await queue.stats(), { states: one });
}

async function oldest({ queue }: QueueUnderTest): Promise<void> {
  await queue.add(newMail({ dueAt: at(DAY) }));
  assert.equal((await queue.stats()).oldestDueAt, undefined);
  await queue.add(newMail({ dueAt: at(-5 * SECOND) }, { mailer: 'marketing' }));
  await queue.add(newMail({ dueAt: at(-9 * SECOND), priority: 'low' }));
  assert.deepEqual((await queue.stats()).oldestDueAt, at(-9 * SECOND));
}

async function lists({ queue }: QueueUnderTest): Promise<void> {
  const ids: string[] = [];
  for (let count = 0; count < 4; count += 1) ids.unshift((await queue.add(newMail())).id);
  const listed = await queue.list({}, 3);
  assert.deepEqual(
    listed.map(({ id }) => id),
    ids.slice(0, 3),
  );
}

async function listsByFilter({ queue }: QueueUnderTest): Promise<void> {
  const dead = await endAs(queue, 'dead');
  const { id: other } = await queue.add(newMail({}, { mailer: 'marketing' }));
  const { id: news } = await queue.add(
    newMail({}, { template: 'news', envelope: { from: '', to: ['x@to.test', 'bcc@to.test'] } }),
  );
  const find = async (filter: Parameters<MailQueue['list']>[0]): Promise<readonly string[]> =>
    (await queue.list(filter, 10)).map(({ id }) => id);
  assert.deepEqual(await find({ state: 'dead' }), [dead]);
  assert.deepEqual(await find({ state: 'waiting' }), [news, other]);
  assert.deepEqual(await find({ mailer: 'marketing' }), [other]);
  assert.deepEqual(await find({ template: 'news' }), [news]);
  assert.deepEqual(await find({ to: 'bcc@to.test' }), [news]);
  assert.deepEqual(await find({ to: 'bcc@to.test', mailer: 'marketing' }), []);
  assert.deepEqual(await find({ before: new Date(START) }), []);
  assert.deepEqual(await find({ before: NOW, state: 'dead' }), [dead]);
}

async function shows({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({ priority: 'high' }, richMessage()));
  const { queuedAt, ...entry } = await entryOf(queue, { id });
  assert.deepEqual(entry, {
    id,
    state: 'waiting' satisfies QueueState,
    mailer: 'default',
    messageId: '<1@from.test>',
    to: ['ada@to.test', 'cc@to.test'],
    subject: richMessage().subject,
    template: 'welcome',
    priority: 'high',
    dueAt: at(0),
    expiresAt: at(2 * DAY),
    attempts: [],
  });
  assert.ok(queuedAt.getTime() >= START && queuedAt <= NOW);
  for (const unknown of ['999999', 'x', '']) assert.equal(await queue.get(unknown), undefined);
}
