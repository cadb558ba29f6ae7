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
  ['scaleway', 'subject', { subject: '🎉🎉🎉🎉🎉' }],
  ['scaleway', 'attachments', { attachments: [{ ...attached, content: Buffer.alloc(1_500_000) }] }],
  ['postmark', 'text', { text: 'ä'.repeat(2.5 * 2 ** 20 + 1) }],
])('%s refuses %s before it is asked', (name, field, parts) =>
  withProvider(name, [], async ({ transport, server }) => {
    const work = transport.send(plainMessage(parts), { signal: never });
    await expect(work).rejects.toMatchObject({ code: 'unsupported', at: { field } });
    expect(server.requests).toEqual([]);
  }),
);

test.each([
  ['to', { to: 51 }],
  ['cc', { to: 1, cc: 11 }],
  ['bcc', { to: 1, bcc: 11 }],
])('mailersend takes so many of %s and no more', (field, counts: Partial<Record<string, number>>) =>
  withProvider('mailersend', [], async ({ transport, server }) => {
    const listed = (name: string, less = 0) =>
      Array.from({ length: (counts[name] ?? 0) - less }, (_, index) => ({
        address: `${name}${index}@to.test`,
      }));
    const send = (less: number) => {
      const [to, cc, bcc] = ['to', 'cc', 'bcc'].map((name) => listed(name, name === field ? less : 0));
      const all = [to, cc, bcc].flatMap((list = []) => list).map(({ address }) => address);
      const parts = { to: to ?? [], cc: cc ?? [], envelope: { from: 'hello@from.test', to: all } };
      return transport.send(plainMessage(parts), { signal: never });
    };
    await expect(send(0)).rejects.toMatchObject({ code: 'unsupported', at: { field } });
    await send(1);
    expect([server.requests.length, server.problems]).toEqual([1, []]);
  }),
);

test('scaleway says for each recipient what becomes of it', () =>
  withProvider('scaleway', [{ refuse: ['ada@to.test'] }], async ({ transport }) => {
    const to = ['ada@to.test', 'bea@to.test'];
    const parts = { to: to.map((address) => ({ address })), envelope: { from: 'hello@from.test', to } };
    const receipt = await transport.send(plainMessage(parts), { signal: never });
    expect([receipt.accepted, receipt.providerId]).toEqual([['bea@to.test'], 'scw-1-1']);
    expect(receipt.rejected).toEqual([
      { address: 'ada@to.test', code: 'recipients-rejected', retryable: false },
    ]);
  }));

test('mailersend says in a success whom it leaves out', () =>
  withProvider('mailersend', [{ refuse: ['bea@to.test'] }], async ({ transport }) => {
    const to = ['ada@to.test', 'bea@to.test'];
    const parts = { to: to.map((address) => ({ address })), envelope: { from: 'hello@from.test', to } };
    const receipt = await transport.send(plainMessage(parts), { signal: never });
    expect([receipt.accepted, receipt.providerId]).toEqual([['ada@to.test'], 'ms-1']);
    expect(receipt.rejected).toEqual([{ address: 'bea@to.test', code: 'suppressed', retryable: false }]);
  }));

test('mailersend gets an unsubscription by mail or link in its own field', () =>
  withProvider('mailersend', [], async ({ transport, server }) => {
    const headers = {
      'List-Unsubscribe': '<https://from.test/u>',
      References: '<0@from.test> <1@from.test>',
    };
    await transport.send(plainMessage({ headers }), { signal: never });
    expect(server.mails[0]?.request.body).toMatchObject({
      list_unsubscribe: '<https://from.test/u>',
      references: ['<0@from.test>', '<1@from.test>'],
    });
    expect(server.mails[0]?.request.body).not.toHaveProperty('headers');
  }));

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

test.each(['sendgrid', 'mailgun', 'postmark', 'resend', 'mailjet', 'mailersend', 'scaleway', 'graph'])(
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
