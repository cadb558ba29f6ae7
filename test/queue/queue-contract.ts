import assert from 'node:assert/strict';
import { MailError } from '../../src/mail.errors.js';
import type {
  AttemptRecord,
  Claim,
  MailQueue,
  NewMail,
  QueuedMail,
  QueueEntry,
  QueueState,
} from '../../src/queue/mail-queue.js';
import type { RenderedMessage } from '../../src/message/message.js';
import { deepFrozen, renderedMessage } from '../support/rendered-message.js';
import { type Checks, contractCases, type ContractCase } from '../support/contract.js';

/** An empty, open queue, and the ways to look at its store from elsewhere. */
export interface QueueUnderTest {
  readonly queue: MailQueue;
  /** Opens another queue on the same store, as another process would; the suite closes it. */
  readonly another: () => Promise<MailQueue>;
  /** Removes the store. The queue is closed before. */
  readonly remove: () => Promise<void>;
}

export type QueueHarness = () => Promise<QueueUnderTest>;

/** What every queue promises, as cases for any test runner. */
export function queueContract(name: string, harness: QueueHarness): readonly ContractCase[] {
  return contractCases(name, CHECKS, {
    setUp: harness,
    tearDown: async ({ queue, remove }) => {
      await queue.close();
      await remove();
    },
  });
}

const CHECKS: Checks<QueueUnderTest> = [
  ['has a name', async ({ queue }) => assert.match(queue.name, /^\S/)],
  ['gives a mail back as it came', sameMail],
  ['leaves the message as it was', neverMutates],
  ['says what it has queued', saysWhatItQueued],
  ['holds a mail back until it is due', notBeforeDue],
  ['keeps the mails of mailers apart', mailersApart],
  ['lets the urgent overtake, then those due longest', lanes],
  ['takes no more than asked for', limited],
  ['gives a claimed mail to nobody else until its lease ends', leased],
  ['counts every lapsed lease as a crash, and forgets them when an attempt ends', crashes],
  ['extends leases that are held', extended],
  ['never offers who was accepted or refused for good again', remaining],
  ['adds up outcomes over attempts', remainingAddsUp],
  ['waits until the time an attempt has named', waitsAgain],
  ['does not count a claim that was given back', released],
  ['gives a claim back for later', releasedForLater],
  ['ignores who settles what another has', settledTooLate],
  ['lets a lapsed claim be settled while nobody else has it', settledLate],
  ['ignores the settlement of what it does not know', settledUnknown],
  ['keeps the timeline of a mail', timeline],
  ['ends mails for good', ends],
  ['makes ended mails wait again', retried],
  ['retries only what matches', retriedByFilter],
  ['retries to nobody who was accepted', retriedWithoutAccepted],
  ['cancels waiting mails alone', cancelled],
  ['takes a key once', keyOnce],
  ['takes a key once from many at the same time', keyOnceConcurrently],
  ['keeps the keys of mailers apart', keyByMailer],
  ['remembers the key of a mail that is done', keyAfterDone],
  ['counts by state', counts],
  ['knows since when mails are due', oldest],
  ['lists the newest first', lists],
  ['lists what matches', listsByFilter],
  ['shows a mail', shows],
  ['forgets what is done and kept long enough', prunes],
  ['has what was queued after it was closed and opened', durable],
  ['takes many at the same time', concurrent],
  ['shares mails out between workers, each once', sharedOut],
  ['ends what was begun when it closes', closesInOrder],
  ['refuses everything once closed', closed],
];

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** Of the whole run: the queue's own clock goes on, so no check asks for more than minutes of it. */
const START = Date.now();
const at = (ms: number): Date => new Date(START + ms);
/** A little later than anything the suite queues as due. */
const NOW = at(5 * 60 * SECOND);

function newMail(parts: Partial<NewMail> = {}, message: Partial<RenderedMessage> = {}): NewMail {
  return {
    message: renderedMessage(message),
    priority: 'normal',
    dueAt: at(0),
    expiresAt: at(2 * DAY),
    ...parts,
  };
}

interface Claiming {
  readonly mailer?: string;
  readonly limit?: number;
  readonly now?: Date;
  readonly leasedUntil?: Date;
}

function claim(queue: MailQueue, claiming: Claiming = {}): Promise<readonly Claim[]> {
  const now = claiming.now ?? NOW;
  const leasedUntil = new Date(now.getTime() + 60 * SECOND);
  return queue.claim({ mailer: 'default', limit: 100, now, leasedUntil, ...claiming });
}

