import { MailQueueService } from 'nest-mailroom';
import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import type { QueuePage } from '../../../src/inbox/api/queue.js';
import { cleanup } from '../../support/application.js';
import { until } from '../../support/example-process.js';
import { at, server } from '../../support/queueing.js';
import {
  PLATFORMS,
  startInbox,
  type InboxApplication,
  type InboxSettings,
} from '../support/inbox-application.js';

afterEach(cleanup);

/** The inbox's view of the mail with that subject. */
async function shown({ read }: InboxApplication, subject: string): Promise<MessageView> {
  const { messages } = await read<MessagePage>(`api/messages?subject=${subject}`);
  return read<MessageView>(`api/messages/${messages[0]?.id}`);
}

/** An application whose mails wait for an explicit retry, with a server that refuses every mail for good. */
async function startQueue(settings: InboxSettings = {}): Promise<InboxApplication> {
  const { port } = await server((line) => (line.startsWith('RCPT') ? '550 5.1.1 No such user' : undefined));
  return startInbox({
    ...settings,
    mail: { transport: at(port), verify: 'off' },
  });
}

const mails = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    to: 'ada@example.test',
    subject: `Mail ${index}`,
    text: 'x',
  }));

describe.each(PLATFORMS)('the queue on %s', (_platform, adapter) => {
  test('shows waiting mails with their reasons; retries, cancels, pauses and resumes', async () => {
    const { app, mail, read, write } = await startQueue({ adapter: adapter() });
    expect((await write('POST', 'api/queue/pause')).status).toBe(204);
    const [first, second] = [
      await mail.queue(mails(1)[0]!),
      await mail.queue({ ...mails(1)[0]!, subject: 'Second' }),
    ];
    const paused = await read<QueuePage>('api/queue');
    expect(paused).toMatchObject({ paused: true, stats: { states: { waiting: 2 } } });
    expect(paused.mails.find(({ id }) => id === first.id)).toEqual({
      id: first.id,
      state: 'waiting',
      to: ['ada@example.test'],
      subject: 'Mail 0',
      mailer: 'default',
      attempts: 0,
      dueAt: first.dueAt.toISOString(),
    });
    expect((await write('POST', `api/queue/${second.id}/cancel`)).status).toBe(204);
    expect((await write('POST', `api/queue/${second.id}/cancel`)).status).toBe(404);
    expect((await write('POST', `api/queue/${second.id}/retry`)).status).toBe(404);

    expect((await write('POST', 'api/queue/resume')).status).toBe(204);
    await app.get(MailQueueService).drain();
    const { mails: dead, paused: isPaused } = await read<QueuePage>('api/queue?state=dead');
    expect(isPaused).toBe(false);
    expect(dead).toMatchObject([{ id: first.id, state: 'dead', attempts: 1 }]);
    expect(dead[0]?.error).toContain('550 5.1.1 No such user');
    expect((await write('POST', `api/queue/${first.id}/retry`)).status).toBe(204);
    await app.get(MailQueueService).drain();
    expect((await read<QueuePage>('api/queue')).mails).toContainEqual(
      expect.objectContaining({ id: first.id, attempts: 2 }),
    );
  });
});

test('actions on a queued mail appear in its timeline', async () => {
  const inbox = await startQueue();
  const { app, mail, read, write } = inbox;
  app.get(MailQueueService).pause();
  const first = await mail.queue({ ...mails(1)[0]!, subject: 'First' });
  const second = await mail.queue({ ...mails(1)[0]!, subject: 'Second' });
  await write('POST', `api/queue/${second.id}/cancel`);
  const cancelled = await shown(inbox, 'Second');
  expect(cancelled.status).toBe('cancelled');
  expect(cancelled.timeline.at(-1)).toMatchObject({ kind: 'cancelled', text: 'Cancelled in the inbox' });
  expect(await read('api/messages?status=cancelled')).toMatchObject({ total: 1 });

  app.get(MailQueueService).resume();
  await app.get(MailQueueService).drain();
  expect((await shown(inbox, 'First')).status).toBe('dead');
  app.get(MailQueueService).pause();
  await write('POST', `api/queue/${first.id}/retry`);
  const retried = await shown(inbox, 'First');
  expect(retried.status).toBe('queued');
  expect(retried.timeline.at(-1)?.kind).toBe('retried');
  app.get(MailQueueService).resume();
  await app.get(MailQueueService).drain();
  expect((await shown(inbox, 'First')).timeline.map(({ kind }) => kind)).toEqual([
    'captured',
    'queued',
    'sending',
    'dead',
    'failed',
    'retried',
    'sending',
    'dead',
    'failed',
  ]);
});

