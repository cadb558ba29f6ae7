import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { mimeFields } from '../../src/mime/mime-fields.js';
import { composeMime } from '../../src/mime/compose-mime.js';
import { deepFrozen, renderedMessage } from '../support/rendered-message.js';

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const headersOf = (bytes: Buffer) => {
  const text = bytes.toString('latin1');
  return text
    .slice(0, text.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
};

const boundary = (bytes: Buffer) => /boundary="([^"]+)"/.exec(bytes.toString())?.[1];

test('text and html go out as alternatives that another parser reads back', async () => {
  const bytes = await composeMime(
    renderedMessage({ subject: 'Åda 中 😀', text: 'Grüße 中 😀', html: '<p>Grüße 中 😀</p>' }),
  );
  const parsed = await PostalMime.parse(bytes);
  expect(parsed).toMatchObject({
    subject: 'Åda 中 😀',
    from: { name: 'Hello', address: 'hello@from.test' },
    to: [{ name: 'Ada Lovelace', address: 'ada@to.test' }],
    messageId: '<1@from.test>',
    date: '2026-01-02T03:04:05.000Z',
  });
  expect(parsed.text?.trim()).toBe('Grüße 中 😀');
  expect(parsed.html?.trim()).toBe('<p>Grüße 中 😀</p>');
  expect(headersOf(bytes).find((line) => line.startsWith('Content-Type'))).toMatch(
    /^Content-Type: multipart\/alternative;/,
  );
});

test('the same message gives the same bytes, another text another boundary', async () => {
  const [first, again, other] = await Promise.all([
    composeMime(renderedMessage()),
    composeMime(renderedMessage()),
    composeMime(renderedMessage({ text: 'Hello Bob' })),
  ]);
  expect(again.equals(first)).toBe(true);
  expect(boundary(first)).toBeDefined();
  expect(boundary(other)).not.toBe(boundary(first));
});

test('no given mailbox is changed', async () => {
  const message = deepFrozen(
    renderedMessage({
      headers: { 'X-A': ['1', '2'] },
      alternatives: [{ contentType: 'text/x-amp-html', content: Buffer.from('<html ⚡4email></html>') }],
      attachments: [
        {
          content: PIXEL,
          contentType: 'image/gif',
          cid: 'p',
          disposition: 'inline',
          headers: { 'X-B': 'c' },
        },
      ],
    }),
  );
  await expect(composeMime(message)).resolves.toBeInstanceOf(Buffer);
});

test('nodemailer must not open files or URLs', () => {
  expect(mimeFields(renderedMessage())).toMatchObject({ disableFileAccess: true, disableUrlAccess: true });
});