async function claimOne(queue: MailQueue, claiming: Claiming = {}): Promise<Claim> {
  const claims = await claim(queue, claiming);
  assert.equal(claims.length, 1);
  return claims[0]!;
}

async function claimedIds(queue: MailQueue, claiming: Claiming = {}): Promise<readonly string[]> {
  return (await claim(queue, claiming)).map(({ id }) => id);
}

function attempt(parts: Partial<AttemptRecord> = {}): AttemptRecord {
  return { startedAt: at(0), durationMs: 12, accepted: [], rejected: [], ...parts };
}

async function entryOf(queue: MailQueue, { id }: Pick<QueuedMail, 'id'>): Promise<QueueEntry> {
  const entry = await queue.get(id);
  assert.ok(entry);
  return entry;
}

/** Brings a mail to a state by the way a worker would. */
async function endAs(queue: MailQueue, state: 'sent' | 'dead' | 'ambiguous' | 'expired'): Promise<string> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await queue.settle(id, { state, attempt: attempt() });
  return id;
}

async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  );
  assert.ok(MailError.is(error), String(error));
  return error;
}

/** A message that uses every field, parts with the longest and the shortest content included. */
function richMessage(): RenderedMessage {
  return renderedMessage({
    sender: { address: 'sender@from.test' },
    cc: [{ address: 'cc@to.test', name: 'Ç 😀' }],
    replyTo: [{ address: 'reply@from.test' }],
    headers: { 'X-One': 'a', 'X-Two': ['b', 'c'] },
    envelope: { from: '', to: ['ada@to.test', 'cc@to.test'], dsn: { notify: ['failure'], id: 'x' } },
    alternatives: [{ contentType: 'text/calendar; method=REQUEST', content: Buffer.from('BEGIN:VCALENDAR') }],
    attachments: [
      {
        filename: 'ä.bin',
        content: Buffer.alloc(300_000, 'äöü\0'),
        contentType: 'application/octet-stream',
        disposition: 'attachment',
        headers: { 'X-P': '1' },
      },
      { content: Buffer.alloc(0), contentType: 'image/gif', cid: 'c', disposition: 'inline', headers: {} },
    ],
    subject: 'Zoë 😀\u00a0\ud83d',
    template: 'welcome',
    locale: 'fr',
    tags: ['t'],
    metadata: { content: 'is a name like any other' },
  });
}

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

async function leased({ queue, another }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  const other = await another();
  const leasedUntil = new Date(NOW.getTime() + HOUR);
  assert.deepEqual(await claimedIds(queue, { leasedUntil }), [id]);
  assert.equal((await entryOf(queue, { id })).state, 'sending');
  const beforeEnd = new Date(leasedUntil.getTime() - 1);
  assert.deepEqual(await claimedIds(other, { now: beforeEnd }), []);
  assert.deepEqual(await claimedIds(queue, { now: beforeEnd }), []);
  assert.deepEqual(await queue.nextDueAt('default'), leasedUntil);
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
  await queue.settle(id, { state: 'waiting', dueAt: at(0), attempt: attempt() });
  const { attempt: fourth, crashes } = await claimAt(6);
  assert.deepEqual([fourth, crashes], [4, 0]);
}

async function extended({ queue, another }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  const other = await another();
  await claim(queue);
  const leasedUntil = new Date(NOW.getTime() + HOUR);
  assert.deepEqual(await queue.extend([id, '999999', 'x'], leasedUntil), [id]);
  assert.deepEqual(await other.extend([id], at(DAY)), []);
  assert.deepEqual(await claimedIds(other, { now: new Date(leasedUntil.getTime() - 1) }), []);
  assert.deepEqual(await claimedIds(other, { now: leasedUntil }), [id]);
  assert.deepEqual(await queue.extend([id], at(DAY)), []);
  await other.close();
}

const TO = ['yes@to.test', 'no@to.test', 'later@to.test', 'open@to.test'];
const refused = (address: string, retryable: boolean): AttemptRecord['rejected'][number] => ({
  address,
  code: 'recipients-rejected',
  retryable,
  smtp: { code: retryable ? 451 : 550, text: 'no', command: 'RCPT TO' },
});

async function remaining({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, { envelope: { from: '', to: TO } }));
  await claimOne(queue);
  const outcome = attempt({
    accepted: ['yes@to.test'],
    rejected: [refused('no@to.test', false), refused('later@to.test', true)],
  });
  await queue.settle(id, { state: 'waiting', dueAt: at(0), attempt: outcome });
  assert.deepEqual((await claimOne(queue)).remaining, ['later@to.test', 'open@to.test']);
}

