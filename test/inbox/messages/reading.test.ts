import { cleanup } from '../../support/application.js';
import { PLATFORMS, startInbox } from '../support/inbox-application.js';
import type { MessagePage } from '../../../src/inbox/messages/message-reader.js';
import type { MessageView } from '../../../src/inbox/messages/message-view.js';

afterEach(cleanup);

describe.each(PLATFORMS)('the inbox on %s', (_platform, adapter) => {
  test('shows a mail as soon as it is sent', async () => {
    const { mail, read } = await startInbox({ adapter: adapter() });
    await mail.send({ to: 'ada@example.test', subject: 'Hello', text: 'Your code is 123456.' });
    const { messages, total, unread } = await read<MessagePage>('api/messages');
    expect({ total, unread }).toEqual({ total: 1, unread: 1 });
    expect(messages[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      subject: 'Hello',
      from: 'app@example.test',
      to: ['ada@example.test'],
      mailer: 'default',
      status: 'sent',
      snippet: 'Your code is 123456.',
      unread: true,
    });
    const view = await read<MessageView>(`api/messages/${messages[0]?.id}`);
    expect(view).toMatchObject({ codes: ['123456'], hasHtml: false, text: 'Your code is 123456.' });
    expect(view.timeline.map(({ kind }) => kind)).toEqual(['captured', 'sending', 'sent']);
  });
});
