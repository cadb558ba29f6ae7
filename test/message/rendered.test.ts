import type { RenderedMessage } from '../../src/message/message.js';
import { checkRendered } from '../../src/message/rendered.js';
import { composed, thrown } from '../compose/composing.js';

const message: RenderedMessage = {
  messageId: '<f00d@example.test>',
  date: new Date('2026-03-04T05:06:07Z'),
  envelope: { from: 'app@example.test', to: ['ada@example.test'], dsn: { notify: 'never' } },
  from: { address: 'app@example.test', name: 'app@example.test' },
  sender: { address: 's@example.test' },
  to: [{ address: 'ada@example.test', name: 'Ada' }],
  cc: [],
  replyTo: [{ address: 'r@example.test' }],
  attachments: [
    {
      filename: 'a.pdf',
      content: Buffer.from('x'),
      contentType: 'application/pdf',
      cid: 'a',
      disposition: 'inline',
      headers: { 'X-A': '1' },
    },
  ],
  alternatives: [{ contentType: 'text/calendar; method=REQUEST', content: Buffer.from('x') }],
  headers: { 'In-Reply-To': '<a@x>', 'X-Original-To': 'b@x.test' },
  mailer: 'default',
  template: 'welcome',
  locale: 'fr-CA',
  tags: ['t'],
  metadata: { k: 'v' },
  subject: 'Hi',
  html: '<p>Hi',
  text: '',
};

test('a good message comes back as it was', () => {
  expect(checkRendered(message)).toEqual(message);
});

test('so does every composed message', async () => {
  const {
    body,
    timeZone: _,
    ...composedMessage
  } = await composed({
    priority: 'high',
    references: ['<a@x>', '<b@x>'],
    listUnsubscribe: { url: 'https://x.test/u', mailto: 'u@x.test' },
    icalEvent: { content: 'BEGIN:V' },
    attachments: [{ content: 'x', filename: 'a.txt' }],
    dsn: { notify: ['failure'] },
    to: 'Ä <a@münchen.test>',
  });
  const rendered = { ...composedMessage, text: 'Hi', subject: body.subject ?? '' };
  expect(checkRendered(rendered)).toEqual(rendered);
});

test('addresses are normalised: the envelope is ASCII and holds each once', () => {
  const envelope = { from: 'app@MÜNCHEN.test', to: ['a@x.test', 'a@X.test', 'b@ü.test'] };
  expect(checkRendered({ ...message, envelope }).envelope).toEqual({
    from: 'app@xn--mnchen-3ya.test',
    to: ['a@x.test', 'b@xn--tda.test'],
  });
});

test.each<[string, object]>([
  ['envelope', { envelope: undefined }],
  ['envelope.from', { envelope: { from: '', to: ['a@x.test'] } }],
  ['envelope.to', { envelope: { from: 'a@x.test', to: [] } }],
  ['envelope.to', { envelope: { from: 'a@x.test', to: 'a@x.test' } }],
  ['envelope.to[0]', { envelope: { from: 'a@x.test', to: ['a@x.test\r\nRCPT TO:<e@y.test>'] } }],
  ['envelope.dsn.notify', { envelope: { ...message.envelope, dsn: { notify: 'x' } } }],
  ['from', { from: undefined }],
  ['from.address', { from: { address: 'a@x.test>\r\nBcc: e@y.test' } }],
  ['sender.address', { sender: { address: 'x' } }],
  ['to', { to: undefined }],
  ['to', { to: { address: 'a@x.test' } }],
  ['to[0].name', { to: [{ address: 'a@x.test', name: 'a\nb' }] }],
  ['cc[0]', { cc: ['root'] }],
  ['replyTo[0]', { replyTo: [7] }],
  ['bcc', { bcc: ['e@y.test'] }],
  ['subject', { subject: undefined }],
  ['subject', { subject: 'Welcome, Ada\r\nBcc: e@y.test' }],
  ['html', { html: { path: '/etc/passwd' } }],
  ['text', { text: 7 }],
  ['headers', { headers: undefined }],
  ['headers.Bcc', { headers: { Bcc: 'e@y.test' } }],
  ['headers.X-A', { headers: { 'X-A': { prepared: true, value: 'x' } } }],
  ['attachments', { attachments: undefined }],
  ['attachments[0]', { attachments: ['x'] }],
  ['attachments[0].content', { attachments: [{ ...message.attachments[0], content: 'x' }] }],
  ['attachments[0].contentType', { attachments: [{ content: Buffer.from('x'), disposition: 'inline' }] }],
  ['attachments[0].filename', { attachments: [{ ...message.attachments[0], filename: 'a/b' }] }],
  ['attachments[0].path', { attachments: [{ ...message.attachments[0], path: '/etc/passwd' }] }],
  ['alternatives', { alternatives: null }],
  ['alternatives[0].content', { alternatives: [{ contentType: 'a/b', content: 7 }] }],
  ['messageId', { messageId: 'x' }],
  ['date', { date: '2026-01-01' }],
  ['mailer', { mailer: 7 }],
  ['locale', { locale: '..' }],
  ['tags[0]', { tags: [7] }],
  ['metadata.k', { metadata: { k: 7 } }],
  ['priority', { priority: 'high' }],
])('an interceptor cannot break %s: %j', (field, change) => {
  const changed: RenderedMessage = { ...message, ...change };
  const error = thrown(() => checkRendered(changed));
  expect([error.code, error.at?.field]).toEqual(['message-invalid', field]);
});

test.each([undefined, null, 'x'])('%j is not a message', (value) => {
  const nothing = JSON.parse(JSON.stringify({ value }));
  expect(thrown(() => checkRendered(nothing.value)).at?.field).toBe('message');
});

test('limits hold for additions after compose', () => {
  const limits = { maxRecipients: 2, maxMessageSize: 10 };
  expect(checkRendered(message, limits)).toEqual(message);
  const envelope = { from: 'a@x.test', to: ['a@x.test', 'b@x.test', 'c@x.test'] };
  expect(thrown(() => checkRendered({ ...message, envelope }, limits)).at?.field).toBe('envelope.to');
  expect(thrown(() => checkRendered({ ...message, text: '123456' }, limits)).message).toMatch(
    /at most 10 bytes/,
  );
});