async function remainingAddsUp({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail({}, { envelope: { from: '', to: TO } }));
  for (const address of ['no@to.test', 'yes@to.test']) {
    await claimOne(queue);
    await queue.settle(id, { state: 'waiting', dueAt: at(0), attempt: attempt({ accepted: [address] }) });
  }
  assert.deepEqual((await claimOne(queue)).remaining, ['later@to.test', 'open@to.test']);
  await queue.settle(id, { state: 'released' });
  assert.deepEqual((await claimOne(queue)).remaining, ['later@to.test', 'open@to.test']);
}

async function waitsAgain({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await queue.settle(id, { state: 'waiting', dueAt: at(HOUR), attempt: attempt() });
  assert.deepEqual(await queue.nextDueAt('default'), at(HOUR));
  assert.deepEqual((await entryOf(queue, { id })).dueAt, at(HOUR));
  assert.deepEqual(await claim(queue), []);
  const { attempt: second, crashes } = await claimOne(queue, { now: at(HOUR) });
  assert.deepEqual([second, crashes], [2, 0]);
}

async function released({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await queue.settle(id, { state: 'released' });
  assert.deepEqual((await entryOf(queue, { id })).attempts, []);
  const { attempt, crashes } = await claimOne(queue);
  assert.deepEqual([attempt, crashes], [1, 0]);
}

async function releasedForLater({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await queue.settle(id, { state: 'released', dueAt: at(HOUR) });
  assert.deepEqual(await claim(queue), []);
  assert.equal((await claimOne(queue, { now: at(HOUR) })).attempt, 1);
}

async function settledTooLate({ queue, another }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  const other = await another();
  await claimOne(queue);
  await claimOne(other, { now: new Date(NOW.getTime() + HOUR) });
  await queue.settle(id, { state: 'sent', attempt: attempt() });
  assert.equal((await entryOf(queue, { id })).state, 'sending');
  await other.settle(id, { state: 'dead', attempt: attempt({ response: '550 no' }) });
  const { state, attempts } = await entryOf(queue, { id });
  assert.deepEqual([state, attempts.map(({ response }) => response)], ['dead', ['550 no']]);
  await other.close();
}

async function settledLate({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  await claimOne(queue, { leasedUntil: NOW });
  await queue.settle(id, { state: 'sent', attempt: attempt() });
  assert.equal((await entryOf(queue, { id })).state, 'sent');
  assert.deepEqual(await claim(queue, { now: at(DAY) }), []);
}

async function settledUnknown({ queue }: QueueUnderTest): Promise<void> {
  const { id } = await queue.add(newMail());
  for (const unknown of [id, '999999', '0', '-1', 'x', '']) await queue.settle(unknown, { state: 'sent' });
  assert.equal((await entryOf(queue, { id })).state, 'waiting');
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
  await queue.settle(id, { state: 'waiting', dueAt: at(0), attempt: first });
  await claimOne(queue);
  await queue.settle(id, { state: 'sent', attempt: second });
  assert.deepEqual((await entryOf(queue, { id })).attempts, [first, second]);
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
    assert.deepEqual(claimed.expiresAt, at(9 * DAY));
    assert.deepEqual(claimed.message, renderedMessage());
    await queue.settle(id, { state: 'sent' });
    assert.equal(await queue.retry({ id }, at(9 * DAY)), 0);
  }
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
  await queue.settle(id, { state: 'dead', attempt: attempt({ accepted: ['yes@to.test'] }) });
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
  await queue.settle(id, { state: 'sent' });
  const again = await queue.add(newMail({ idempotencyKey: 'k' }));
  assert.deepEqual([again.id, again.duplicate], [id, true]);
}

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

async function prunes({ queue }: QueueUnderTest): Promise<void> {
  const { id: sent } = await queue.add(newMail({ idempotencyKey: 'k' }));
  await claimOne(queue);
  await queue.settle(sent, { state: 'sent', attempt: attempt() });
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

async function sharedOut({ queue, another }: QueueUnderTest): Promise<void> {
  const other = await another();
  await Promise.all(Array.from({ length: 100 }, () => queue.add(newMail())));
  const taken: string[] = [];
  const work = async (worker: MailQueue): Promise<void> => {
    for (;;) {
      const ids = await claimedIds(worker, { limit: 7 });
      if (ids.length === 0) return;
      taken.push(...ids);
      await Promise.all(ids.map((id) => worker.settle(id, { state: 'sent' })));
    }
  };
  await Promise.all([work(queue), work(other)]);
  assert.equal(taken.length, 100);
  assert.equal(new Set(taken).size, 100);
  assert.equal((await queue.stats()).states.sent, 100);
  await other.close();
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
