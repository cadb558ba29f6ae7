import PostalMime from 'postal-mime';
import { MailError } from '../../src/mail.errors.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import type { SmtpOptions } from '../../src/transport/smtp/smtp.options.js';
import { CA } from '../support/certificates.js';
import { renderedMessage } from '../support/rendered-message.js';
import { startSmtpServer } from '../support/smtp-server.js';
import type { TestServer, TestServerOptions } from '../support/smtp-server.js';
import { DROP, RESET, SILENCE, startScriptedServer } from '../support/scripted-server.js';
import type { Script, ScriptedServer } from '../support/scripted-server.js';

const open: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const never = (): AbortSignal => new AbortController().signal;

function smtp(port: number, options: SmtpOptions = {}): SmtpTransport {
  const transport = new SmtpTransport({ host: '127.0.0.1', port, ...options });
  open.push(() => transport.close());
  return transport;
}

async function server(options?: TestServerOptions): Promise<TestServer> {
  const started = await startSmtpServer(options);
  open.push(() => started.close());
  return started;
}

async function scripted(script?: Script): Promise<ScriptedServer> {
  const started = await startScriptedServer(script);
  open.push(() => started.close());
  return started;
}

async function failure(sending: Promise<unknown>): Promise<MailError> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MailError))
    throw new Error(`expected a MailError, got ${String(error)}`, { cause: error });
  return error;
}

describe('what arrives', () => {
  test('is the mail, to every envelope recipient, over STARTTLS', async () => {
    const { port, mails } = await server();
    const message = renderedMessage({
      envelope: { from: 'bounce@from.test', to: ['ada@to.test', 'bcc@to.test'] },
    });
    const receipt = await smtp(port).send(message, { signal: never() });
    expect(receipt).toMatchObject({
      messageId: '<1@from.test>',
      transport: 'smtp',
      accepted: ['ada@to.test', 'bcc@to.test'],
      rejected: [],
      response: expect.stringMatching(/^250 /),
    });
    expect(mails).toMatchObject([
      { from: 'bounce@from.test', to: ['ada@to.test', 'bcc@to.test'], session: { secure: true } },
    ]);
    const parsed = await PostalMime.parse(mails[0]!.bytes);
    expect(parsed).toMatchObject({ subject: 'Welcome', messageId: '<1@from.test>', text: 'Hello Ada\n' });
    expect(mails[0]!.bytes.toString()).not.toMatch(/bcc@to\.test|x-mailer/i);
  });

  test('is one mail, though a line of it is a dot', async () => {
    const { port, mails } = await server();
    const { html: _html, ...text } = renderedMessage({ text: 'a\n.\r\nMAIL FROM:<evil@y.test>\n..b' });
    await smtp(port).send(text, { signal: never() });
    expect(mails).toHaveLength(1);
    expect((await PostalMime.parse(mails[0]!.bytes)).text).toBe('a\n.\nMAIL FROM:<evil@y.test>\n..b\n');
  });
});
