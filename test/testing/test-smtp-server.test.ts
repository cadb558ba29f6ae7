import { MailModule, MailService, SmtpTransport } from 'nest-mailroom';
import { always, atFirst, renderedMessage, TestSmtpServer } from 'nest-mailroom/testing';
import { afterCleanup, boot, cleanup } from '../support/application.js';
import { CA, SERVER_CERTIFICATE } from '../support/certificates.js';

afterEach(cleanup);

async function started(options?: Parameters<typeof TestSmtpServer.start>[0]): Promise<TestSmtpServer> {
  const server = await TestSmtpServer.start(options);
  afterCleanup(() => server.close());
  return server;
}

async function sending(transport: string): Promise<MailService> {
  const app = await boot([MailModule.forRoot({ from: 'app@example.test', transport, verify: 'off' })]);
  return app.get(MailService);
}

test('keeps what an application sends to it, as it was written', async () => {
  const server = await started();
  const mail = await sending(server.url);
  const text = '.starts with a dot\n..and two\n.';
  await mail.send({ to: ['ada@example.test', 'bob@example.test'], subject: 'Hello', text });
  const [received] = server.mails;
  expect(received).toMatchObject({ from: 'app@example.test', to: ['ada@example.test', 'bob@example.test'] });
  expect(received?.source.toString()).toContain('\r\n\r\n.starts with a dot\r\n..and two\r\n.\r\n');
  expect(server).toMatchObject({ connections: 1, lines: expect.arrayContaining(['DATA', 'END']) });
});

test('leaves refused recipients out of the envelope', async () => {
  const server = await started({ script: always(/^RCPT TO:<bob/, '550 5.1.1 nobody here') });
  const mail = await sending(server.url);
  const receipt = await mail.send({ to: ['ada@example.test', 'bob@example.test'], subject: 'x', text: 'x' });
  expect(receipt.rejected).toMatchObject([{ address: 'bob@example.test', smtp: { enhanced: '5.1.1' } }]);
  expect(server.mails.map(({ to }) => to)).toEqual([['ada@example.test']]);
});

test('fails a given number of times', async () => {
  const server = await started({ script: atFirst(1, /^MAIL/g, '451 4.3.0 later') });
  const mail = await sending(server.url);
  const again = () => mail.send({ to: 'ada@example.test', subject: 'x', text: 'x' });
  await expect(again()).rejects.toMatchObject({ code: 'message-rejected', retryable: true });
  await expect(again()).resolves.toMatchObject({ accepted: ['ada@example.test'] });
});

test('offers STARTTLS with a certificate', async () => {
  const server = await started({ tls: SERVER_CERTIFICATE });
  const tls = { mode: 'required', ca: CA } as const;
  const transport = new SmtpTransport({ host: '127.0.0.1', port: server.port, tls });
  afterCleanup(() => transport.close());
  await transport.send(renderedMessage(), { signal: new AbortController().signal });
  expect(server.lines).toContain('STARTTLS');
  expect(server.mails).toHaveLength(1);
});
