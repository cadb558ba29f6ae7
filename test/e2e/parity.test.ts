import { simpleParser } from 'mailparser';
import { type Mail, type MailModuleOptions, MailModule, MailService } from 'nest-mailroom';
import PostalMime from 'postal-mime';
import { afterCleanup, boot, cleanup, folder, setEnv } from '../support/application.js';
import { startSmtpServer, type TestServer, type TestServerOptions } from '../support/smtp-server.js';

afterEach(cleanup);

interface Room {
  readonly server: TestServer;
  readonly mail: MailService;
}

/** An application that sends to a server of its own. */
async function room(options: MailModuleOptions = {}, serverOptions: TestServerOptions = {}): Promise<Room> {
  const server = await startSmtpServer(serverOptions);
  afterCleanup(() => server.close());
  setEnv({ MAIL_SERVER: '127.0.0.1', MAIL_PORT: String(server.port) });
  const app = await boot([
    MailModule.forRoot({ from: 'Shop <shop@example.test>', verify: 'off', ...options }),
  ]);
  return { server, mail: app.get(MailService) };
}

const letter: Mail = { to: 'ada@example.test', subject: 'Hello', text: 'Hello Ada' };

/** The bytes of the one mail that arrived. */
function arrived({ server }: Room): Buffer {
  expect(server.mails).toHaveLength(1);
  return server.mails[0]!.bytes;
}

describe('what Flask-Mail can do', () => {
  it('subject, recipients, body and html arrive, in any script', async () => {
    const sent = await room();
    await sent.mail.send({ ...letter, subject: 'Grüße 中 😀', text: 'Åda', html: '<p>Åda</p>' });
    const { subject, text, html, to } = await PostalMime.parse(arrived(sent));
    expect({ subject, text: text?.trim(), html: html?.trim() }).toEqual({
      subject: 'Grüße 中 😀',
      text: 'Åda',
      html: '<p>Åda</p>',
    });
    expect(to).toMatchObject([{ address: 'ada@example.test' }]);
  });

  it('sender, cc, reply-to, date, extra headers and Message-ID are the ones given', async () => {
    const sent = await room();
    await sent.mail.send({
      ...letter,
      from: { name: 'Büro', address: 'office@example.test' },
      cc: 'cc@example.test',
      replyTo: 'reply@example.test',
      date: new Date('2026-01-02T03:04:05Z'),
      headers: { 'X-Campaign': 'spring' },
      messageId: '<1@example.test>',
    });
    const parsed = await PostalMime.parse(arrived(sent));
    expect(parsed).toMatchObject({
      from: { name: 'Büro', address: 'office@example.test' },
      cc: [{ address: 'cc@example.test' }],
      replyTo: [{ address: 'reply@example.test' }],
      messageId: '<1@example.test>',
      date: '2026-01-02T03:04:05.000Z',
    });
    expect(parsed.headers).toContainEqual(expect.objectContaining({ key: 'x-campaign', value: 'spring' }));
  });

  it('bcc is in the envelope alone', async () => {
    const sent = await room();
    await sent.mail.send({ ...letter, bcc: 'hidden@example.test' });
    expect(sent.server.mails[0]?.to).toEqual(['ada@example.test', 'hidden@example.test']);
    expect(arrived(sent).toString()).not.toMatch(/hidden|^bcc:/im);
  });

  it('the bounce address is the envelope’s', async () => {
    const sent = await room();
    await sent.mail.send({ ...letter, envelope: { from: 'bounce@example.test' } });
    expect(sent.server.mails[0]?.from).toBe('bounce@example.test');
    expect((await PostalMime.parse(arrived(sent))).from?.address).toBe('shop@example.test');
  });

  it('an international domain goes out in ASCII', async () => {
    const sent = await room();
    await sent.mail.send({ ...letter, to: 'ada@münchen.test' });
    // The envelope cannot tell: the test server shows domains decoded.
    expect(arrived(sent).toString()).toMatch(/^To: ada@xn--mnchen-3ya\.test\r$/m);
  });

  it('attachments have type, disposition, headers and RFC 2231 names; a type is guessed', async () => {
    const sent = await room();
    await sent.mail.send({
      ...letter,
      attachments: [
        { filename: 'Übung 中.pdf', content: Buffer.from([1, 2]), headers: { 'X-Part': 'yes' } },
        { filename: 'l.gif', content: 'R0lGOA==', encoding: 'base64', disposition: 'inline' },
      ],
    });
    const { attachments } = await PostalMime.parse(arrived(sent));
    expect(attachments).toMatchObject([
      { filename: 'Übung 中.pdf', mimeType: 'application/pdf', disposition: 'attachment' },
      { filename: 'l.gif', mimeType: 'image/gif', disposition: 'inline' },
    ]);
    expect(arrived(sent).toString()).toMatch(/filename\*0\*=utf-8''/);
    expect(arrived(sent).toString()).toMatch(/^X-Part: yes\r$/m);
  });

  it('MAIL_ASCII_ATTACHMENTS makes attachment names ASCII', async () => {
    setEnv({ MAIL_ASCII_ATTACHMENTS: 'true' });
    const sent = await room();
    await sent.mail.send({ ...letter, attachments: [{ filename: 'Übung  eins.txt', content: 'x' }] });
    const { attachments } = await PostalMime.parse(arrived(sent));
    expect(attachments[0]?.filename).toBe('Ubung eins.txt');
  });

  it('alternative bodies go out by their type', async () => {
    const sent = await room();
    const amp = { contentType: 'text/x-amp-html', content: '<html ⚡4email></html>' };
    await sent.mail.send({ ...letter, html: '<p>Hello</p>', alternatives: [amp] });
    expect(arrived(sent).toString()).toMatch(/multipart\/alternative[\s\S]*text\/x-amp-html/);
  });

  it('header injection is refused in every field, cc, bcc and attachment headers included', async () => {
    const sent = await room();
    const evil = 'x\r\nBcc: evil@example.test';
    const tries: readonly Mail[] = [
      { ...letter, subject: evil },
      { ...letter, cc: evil },
      { ...letter, bcc: evil },
      { ...letter, headers: { 'X-A': evil } },
      { ...letter, attachments: [{ filename: evil, content: 'x' }] },
      { ...letter, attachments: [{ content: 'x', headers: { 'X-A': evil } }] },
    ];
    for (const attempt of tries) {
      await expect(sent.mail.send(attempt)).rejects.toMatchObject({ code: 'message-invalid' });
    }
    expect(sent.server.mails).toHaveLength(0);
  });

  it('many mails share a connection, and MAIL_MAX_EMAILS renews it', async () => {
    setEnv({ MAIL_MAX_EMAILS: '2', MAIL_POOL_SIZE: '1' });
    const sent = await room();
    const { failed } = await sent.mail.sendMany(Array.from({ length: 4 }, () => letter));
    expect(failed).toEqual([]);
    expect(sent.server.mails).toHaveLength(4);
    expect(sent.server.connections.total).toBe(2);
  });

  it('username and password log in', async () => {
    setEnv({ MAIL_USERNAME: 'ada', MAIL_PASSWORD: 'p@ss' });
    const sent = await room({}, { authOptional: false });
    await sent.mail.send(letter);
    expect(sent.server.logins).toEqual(['PLAIN ada p@ss']);
  });

  it('render gives the message without sending it', async () => {
    const sent = await room();
    expect(await sent.mail.render(letter)).toMatchObject({ subject: 'Hello', text: 'Hello Ada' });
    await sent.mail.send({ ...letter, subject: 'Sent' });
    expect((await PostalMime.parse(arrived(sent))).subject).toBe('Sent');
  });
});

