import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import { cleanup } from '../../support/application.js';
import { EventStream } from '../support/event-stream.js';
import { type InboxApplication, PLATFORMS, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

const ADA = 'ada@example.test';
const mailOf = (subject: string, run = 'a') => ({
  to: ADA,
  subject,
  text: subject,
  headers: { 'X-Test-Run': run },
});

describe.each(PLATFORMS)('live on %s', (_platform, adapter) => {
  const start = (): Promise<InboxApplication> => startInbox({ adapter: adapter() });
  const events = ({ origin }: InboxApplication, headers?: Record<string, string>): Promise<EventStream> =>
    EventStream.open(`${origin}/mail/api/events`, headers);

  test('reports new, changed and removed mails', async () => {
    const inbox = await start();
    const stream = await events(inbox);
    expect(await stream.next()).toMatchObject({ type: 'ping' });
    await inbox.mail.send(mailOf('one'));
    const arrived = await stream.nextOf('message');
    expect(arrived?.data).toMatchObject({ subject: 'one', status: 'queued', unread: true });
    const id = arrived?.data['id'];
    let changed = await stream.nextOf('message');
    while (changed && changed.data['status'] !== 'captured') changed = await stream.nextOf('message');
    await inbox.write('DELETE', `api/messages/${String(id)}`);
    expect((await stream.nextOf('removed'))?.data).toEqual({ ids: [id] });
    await inbox.mail.send(mailOf('two'));
    await inbox.write('DELETE', 'api/messages');
    expect((await stream.nextOf('removed'))?.data).toEqual({ all: true });
  });

  test('resumes after the last event, or sends reset if it cannot', async () => {
    const inbox = await start();
    const stream = await events(inbox);
    const hello = await stream.next();
    await stream.close();
    await inbox.mail.send(mailOf('missed'));
    const again = await events(inbox, { 'last-event-id': hello?.id ?? '' });
    expect((await again.nextOf('message'))?.data).toMatchObject({ subject: 'missed' });
    const lost = await events(inbox, { 'last-event-id': 'other-7' });
    expect(await lost.next()).toMatchObject({ type: 'reset' });
  });

  test('ends streams and waits at shutdown', async () => {
    const inbox = await start();
    const stream = await events(inbox);
    await stream.next();
    const waiting = inbox.ask('api/wait?to=nobody@example.test');
    const listening = await events(inbox);
    await listening.next();
    await inbox.app.close();
    expect(await stream.next()).toBeUndefined();
    expect((await waiting).status).toBe(408);
  });

  test('waits for the mail of one test run, not of another', async () => {
    const inbox = await start();
    const waiting = inbox.read<MessageView>(`api/wait?to=${ADA}&run=b`);
    await inbox.mail.send(mailOf('for a', 'a'));
    await inbox.mail.send(mailOf('for b', 'b'));
    expect(await waiting).toMatchObject({ subject: 'for b', run: 'b', links: [], codes: [] });
    expect((await inbox.read<MessageView>('api/wait?run=a')).subject).toBe('for a');
    expect((await inbox.write('DELETE', 'api/messages?run=a')).status).toBe(204);
    expect((await inbox.read<MessagePage>('api/messages')).messages.map(({ run }) => run)).toEqual(['b']);
  });

  test('waits for the first mail after another, or after a time', async () => {
    const inbox = await start();
    for (const subject of ['one', 'two', 'three']) await inbox.mail.send(mailOf(subject));
    const { messages } = await inbox.read<MessagePage>('api/messages');
    const first = messages.at(-1);
    expect((await inbox.read<MessageView>(`api/wait?after=${first?.id}`)).subject).toBe('two');
    expect((await inbox.read<MessageView>(`api/wait?after=${first?.at}`)).subject).toBe('one');
    expect((await inbox.read<MessageView>('api/wait')).subject).toBe('three');
    const next = inbox.read<MessageView>(`api/wait?after=${messages[0]?.id}`);
    await inbox.mail.send(mailOf('four'));
    expect((await next).subject).toBe('four');
  });

  test('waits for mails after one that was removed', async () => {
    const inbox = await start();
    for (const subject of ['one', 'two']) await inbox.mail.send(mailOf(subject));
    const { messages } = await inbox.read<MessagePage>('api/messages');
    await inbox.write('DELETE', `api/messages/${messages[1]?.id}`);
    expect((await inbox.read<MessageView>(`api/wait?after=${messages[1]?.id}`)).subject).toBe('two');
    await inbox.write('DELETE', 'api/messages');
    const next = inbox.read<MessageView>(`api/wait?after=${messages[0]?.id}`);
    await inbox.mail.send(mailOf('three'));
    expect((await next).subject).toBe('three');
  });

  test('answers 408 if no mail arrives, and 400 to an invalid request', async () => {
    const { ask } = await start();
    const late = await ask('api/wait?subject=never&timeout=1');
    expect([late.status, await late.json()]).toEqual([
      408,
      { statusCode: 408, message: 'No such message within 1 ms.' },
    ]);
    for (const wrong of [
      'timeout=soon',
      'after=yesterday',
      `after=${'0'.repeat(32)}`,
      'status=lost',
      'to=a&to=b',
      'rnu=7',
    ]) {
      expect([wrong, (await ask(`api/wait?${wrong}`)).status]).toEqual([wrong, 400]);
    }
  });
});
