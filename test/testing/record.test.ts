import { AsyncLocalStorage } from 'node:async_hooks';
import { MailModule, MailOutbox, MailQueueService, MailService, MemoryTransport } from 'nest-mailroom';
import { MailInboxModule } from 'nest-mailroom/inbox';
import { boot, cleanup, folder } from '../support/application.js';
import { queueing } from '../support/queueing.js';

afterEach(cleanup);

const TESTS = 50;
/** For machines under load. */
const PATIENCE = { timeout: 20_000 };

async function application(...imports: Parameters<typeof boot>[0]) {
  const root = MailModule.forRoot({ from: 'app@example.test', queue: { retryDelays: [5] } });
  const app = await boot([root, ...imports]);
  return { mail: app.get(MailService), outbox: app.get(MailOutbox), queue: app.get(MailQueueService) };
}

const subjects = ({ messages }: MailOutbox) => messages.map(({ subject }) => subject);
const to = 'ada@example.test';

test('fifty tests at the same time see their own mails alone, queued ones too', async () => {
  const { mail, outbox, queue } = await application();
  const recordings = await Promise.all(
    Array.from({ length: TESTS }, (_, index) =>
      outbox.record(async () => {
        await mail.send({ to, subject: `sent ${index}`, text: 'x' });
        await mail.queue({ to, subject: `queued ${index}`, text: 'x' });
        const { failed } = await mail.sendMany([{ to, subject: `many ${index}`, text: 'x' }]);
        expect(failed).toEqual([]);
      }),
    ),
  );
  await queue.drain();
  for (const [index, recording] of recordings.entries()) {
    expect(subjects(recording).toSorted()).toEqual([`many ${index}`, `queued ${index}`, `sent ${index}`]);
    expect(recording.queued.map(({ message }) => message.subject)).toEqual([`queued ${index}`]);
  }
  expect(outbox.messages).toHaveLength(3 * TESTS);
  expect(outbox.queued).toHaveLength(TESTS);
});

test('waits for later deliveries, and hides mails that others queue', async () => {
  const { mail, outbox } = await application();
  const recording = await outbox.record(async () => {
    await mail.queue({ to, subject: 'mine', text: 'x' });
  });
  await mail.queue({ to, subject: 'of nobody', text: 'x' });
  await recording.waitFor({ subject: 'mine' }, PATIENCE);
  await outbox.waitFor({ subject: 'of nobody' }, PATIENCE);
  expect(subjects(recording)).toEqual(['mine']);
});

test('a recording in a recording is seen by both', async () => {
  const { mail, outbox } = await application();
  let inner: MailOutbox | undefined;
  const outer = await outbox.record(async (recording) => {
    inner = await recording.record(() => mail.send({ to, subject: 'in', text: 'x' }));
    await mail.send({ to, subject: 'out', text: 'x' });
  });
  expect(inner && subjects(inner)).toEqual(['in']);
  expect(subjects(outer)).toEqual(['in', 'out']);
});

test('failures planned in a recording meet its own mails, a queued one at its next attempt', async () => {
  const { mail, outbox, queue } = await application();
  const [failing, sound] = await Promise.all([
    outbox.record(async (recording) => {
      recording.failNext('451 4.7.1 later', 2);
      await mail.queue({ to, subject: 'twice', text: 'x' });
      await recording.waitFor({ subject: 'twice' }, PATIENCE);
    }),
    outbox.record(async () => {
      await mail.send({ to, subject: 'at once', text: 'x' });
    }),
  ]);
  await queue.drain();
  const [entry] = await queue.list({ state: 'sent' });
  expect(entry?.attempts.map(({ error }) => error?.code)).toEqual([
    'message-rejected',
    'message-rejected',
    undefined,
  ]);
  expect([subjects(failing), subjects(sound)]).toEqual([['twice'], ['at once']]);
});

test('an inbox that watches keeps nothing from a recording', async () => {
  const { mail, outbox } = await application(MailInboxModule.forRoot({ dir: await folder() }));
  const recording = await outbox.record(async () => {
    await mail.queue({ to, subject: 'mine', text: 'x' });
  });
  await recording.waitFor({ subject: 'mine' });
  expect(recording.queued).toHaveLength(1);
});

test('an error of fn is passed on', async () => {
  const boom = new Error('boom');
  const failing = new MailOutbox().record(() => {
    throw boom;
  });
  await expect(failing).rejects.toBe(boom);
});

test('a mail with a key that was queued before is not queued again', async () => {
  const { mail, outbox } = await application();
  const recording = await outbox.record(async () => {
    for (const subject of ['first', 'second'])
      await mail.queue({ to, subject, text: 'x' }, { idempotencyKey: 'k', priority: 'high' });
  });
  expect(recording.queued).toMatchObject([
    { message: { subject: 'first' }, priority: 'high', idempotencyKey: 'k', dueAt: expect.any(Date) },
  ]);
});

test('a worker does not carry the context of the first mail into the deliveries of the others', async () => {
  const seen: unknown[] = [];
  const request = new AsyncLocalStorage<string>();
  const outbox = new MailOutbox();
  class Telling extends MemoryTransport {
    override send(...given: Parameters<MemoryTransport['send']>) {
      seen.push(request.getStore());
      return super.send(...given);
    }
  }
  const { mail } = await queueing(new Telling(outbox));
  await request.run('first', () => mail.queue({ to, subject: 'a', text: 'x' }));
  await request.run('second', () => mail.queue({ to, subject: 'b', text: 'x' }));
  await Promise.all([outbox.waitFor({ subject: 'a' }, PATIENCE), outbox.waitFor({ subject: 'b' }, PATIENCE)]);
  expect(seen).toEqual([undefined, undefined]);
});
