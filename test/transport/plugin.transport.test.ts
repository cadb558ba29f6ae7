import { createTransport } from 'nodemailer';
import type { MailMessage, SentMessageInfo, Transport as NodemailerPlugin } from 'nodemailer';
import PostalMime from 'postal-mime';
import { MailError } from '../../src/errors/mail-error.js';
import { NodemailerPluginTransport } from '../../src/transport/plugin/plugin.transport.js';
import { renderedMessage } from '../support/rendered-message.js';

const never = (): AbortSignal => new AbortController().signal;

type Answer = (mail: MailMessage) => Partial<SentMessageInfo> | Error | undefined;

/** A plugin that answers at once. */
function stub(answer: Answer, more: Partial<NodemailerPlugin> = {}): NodemailerPlugin {
  return {
    name: 'stub',
    version: '1',
    send(mail, done) {
      const answered = answer(mail);
      if (answered instanceof Error) done(answered);
      else done(null, answered && { envelope: { from: '', to: [] }, messageId: '', ...answered });
    },
    ...more,
  };
}

const send = (answer: Answer, message = renderedMessage()) =>
  new NodemailerPluginTransport(stub(answer)).send(message, { signal: never() });

test("takes the plugin's name, or one of ours", () => {
  const plugin = stub(() => ({}));
  expect(new NodemailerPluginTransport(plugin).name).toBe('stub');
  expect(new NodemailerPluginTransport(plugin, { name: 'ses' }).name).toBe('ses');
});

test('gives the fields to a plugin that talks HTTP, those in bcc included', async () => {
  let seen: MailMessage['data'] = {};
  const envelope = { from: 'a@from.test', to: ['ada@to.test', 'hidden@to.test', 'b@xn--bcher-kva.test'] };
  const to = [{ address: 'ada@to.test', name: 'Ada' }, { address: 'b@bücher.test' }];
  await send(({ data }) => {
    seen = data;
    return {};
  }, renderedMessage({ envelope, to }));
  expect(seen).toMatchObject({
    from: { address: 'hello@from.test', name: 'Hello' },
    to: [{ address: 'ada@to.test' }, { address: 'b@bücher.test' }],
    bcc: [{ address: 'hidden@to.test' }],
    subject: 'Welcome',
    text: 'Hello Ada',
    html: '<p>Hello Ada</p>',
    envelope: { from: 'a@from.test', to: envelope.to },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
});

test("wraps a transporter of nodemailer's createTransport, and leaves its own mails alone", async () => {
  const bodies: string[] = [];
  const keep: NodemailerPlugin = {
    name: 'keep',
    version: '1',
    send: ({ message }, done) =>
      message.build((error, bytes) => {
        bodies.push(bytes.toString());
        done(error, { envelope: message.getEnvelope(), messageId: message.messageId() });
      }),
  };
  const transporter = createTransport(keep);
  const wrapped = new NodemailerPluginTransport(transporter);
  const envelope = { from: 'bounce@from.test', to: ['hidden@to.test'] };
  const receipt = await wrapped.send(renderedMessage({ envelope }), { signal: never() });
  expect(receipt).toMatchObject({ transport: 'keep', accepted: ['hidden@to.test'] });
  await transporter.sendMail({ from: 'x@x.test', to: 'y@y.test', subject: 'Mine' });
  expect(bodies).toEqual([
    expect.stringContaining('Subject: Welcome'),
    expect.stringContaining('Subject: Mine'),
  ]);
  expect(bodies[0]).not.toMatch(/hidden@to\.test|X-Mailer/i);
  expect(await PostalMime.parse(bodies[0]!)).toMatchObject({
    subject: 'Welcome',
    to: [{ address: 'ada@to.test' }],
  });
});

test("reads the plugin's answers", async () => {
  const receipt = await send(() => ({ messageId: 'ses-1', response: 'queued', rejected: [] }));
  expect(receipt).toMatchObject({
    transport: 'stub',
    accepted: ['ada@to.test'],
    response: 'queued',
    providerId: 'ses-1',
  });
  expect(await send(() => undefined)).toMatchObject({ accepted: ['ada@to.test'] });
});

test('a recipient that was refused, and all of them', async () => {
  const message = renderedMessage({ envelope: { from: '', to: ['a@to.test', 'b@to.test'] } });
  expect(await send(() => ({ rejected: ['a@to.test'] }), message)).toMatchObject({
    accepted: ['b@to.test'],
    rejected: [{ address: 'a@to.test', code: 'recipients-rejected', retryable: false }],
  });
  await expect(send(() => ({ rejected: ['a@to.test', 'b@to.test'] }), message)).rejects.toMatchObject({
    code: 'recipients-rejected',
    retryable: false,
    rejected: [{ address: 'a@to.test' }, { address: 'b@to.test' }],
  });
});

test.each([
  [{ statusCode: 400 }, { code: 'message-rejected', retryable: false }],
  [{ status: 401 }, { code: 'authentication', retryable: true }],
  [{ $metadata: { httpStatusCode: 403 } }, { code: 'authentication', retryable: true }],
  [{ statusCode: 429 }, { code: 'rate-limited', retryable: true }],
  [{ statusCode: 503 }, { code: 'transport-unavailable', retryable: true }],
  [{ code: 'ECONNREFUSED' }, { code: 'transport-unavailable', retryable: true, outcome: 'not-sent' }],
  [{}, { code: 'transport-unavailable', retryable: true }],
])('an error with %j', async (fields, expected) => {
  const cause = Object.assign(new Error('no luck'), fields);
  await expect(send(() => cause)).rejects.toMatchObject({
    ...expected,
    cause,
    message: expect.stringContaining('no luck'),
  });
});

test('a MailError of the plugin stays itself', async () => {
  const error = new MailError('suppressed', 'on the list');
  await expect(send(() => error)).rejects.toBe(error);
});

test('verify and close are passed on', async () => {
  const calls: string[] = [];
  const plugin = stub(() => ({}), {
    verify: () => {
      calls.push('verify');
      return Promise.reject(Object.assign(new Error('no'), { statusCode: 401 }));
    },
    close: () => void calls.push('close'),
  });
  const transport = new NodemailerPluginTransport(plugin);
  await expect(transport.verify({ signal: never() })).rejects.toMatchObject({ code: 'authentication' });
  await transport.close();
  await transport.close();
  expect(calls).toEqual(['verify', 'close']);
});
