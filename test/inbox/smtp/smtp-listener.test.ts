import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { smtpListener } from 'nest-mailroom/inbox/smtp';
import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import type { StatusView } from '../../../src/inbox/api/status.js';
import { cleanup, folder } from '../../support/application.js';
import { freePort } from '../../support/example-process.js';
import { at } from '../../support/queueing.js';
import { type InboxApplication, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

test('accepts mails of other programs', async () => {
  const { read } = await startInbox({ inbox: { smtp: smtpListener({ port: 0 }) } });
  const { smtp } = await read<StatusView>('api/status');
  const client = createTransport({
    host: '127.0.0.1',
    port: smtp?.port ?? 0,
    auth: { user: 'any', pass: 'any' },
  });
  await client.sendMail({
    from: 'Cron <cron@example.test>',
    to: ['ada@example.test', 'Bob <bob@example.test>'],
    bcc: 'eve@example.test',
    subject: 'Grüße',
    html: '<p>Your code is 123456 <img src="cid:dot"></p>',
    attachments: [{ filename: 'dot.gif', content: Buffer.from('GIF89a'), cid: 'dot' }],
    headers: { 'X-Test-Run': 'other' },
  });
  const { messages } = await read<MessagePage>('api/messages');
  expect(messages).toMatchObject([
    {
      subject: 'Grüße',
      from: 'Cron <cron@example.test>',
      to: ['ada@example.test', 'bob@example.test', 'eve@example.test'],
      status: 'received',
      run: 'other',
      attachments: 1,
    },
  ]);
  const view = await read<MessageView>(`api/messages/${messages[0]?.id}`);
  expect(view).toMatchObject({
    codes: ['123456'],
    files: [{ index: 0, filename: 'dot.gif', contentType: 'image/gif', size: 6, cid: 'dot' }],
    timeline: [{ kind: 'captured', text: 'Received over SMTP' }],
  });
  expect(view.mailer).toBeUndefined();
});

test('reports a port in use and refuses an invalid one', async () => {
  const { read } = await startInbox({ inbox: { smtp: smtpListener({ port: 0 }) } });
  const port = (await read<StatusView>('api/status')).smtp?.port ?? 0;
  await expect(startInbox({ inbox: { smtp: smtpListener({ port }) } })).rejects.toThrow(
    /cannot listen on 127\.0\.0\.1:\d+: .*give smtpListener another port/,
  );
  expect(() => smtpListener({ port: 70_000 })).toThrow(/expected a number from 0 to 65535, got 70000/);
});

/** The reply to a mail that it refuses. */
async function replyTo(inbox: InboxApplication, mail: { text?: string; raw?: string }): Promise<unknown> {
  const { smtp } = await inbox.read<StatusView>('api/status');
  const client = createTransport({ host: '127.0.0.1', port: smtp?.port ?? 0 });
  const envelope = { from: 'cron@example.test', to: 'ada@example.test' };
  return client.sendMail({ envelope, ...mail }).then(
    () => 250,
    (error: unknown) => (error instanceof Error ? Reflect.get(error, 'responseCode') : error),
  );
}

test('refuses a mail that it cannot store, that is too large, or that it cannot parse', async () => {
  const dir = join(await folder({ file: '' }), 'file');
  const smtp = () => smtpListener({ port: 0 });
  expect(await replyTo(await startInbox({ inbox: { smtp: smtp(), dir } }), { text: 'x' })).toBe(452);
  const inbox = await startInbox({ inbox: { smtp: smtp() } });
  expect(await replyTo(inbox, { text: 'x'.repeat(26 * 1024 * 1024) })).toBe(552);
  const nested = Array.from({ length: 300 }, (_, depth) => [
    `Content-Type: multipart/mixed; boundary=b${depth}`,
    '',
    `--b${depth}`,
  ]);
  expect(await replyTo(inbox, { raw: nested.flat().join('\r\n') })).toBe(554);
  expect(await inbox.read('api/messages')).toMatchObject({ total: 0 });
  expect(await replyTo(inbox, { text: 'x' })).toBe(250);
});

test('events of a mail go to the mail itself, not to the copy that came back over SMTP', async () => {
  const port = await freePort();
  const { mail, read } = await startInbox({
    mail: { transport: at(port) },
    inbox: { smtp: smtpListener({ port }) },
  });
  await mail.send({ to: 'ada@example.test', subject: 'Round', text: 'x' });
  const { messages } = await read<MessagePage>('api/messages');
  expect(messages.map(({ status }) => status)).toEqual(['received', 'sent']);
  const back = await read<MessageView>(`api/messages/${messages[0]?.id}`);
  expect(back.timeline.map(({ kind }) => kind)).toEqual(['captured']);
});
