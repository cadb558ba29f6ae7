import { simpleParser } from 'mailparser';
import type { MailModuleOptions, Receipt } from 'nest-mailroom';
import type { MailInboxOptions } from 'nest-mailroom/inbox';
import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import { afterCleanup, cleanup, folder } from '../../support/application.js';
import { at } from '../../support/queueing.js';
import { startSmtpServer, type TestServer, type TestServerOptions } from '../../support/smtp-server.js';
import { type InboxApplication, PLATFORMS, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

async function smtp(options?: TestServerOptions): Promise<TestServer> {
  const server = await startSmtpServer(options);
  afterCleanup(server.close);
  return server;
}

const url = ({ port }: TestServer): string => `smtp://127.0.0.1:${port}?tls=off`;

/** An application with one captured mail, and the path of that mail. */
async function captured(
  inbox: MailInboxOptions,
  mail: MailModuleOptions = {},
  adapter = PLATFORMS[0]![1],
): Promise<InboxApplication & { readonly path: string }> {
  const application = await startInbox({ adapter: adapter(), inbox, mail });
  await application.mail.send({
    to: 'Ada <ada@example.test>',
    bcc: 'eve@other.test',
    subject: 'Hello',
    html: '<p>x</p>',
    attachments: [{ filename: 'a.txt', content: 'file' }],
  });
  const { messages } = await application.read<MessagePage>('api/messages');
  return { ...application, path: `api/messages/${messages[0]?.id}` };
}

async function refused(answer: Response): Promise<string> {
  const { message } = (await answer.json()) as { message: string };
  return `${answer.status} ${message}`;
}

describe.each(PLATFORMS)('release on %s', (_platform, adapter) => {
  test('a captured mail goes unchanged to an allowed address, and its timeline records it', async () => {
    const server = await smtp();
    const release = { allow: ['*@team.test'], transport: url(server) };
    const { write, read, path } = await captured({ release }, {}, adapter);
    const answer = await write('POST', `${path}/release`, { to: ['dev@team.test'] });
    expect(answer.status).toBe(200);
    expect((await answer.json()) as Receipt).toMatchObject({
      accepted: ['dev@team.test'],
      transport: 'smtp',
    });
    expect(server.mails.map(({ to }) => to)).toEqual([['dev@team.test']]);
    const view = await read<MessageView>(path);
    const sent = await simpleParser(server.mails[0]!.bytes);
    expect(sent).toMatchObject({ subject: 'Hello', messageId: view.messageId });
    expect(sent.to).toMatchObject({ text: '"Ada" <ada@example.test>' });
    expect(sent.attachments).toMatchObject([{ filename: 'a.txt' }]);
    expect(view.timeline.at(-1)).toMatchObject({
      kind: 'released',
      text: expect.stringMatching(/^Released over smtp to dev@team\.test: 250/) as string,
    });
  });
});

test('nothing goes to addresses that are not allowed, even to the mail’s own recipients', async () => {
  const server = await smtp();
  const { write, path } = await captured({
    release: { allow: ['ada@example.test'], transport: url(server) },
  });
  const why = 'Add it to the option release.allow of MailInboxModule.forRoot().';
  expect(await refused(await write('POST', `${path}/release`))).toBe(
    `403 eve@other.test is not an address that the inbox may release mails to. ${why}`,
  );
  expect(await refused(await write('POST', `${path}/release`, { to: 'mallory@evil.test' }))).toContain(
    '403 mallory',
  );
  expect(await refused(await write('POST', `${path}/release`, { to: 'x' }))).toContain('400 to');
  expect(await refused(await write('POST', `${path}/release`, { to: [] }))).toContain('400 to');
  expect(server.mails).toEqual([]);
});

test('without options nobody is allowed, and without a server nothing is sent', async () => {
  const { write, path } = await captured({});
  expect(await refused(await write('POST', `${path}/release`, { to: 'a@b.test' }))).toContain(
    'release.allow',
  );
  const other = await captured({ release: { allow: ['a@b.test'] } });
  expect(await refused(await other.write('POST', `${other.path}/release`, { to: 'a@b.test' }))).toBe(
    '403 Mails of the mailer "default" are kept here, not sent. To send them all the same, give MailInboxModule.forRoot() a mail server: release: { allow, transport: \'smtp://…\' }.',
  );
});

test('a mailer with a real transport releases its own mails', async () => {
  const server = await smtp();
  const { write, path } = await captured(
    { release: { allow: ['dev@team.test'] } },
    { mailers: { real: { transport: at(server.port), verify: 'off' } } },
  );
  expect((await write('POST', `${path}/release`, { to: 'dev@team.test', mailer: 'real' })).status).toBe(200);
  expect(server.mails.map(({ to }) => to)).toEqual([['dev@team.test']]);
});

test('the answer contains the reply of the server', async () => {
  const server = await smtp({ refuseRecipient: () => ({ code: 550, text: 'Nobody here' }) });
  const { write, path } = await captured({ release: { allow: ['*@team.test'], transport: url(server) } });
  expect(await refused(await write('POST', `${path}/release`, { to: 'dev@team.test' }))).toMatch(
    /^502 .*550.*Nobody here/,
  );
});

test('a template is sent with its sample, only to an allowed address', async () => {
  const server = await smtp();
  const dir = await folder({
    'shop/receipt.hbs': '---\nsubject: Receipt\nsample: { number: 7 }\n---\n<p>No. {{number}}</p>',
  });
  const { write } = await startInbox({
    inbox: { release: { allow: ['dev@team.test'], transport: url(server) } },
    mail: { templates: { dir } },
  });
  expect((await write('POST', 'api/templates/shop/receipt/send', { to: 'dev@team.test' })).status).toBe(200);
  expect(await simpleParser(server.mails[0]!.bytes)).toMatchObject({
    subject: 'Receipt',
    html: '<p>No. 7</p>',
  });
  expect((await write('POST', 'api/templates/shop/receipt/send', { to: 'x@evil.test' })).status).toBe(403);
  expect((await write('POST', 'api/templates/shop/receipt/send', {})).status).toBe(400);
  expect((await write('POST', 'api/templates/none/send', { to: 'dev@team.test' })).status).toBe(404);
  expect(server.mails).toHaveLength(1);
});

test.each([
  [{ allow: ['everybody'] }, 'release.allow: expected addresses or *@domain patterns'],
  [{ allow: [], transport: 'https://a.test' }, 'release.transport: expected an smtp:// or smtps:// URL'],
  [{ allow: [], transport: 'smtp://ada:hunter2@' }, 'release.transport'],
])('invalid options fail the boot: %j', async (release, error) => {
  const booting = startInbox({ inbox: { release } });
  await expect(booting).rejects.toThrow(error);
  await expect(booting).rejects.not.toThrow('hunter2');
});
