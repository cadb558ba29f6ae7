import { generateKeyPairSync } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { MailerModule, MailerService } from '@nestjs-modules/mailer';
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter';
import type { MailMessage } from 'nodemailer';
import { MAIL_TRANSPORT, MailModule, MailService, type Transport } from 'nest-mailroom';
import { afterCleanup, boot, cleanup, folder } from '../support/application.js';
import { verifyDkim } from '../support/dkim.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { startSmtpServer, type TestServer } from '../support/smtp-server.js';
import { bootBoth, bootOnNodemailer9, from, smtpAt, throughMailer } from './application.js';

afterEach(async () => {
  await cleanup();
  await expectNoOpenSockets();
});

async function server(): Promise<TestServer> {
  const started = await startSmtpServer();
  afterCleanup(() => started.close());
  return started;
}

const to = 'ada@example.test';
const mail = { to, subject: 'ours', text: 'Hello' };
const never = (): AbortSignal => new AbortController().signal;
const POOL = { pool: true, maxRequeues: 0 };

describe('beside their own mails', () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ])('sends over their connections when imported %s theirs', async (_order, place) => {
    const relay = await server();
    const theirs = MailerModule.forRoot(smtpAt(relay.port, { ...POOL, maxConnections: 1 }));
    const ours = MailModule.forRoot(throughMailer());
    const app = await boot(place === 0 ? [ours, theirs] : [theirs, ours]);
    await app.get(MailerService, { strict: false }).sendMail({ from, to, subject: 'theirs', text: 'x' });
    const receipt = await app.get(MailService).send(mail);
    expect(receipt).toMatchObject({ transport: 'mailer', accepted: [to], rejected: [] });
    await app.get(MailerService, { strict: false }).sendMail({ from, to, subject: 'theirs', text: 'x' });
    expect(relay.mails.map(({ bytes }) => /^Subject: (\w+)/m.exec(bytes.toString())?.[1])).toEqual([
      'theirs',
      'ours',
      'theirs',
    ]);
    expect(relay.connections.total).toBe(1);
    expect(relay.mails[1]?.bytes.toString()).toContain(`Message-ID: ${receipt.messageId}\r\n`);
  });

  it('finds a MailerService whose options come later', async () => {
    const relay = await server();
    const theirs = MailerModule.forRootAsync({
      imports: [],
      useFactory: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return smtpAt(relay.port);
      },
    });
    const ours = MailModule.forRootAsync({ useFactory: () => Promise.resolve(throughMailer()) });
    const app = await boot([ours, theirs]);
    await app.get(MailService).send(mail);
    expect(relay.mails).toHaveLength(1);
  });

  it('sends by the transporter that each mailer names', async () => {
    const [main, news] = [await server(), await server()];
    const theirs = { ...smtpAt(main.port), transports: { 'our news': smtpAt(news.port).transport ?? {} } };
    const app = await bootBoth(theirs, { mailers: { news: { transport: 'mailer:our%20news' } } });
    await app.get(MailService).send(mail);
    const receipt = await app.get(MailService).mailer('news').send(mail);
    expect(receipt.transport).toBe('mailer:our news');
    expect([main.mails.length, news.mails.length]).toEqual([1, 1]);
  });

  it('follows a transporter that is exchanged while the application runs', async () => {
    const [first, second] = [await server(), await server()];
    const app = await bootBoth(
      { transports: { news: smtpAt(first.port).transport ?? {} } },
      { transport: 'mailer:news' },
    );
    await app.get(MailService).send(mail);
    const theirs = app.get(MailerService, { strict: false });
    theirs.removeTransporter('news');
    theirs.addTransporter('news', smtpAt(second.port).transport ?? {});
    await app.get(MailService).send(mail);
    expect([first.mails.length, second.mails.length]).toEqual([1, 1]);
  });

  it('keeps sending through theirs after ours is closed', async () => {
    const relay = await server();
    const app = await bootBoth(smtpAt(relay.port, POOL));
    await app.get<Transport>(MAIL_TRANSPORT).close();
    await app.get(MailerService, { strict: false }).sendMail({ from, to, text: 'x' });
    expect(relay.mails).toHaveLength(1);
  });
});

