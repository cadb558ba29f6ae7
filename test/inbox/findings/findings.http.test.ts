import type { CheckedLink, MailFindings } from '../../../src/inbox/api/checks.js';
import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import { cleanup } from '../../support/application.js';
import { PLATFORMS, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

describe.each(PLATFORMS)('findings and links on %s', (_platform, adapter) => {
  test('a mail lists its findings, and its links are checked on request', async () => {
    const { mail, read, write, ask } = await startInbox({ adapter: adapter() });
    const html =
      '<html lang="en"><body style="display: flex"><img src="x.png"><a href="http://127.0.0.1:9/x">x</a>';
    await mail.send({ to: 'ada@example.test', subject: 'Hello', html, text: 'x' });
    const { messages } = await read<MessagePage>('api/messages');
    const path = `api/messages/${messages[0]?.id}`;

    const { findings, clients } = await read<MailFindings>(`${path}/findings`);
    expect(findings.map(({ rule }) => rule)).toEqual(['img-alt']);
    expect(clients.map(({ client }) => client)).toEqual(['Gmail', 'Outlook (Windows)', 'GMX']);
    expect((await ask('api/messages/none/findings')).status).toBe(404);

    const checked = await write('POST', `${path}/links/check`, { url: 'http://127.0.0.1:9/x' });
    expect(checked.status).toBe(200);
    expect((await checked.json()) as CheckedLink).toMatchObject({
      ok: false,
      hops: [],
      error: '127.0.0.1 is 127.0.0.1, which is not an address of the public internet, so it is not followed',
    });
    const foreign = await write('POST', `${path}/links/check`, { url: 'http://169.254.169.254/' });
    expect(foreign.status).toBe(400);
    expect((await write('POST', `${path}/links/check`, ['x'])).status).toBe(400);
    const unprotected = await ask(`${path}/links/check`, { method: 'POST' });
    expect(unprotected.status).toBe(403);
  });

  test('a look-alike domain is shown in its ASCII form and reported', async () => {
    const { mail, read } = await startInbox({ adapter: adapter() });
    await mail.send({ to: 'a@p\u0430ypal.test', subject: 'Hello', text: 'x' });
    const [message] = (await read<MessagePage>('api/messages')).messages;
    const path = `api/messages/${message?.id}`;
    const { to, envelope, headers } = await read<MessageView>(path);
    const shown = 'a@xn--pypal-4ve.test';
    expect([to, envelope.to]).toEqual([[shown], [shown]]);
    expect(headers).toContainEqual(['To', shown]);
    const { findings } = await read<MailFindings>(`${path}/findings`);
    expect(findings).toMatchObject([{ rule: 'mixed-script', severity: 'warning' }]);
    expect(findings[0]?.message).toContain('xn--pypal-4ve.test mixes Latin and Cyrillic letters');
  });
});
