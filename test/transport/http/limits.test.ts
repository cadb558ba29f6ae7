import { renderedMessage } from '../../../src/testing/rendered-message.js';
import type { RenderedMessage } from '../../../src/message/message.js';
import { plainMessage, transportOf, withProvider } from '../../support/provider-transport.js';

const never = new AbortController().signal;
const [attached] = renderedMessage({
  attachments: [
    {
      filename: 'a.txt',
      content: Buffer.from('x'),
      contentType: 'text/plain',
      disposition: 'attachment',
      headers: {},
    },
  ],
}).attachments;
if (!attached) throw new Error('expected an attachment');

test.each<[string, string, Partial<RenderedMessage>]>([
  ['sendgrid', 'attachments[0].filename', { attachments: [{ ...attached, filename: 'a;b.txt' }] }],
  ['sendgrid', 'attachments[1].cid', { attachments: [attached, { ...attached, cid: 'a;b' }] }],
  ['postmark', 'html', { html: 'x'.repeat(5 * 2 ** 20 + 1) }],
  ['postmark', 'text', { text: 'ä'.repeat(2.5 * 2 ** 20 + 1) }],
])('%s refuses %s before it is asked', (name, field, parts) =>
  withProvider(name, [], async ({ transport, server }) => {
    const work = transport.send(plainMessage(parts), { signal: never });
    await expect(work).rejects.toMatchObject({ code: 'unsupported', at: { field } });
    expect(server.requests).toEqual([]);
  }),
);

test('mailjet gives ids in full, and none of a sandbox', () =>
  withProvider('mailjet', [], async ({ transport, server }) => {
    const receipt = await transport.send(plainMessage(), { signal: never });
    expect(receipt.providerId).toBe('1152921500000000001');
    const sandbox = await transportOf(`${server.url}&sandbox=true`);
    const tried = await sandbox.send(plainMessage(), { signal: never });
    expect([tried.accepted, tried.providerId]).toEqual([['ada@to.test'], undefined]);
    expect(server.problems).toEqual([]);
    await sandbox.close();
  }));

test('postmark takes bodies of 5 MB', () =>
  withProvider('postmark', [], async ({ transport, server }) => {
    await transport.send(plainMessage({ html: 'x'.repeat(5 * 2 ** 20) }), { signal: never });
    expect(server.mails).toHaveLength(1);
  }));

test.each(['sendgrid', 'mailgun', 'postmark', 'resend', 'mailjet'])(
  '%s: a question that sends nothing leaves nothing unknown',
  (name) =>
    withProvider(name, [], async ({ transport, server }) => {
      server.key = 'another-key-of-nobody';
      await expect(transport.verify({ signal: never })).rejects.toMatchObject({
        code: 'authentication',
        outcome: 'not-sent',
      });
    }),
);