describe.each([
  ['nodemailer 10', bootBoth],
  ['nodemailer 9', bootOnNodemailer9],
])('what theirs does to our mails on %s', (_version, start) => {
  it.each([
    ['with a text alone', mail],
    ['with html', { ...mail, html: '<p>Hello</p>' }],
  ])('is neither their adapter nor their preview: a mail %s', async (_what, ours) => {
    const relay = await server();
    const dir = await folder();
    const app = await start({
      ...smtpAt(relay.port),
      template: { dir: await folder({ 'theirs.hbs': '<p>{{name}}</p>' }), adapter: new HandlebarsAdapter() },
      preview: { dir, open: false },
    });
    await app.get(MailService).send(ours);
    expect(await readdir(dir)).toEqual([]);
    const source = relay.mails[0]?.bytes.toString() ?? '';
    expect(source).toContain('Hello');
    expect(source.includes('text/html')).toBe('html' in ours);

    // Theirs goes on as ever: rendered, and previewed.
    const theirs = app.get(MailerService, { strict: false });
    await theirs.sendMail({ from, to, template: 'theirs', context: { name: 'Ada' } });
    expect(relay.mails[1]?.bytes.toString()).toContain('<p>Ada</p>');
    expect(await readdir(dir)).toHaveLength(1);
  });

  it('is signing them, and whatever their stream plugins do', async () => {
    const relay = await server();
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const dkim = { domainName: 'example.test', keySelector: 'theirs', privateKey };
    const plugin = ({ message }: MailMessage, done: () => void): void => {
      message.transform(() => prepending('X-Passed: their gateway\r\n'));
      done();
    };
    const app = await start({ ...smtpAt(relay.port, { dkim }), plugins: [{ step: 'stream', plugin }] });
    await app.get(MailService).send({ ...mail, html: '<p>Grüße</p>' });
    const [received] = relay.mails;
    if (!received) throw new Error('nothing came');
    expect(received.bytes.toString()).toContain('X-Passed: their gateway\r\n');
    expect(await verifyDkim(received.bytes, `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`)).toBe(true);
  });

  it('is a plugin that sends all mails elsewhere', async () => {
    const relay = await server();
    const plugin = ({ message }: MailMessage, done: () => void): void => {
      message.setEnvelope({ from: 'bounce@example.test', to: ['catch-all@example.test'] });
      done();
    };
    const app = await start({ ...smtpAt(relay.port), plugins: [{ step: 'stream', plugin }] });
    await app.get(MailService).send(mail);
    expect(relay.mails[0]).toMatchObject({ from: 'bounce@example.test', to: ['catch-all@example.test'] });
  });

  it.each([
    ['a null sender', { from: '', to: [to] }],
    ['a quoted local part', { from: '"a b"@example.test', to: ['"c@d"@example.test', to] }],
    ['a local part in two cases', { from: to, to: ['Ada@example.test', 'ada@example.test'] }],
  ])('is not to rewrite an envelope with %s', async (_what, envelope) => {
    const relay = await startScriptedServer();
    afterCleanup(() => relay.close());
    const app = await start(smtpAt(relay.port));
    await app.get<Transport>(MAIL_TRANSPORT).send(renderedMessage({ envelope }), { signal: never() });
    const addresses = relay.lines.map((line) => /^(?:MAIL FROM|RCPT TO):<(.*?)>/.exec(line)?.[1]);
    expect(addresses.filter((address) => address !== undefined)).toEqual([envelope.from, ...envelope.to]);
  });

  it('is to tell a server how large a mail is, and whom to tell of its fate', async () => {
    const relay = await startScriptedServer((line) =>
      line.startsWith('EHLO') ? '250-test\r\n250-SIZE 100000\r\n250 DSN' : undefined,
    );
    afterCleanup(() => relay.close());
    const app = await start(smtpAt(relay.port));
    await app.get(MailService).send({ ...mail, dsn: { notify: ['failure'] } });
    const size = Buffer.byteLength(relay.bodies[0] ?? '', 'latin1');
    expect(relay.lines).toContainEqual(expect.stringMatching(new RegExp(`^MAIL FROM:.* SIZE=${size}$`)));
    expect(relay.lines).toContainEqual(expect.stringMatching(/^RCPT TO:.* NOTIFY=FAILURE/));
  });
});

function prepending(line: string): Transform {
  let isFirst = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (isFirst) this.push(line);
      isFirst = false;
      done(null, chunk);
    },
  });
}