test('every line ends in CRLF, whatever the bodies have', async () => {
  const bytes = await composeMime(
    renderedMessage({
      text: 'a\nb\r\nc\rd',
      html: '<p>\n</p>',
      alternatives: [{ contentType: 'text/calendar', content: Buffer.from('a\rb\r\nc') }],
    }),
  );
  expect(bytes.toString('latin1').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test('Bcc is in no header, and a mail with only Bcc has no To', async () => {
  const message = renderedMessage({ to: [], envelope: { from: 'a@from.test', to: ['secret@to.test'] } });
  const bytes = await composeMime(message);
  expect(bytes.toString()).not.toMatch(/secret@to\.test|^bcc:|^to:|^x-mailer:/im);
});

test('sender, cc, reply-to and names that need quoting or encoding', async () => {
  const parsed = await PostalMime.parse(
    await composeMime(
      renderedMessage({
        from: { address: 'a@from.test', name: 'Doe, "Jane" <x@y.test>' },
        sender: { address: 's@from.test' },
        to: [{ address: 'b@to.test', name: 'Bö, Söns; Co: (x)' }, { address: 'c@to.test' }],
        cc: [{ address: 'd@to.test' }],
        replyTo: [{ address: 'r@from.test', name: 'R' }],
      }),
    ),
  );
  expect(parsed).toMatchObject({
    from: { address: 'a@from.test', name: 'Doe, "Jane" <x@y.test>' },
    sender: { address: 's@from.test' },
    to: [{ address: 'b@to.test', name: 'Bö, Söns; Co: (x)' }, { address: 'c@to.test' }],
    cc: [{ address: 'd@to.test' }],
    replyTo: [{ address: 'r@from.test', name: 'R' }],
  });
});

test('an international domain is written in ASCII', async () => {
  const bytes = await composeMime(renderedMessage({ to: [{ address: 'ada@bücher.test' }] }));
  expect(headersOf(bytes)).toContain('To: ada@xn--bcher-kva.test');
});

test('a header with several values is several lines, in their order', async () => {
  const bytes = await composeMime(
    renderedMessage({
      headers: {
        'X-Trace': ['one', 'two'],
        'List-Unsubscribe': '<https://x.test/u>',
        References: '<a@x.test> <b@x.test>',
        'X-Note': 'Grüße',
      },
    }),
  );
  expect(headersOf(bytes)).toEqual(
    expect.arrayContaining([
      'X-Trace: one',
      'X-Trace: two',
      'List-Unsubscribe: <https://x.test/u>',
      'References: <a@x.test> <b@x.test>',
      'X-Note: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
    ]),
  );
});

test('a header value with a line break adds no header', async () => {
  const bytes = await composeMime(
    renderedMessage({ subject: 'a\r\nX-Evil: 1', headers: { 'X-A': 'b\r\nX-Evil: 1' } }),
  );
  expect(headersOf(bytes).filter((line) => line.startsWith('X-Evil'))).toEqual([]);
});

test('attachments, with names beyond ASCII (RFC 2231), and headers of their own', async () => {
  const bytes = await composeMime(
    renderedMessage({
      attachments: [
        {
          filename: 'Rechnung Müller 中.pdf',
          content: Buffer.from([0, 1, 255]),
          contentType: 'application/pdf',
          disposition: 'attachment',
          headers: { 'X-Part': 'yes' },
        },
        {
          content: Buffer.from('x'),
          contentType: 'application/octet-stream',
          disposition: 'attachment',
          headers: {},
        },
      ],
    }),
  );
  expect(bytes.toString()).toMatch(/filename\*0\*=utf-8''Rechnung%20M%C3%BCller/);
  expect(bytes.toString()).toMatch(/^X-Part: yes\r$/m);
  const parsed = await simpleParser(bytes);
  expect(parsed.attachments[0]).toMatchObject({
    filename: 'Rechnung Müller 中.pdf',
    content: Buffer.from([0, 1, 255]),
  });
  expect(parsed.attachments[1]?.filename).toBeUndefined();
});

test('an inline image stands beside the html it belongs to', async () => {
  const bytes = await composeMime(
    renderedMessage({
      html: '<img src="cid:logo" alt="Logo">',
      attachments: [
        {
          filename: 'l.gif',
          content: PIXEL,
          contentType: 'image/gif',
          cid: 'logo',
          disposition: 'inline',
          headers: {},
        },
      ],
    }),
  );
  expect(bytes.toString()).toMatch(/multipart\/related/);
  const { attachments } = await PostalMime.parse(bytes);
  expect(attachments).toMatchObject([{ contentId: '<logo>', disposition: 'inline', mimeType: 'image/gif' }]);
});

test('a calendar event follows the html, an AMP rendition precedes it', async () => {
  const bytes = await composeMime(
    renderedMessage({
      alternatives: [
        {
          contentType: 'text/calendar; charset=utf-8; method=REQUEST',
          content: Buffer.from('BEGIN:VCALENDAR'),
        },
        { contentType: 'text/x-amp-html', content: Buffer.from('<html ⚡4email></html>') },
      ],
    }),
  );
  const types = [...bytes.toString().matchAll(/^Content-Type: (text\/[\w-]+)/gm)].map(([, type]) => type);
  expect(types).toEqual(['text/plain', 'text/x-amp-html', 'text/html', 'text/calendar']);
});

test.each([
  ['text alone', { text: 'a' }, /text\/plain/],
  ['html alone', { html: '<p>a</p>' }, /text\/html/],
  ['no body at all', {}, /text\/plain/],
])('%s is one part', async (_, body, type) => {
  const { text: _text, html: _html, ...bare } = renderedMessage();
  const bytes = await composeMime({ ...bare, ...body });
  expect(headersOf(bytes).find((line) => line.startsWith('Content-Type'))).toMatch(type);
});
