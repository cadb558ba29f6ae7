import { join } from 'node:path';
import { MailModule, type MailModuleOptions, MailQueueService } from 'nest-mailroom';
import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import { boot, cleanup, folder } from '../../support/application.js';
import { until } from '../../support/example-process.js';
import { at, atFirst, server } from '../../support/queueing.js';
import type { Script } from '../../support/scripted-server.js';
import { type InboxApplication, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

interface Elsewhere {
  readonly inbox: InboxApplication;
  /** Starts the delivering application. */
  deliver(): Promise<MailQueueService>;
}

/** An application with an inbox that only queues, and one without an inbox that delivers from the same spool. */
async function startElsewhere(script?: Script): Promise<Elsewhere> {
  const { port } = await server(script);
  const path = join(await folder(), 'spool');
  const options = { from: 'app@example.test', transport: at(port), verify: 'off' } as const;
  const mail = (queue: MailModuleOptions['queue']) => ({ ...options, queue: { path, ...queue } });
  return {
    inbox: await startInbox({ mail: mail({ deliver: false }) }),
    deliver: async () => {
      const app = await boot([MailModule.forRoot(mail({ retryDelays: [600_000] }))]);
      const queue = app.get(MailQueueService);
      await queue.drain();
      return queue;
    },
  };
}

async function newest({ read }: InboxApplication): Promise<MessageView> {
  const { messages } = await read<MessagePage>('api/messages?limit=1');
  return read<MessageView>(`api/messages/${messages[0]?.id}`);
}

const HELLO = { to: 'ada@example.test', subject: 'Hello', text: 'x' };

test('a mail sent by another process is shown as sent, with the reply of the server', async () => {
  const { inbox, deliver } = await startElsewhere();
  await inbox.mail.queue(HELLO);
  expect((await newest(inbox)).status).toBe('queued');
  await deliver();
  await until(async () => (await newest(inbox)).status === 'sent');
  const { timeline } = await newest(inbox);
  expect(timeline.map(({ kind }) => kind)).toEqual(['captured', 'queued', 'sent']);
  expect(timeline.at(-1)?.text).toMatch(/^Accepted by smtp for ada@example\.test: 250 /);
});

test('a mail deferred or given up by another process is shown so once, with its reason', async () => {
  const { inbox, deliver } = await startElsewhere((line) => {
    if (line.startsWith('RCPT TO:<ada')) return '450 4.2.1 Mailbox busy';
    return line.startsWith('RCPT TO:<bob') ? '550 5.1.1 No such user' : undefined;
  });
  await inbox.mail.queue(HELLO);
  await deliver();
  await until(async () => (await newest(inbox)).status === 'deferred');
  const { timeline, queueId } = await newest(inbox);
  const deferred = timeline.find(({ kind }) => kind === 'deferred');
  expect(deferred?.text).toContain('Mailbox busy');
  expect(deferred?.dueAt).toMatch(/^20/);
  await inbox.mail.queue({ ...HELLO, to: 'bob@example.test', subject: 'Nobody' });
  await until(async () => (await newest(inbox)).status === 'dead');
  expect((await newest(inbox)).timeline.find(({ kind }) => kind === 'dead')?.text).toContain('No such user');
  // The queue has been polled several times by now.
  const { messages } = await inbox.read<MessagePage>('api/messages?status=deferred');
  expect(messages.map((mail) => mail.queueId)).toEqual([queueId]);
  const again = await inbox.read<MessageView>(`api/messages/${messages[0]?.id}`);
  expect(again.timeline).toEqual(timeline);
});

test('a mail cancelled elsewhere is shown as cancelled, and one retried here as waiting', async () => {
  const { inbox, deliver } = await startElsewhere(atFirst(1, /^RCPT/, '550 5.1.1 No such user'));
  const dead = await inbox.mail.queue(HELLO);
  const queue = await deliver();
  await until(async () => (await newest(inbox)).status === 'dead');
  queue.pause();
  await inbox.write('POST', `api/queue/${dead.id}/retry`);
  const { id } = await inbox.mail.queue({ ...HELLO, subject: 'Second' });
  await queue.cancel(id);
  await until(async () => (await newest(inbox)).status === 'cancelled');
  const { messages } = await inbox.read<MessagePage>('api/messages?status=queued');
  expect(messages.map(({ queueId }) => queueId)).toEqual([dead.id]);
  queue.resume();
  await until(async () => (await inbox.read<MessagePage>('api/messages?status=sent')).total === 1);
});