describe('what @nestjs-modules/mailer can do', () => {
  it('a template with layout, partial, helper, subject and text, from the first of several folders', async () => {
    const [own, shared] = [
      await folder({
        'welcome.hbs':
          '---\nsubject: Welcome, {{user.name}}!\nlayout: l\n---\n<p>{{shout user.name}}</p>{{> foot}}',
        'welcome.text.hbs': 'Hello {{user.name}}',
        'layouts/l.hbs':
          '<html><head><style>p { color: red }</style></head><body>{{> @partial-block}}</body></html>',
        'partials/foot.hbs': '<i>foot</i>',
      }),
      await folder({ 'welcome.hbs': 'not this one' }),
    ];
    const helpers = { shout: (text: string) => text.toUpperCase() };
    const sent = await room({ templates: { dirs: [own, shared], helpers } });
    await sent.mail.send({
      to: 'ada@example.test',
      template: 'welcome',
      context: { user: { name: 'Ada <b>' } },
    });
    const { subject, html, text } = await PostalMime.parse(arrived(sent));
    expect(subject).toBe('Welcome, Ada <b>!');
    expect(html).toMatch(/<p style="color: red;?">ADA &lt;B&gt;<\/p><i>foot<\/i>/);
    expect(text?.trim()).toBe('Hello Ada <b>');
  });

  it('an inline image stands beside the html that shows it', async () => {
    const sent = await room();
    const logo = { filename: 'l.gif', content: Buffer.from('GIF89a'), cid: 'logo' };
    await sent.mail.send({ ...letter, html: '<img src="cid:logo">', attachments: [logo] });
    const { attachments } = await simpleParser(arrived(sent));
    expect(attachments).toMatchObject([{ cid: 'logo', related: true, contentType: 'image/gif' }]);
  });

  it('a calendar event is there to act on and to save', async () => {
    const sent = await room();
    await sent.mail.send({ ...letter, icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR' } });
    const raw = arrived(sent).toString();
    expect(raw).toMatch(/text\/calendar;[\s\S]*method=REQUEST/);
    expect((await simpleParser(raw)).attachments.map(({ filename }) => filename)).toContain('invite.ics');
  });

  it('extra providers are there for the factory', async () => {
    const { server } = await room();
    const settings = { provide: 'SENDER', useValue: 'extra@example.test' };
    const options = {
      extraProviders: [settings],
      inject: ['SENDER'],
      useFactory: (from: string) => ({ from, verify: 'off' as const }),
    };
    const app = await boot([MailModule.forRootAsync(options)]);
    await app.get(MailService).send(letter);
    expect(server.mails[0]?.from).toBe('extra@example.test');
  });

  it('transport as a URL and as options', async () => {
    const { server } = await room();
    const { port } = server;
    for (const transport of [`smtp://127.0.0.1:${port}`, { host: '127.0.0.1', port }]) {
      const app = await boot([MailModule.forRoot({ from: 'shop@example.test', transport, verify: 'off' })]);
      await app.get(MailService).send(letter);
    }
    expect(server.mails).toHaveLength(2);
  });
});