test('a pause names the mail server at fault and its reply, and its mails say why they wait', async () => {
  const { port } = await server((line) => (line.startsWith('AUTH') ? '535 5.7.8 Who are you?' : undefined));
  const login = { username: 'app', password: 'secret' };
  const inbox = await startInbox({ mail: { transport: { ...at(port), ...login }, verify: 'off' } });
  expect(await inbox.read<QueuePage>('api/queue')).not.toHaveProperty('pauses');
  await inbox.mail.queue(mails(1)[0]!);
  await until(async () => (await shown(inbox, 'Mail')).status === 'deferred');
  const page = await inbox.read<QueuePage>('api/queue');
  expect(page.pauses).toMatchObject([{ mailer: 'default', retryAt: expect.stringMatching(/Z$/) as string }]);
  expect(page.pauses?.[0]?.reason).toContain('Who are you?');
  expect(page.stats).not.toHaveProperty('pauses');
  const waiting = (await shown(inbox, 'Mail')).timeline.at(-1);
  expect(waiting).toMatchObject({ kind: 'waiting', smtp: { code: 535, enhanced: '5.7.8' } });
  expect(waiting?.text).toContain('the mail server is at fault, no attempt is lost');
});

test('retry makes a waiting mail due now, even if its server was at fault or its time is far ahead', async () => {
  let refused = 1;
  const { port } = await server((line) =>
    line.startsWith('MAIL') && refused-- > 0 ? '421 4.3.2 Not now' : undefined,
  );
  const inbox = await startInbox({
    mail: { transport: at(port), verify: 'off', queue: { retryDelays: [600_000] } },
  });
  const { app, mail, read, write } = inbox;
  const sendAt = new Date(Date.now() + 86_400_000);
  const far = await mail.queue({ ...mails(1)[0]!, subject: 'Far' }, { sendAt });
  const held = await mail.queue(mails(1)[0]!);
  await until(async () => (await read<QueuePage>('api/queue')).pauses !== undefined);
  for (const { id } of [held, far]) expect((await write('POST', `api/queue/${id}/retry`)).status).toBe(204);
  await app.get(MailQueueService).drain();
  const { mails: done } = await read<QueuePage>('api/queue?state=sent');
  expect(done.map(({ id }) => id).toSorted()).toEqual([held.id, far.id].toSorted());
  expect(done.every(({ captured }) => captured === undefined)).toBe(true);
  expect((await shown(inbox, 'Far')).timeline.map(({ kind }) => kind)).toContain('retried');
});

test('a queued mail of a capturing mailer is shown as captured, not as sent', async () => {
  const inbox = await startInbox();
  const { app, mail, read } = inbox;
  await mail.queue({ ...mails(1)[0]!, subject: 'Kept' });
  await app.get(MailQueueService).drain();
  expect((await read<QueuePage>('api/queue')).mails).toMatchObject([{ state: 'sent', captured: true }]);
  const { status, timeline } = await shown(inbox, 'Kept');
  expect(status).toBe('captured');
  expect(timeline.at(-1)).toMatchObject({
    kind: 'captured',
    text: expect.stringMatching(/sent to nobody/) as string,
  });
  expect(JSON.stringify([status, timeline])).not.toMatch(/"sent"|Accepted/);
  expect(await read('api/messages?status=captured')).toMatchObject({ total: 1 });
  expect(await read('api/messages?status=sent')).toMatchObject({ total: 0 });
});

test('every queued mail is on exactly one page, even if many were queued at the same time', async () => {
  const { app, mail, read, ask } = await startQueue();
  app.get(MailQueueService).pause();
  await mail.queueMany(mails(120));
  const ids: string[] = [];
  let page = await read<QueuePage>('api/queue');
  for (
    ids.push(...page.mails.map(({ id }) => id));
    page.next !== undefined;
    ids.push(...page.mails.map(({ id }) => id))
  )
    page = await read<QueuePage>(`api/queue?before=${page.next}`);
  expect(ids).toHaveLength(120);
  expect(new Set(ids).size).toBe(120);
  expect((await ask('api/queue?before=yesterday')).status).toBe(400);
  expect((await ask('api/queue?state=lost')).status).toBe(400);
});

test('the API says that there is no queue', async () => {
  const { ask } = await startInbox({ mail: { queue: { driver: 'off' } } });
  const answer = await ask('api/queue');
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({
    message: expect.stringContaining('There is no mail queue') as string,
  });
});
