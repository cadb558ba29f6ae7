import { simpleParser } from 'mailparser';
import PostalMime, { decodeWords } from 'postal-mime';
import type { RenderedMessage } from '../../src/message/message.js';
import { composeMime } from '../../src/mime/compose-mime.js';
import { renderedMessage } from '../support/rendered-message.js';

const headerOf = (bytes: Buffer) => bytes.toString('latin1').split('\r\n\r\n')[0] ?? '';

/** The value of a field as it stands on the wire, its folds undone (RFC 5322 §2.2.3). */
const raw = (bytes: Buffer, name: string) =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(headerOf(bytes).replaceAll(/\r\n(?=[ \t])/g, ''))?.[1];

const PLACES = {
  subject: (text: string) => renderedMessage({ subject: text }),
  'an X- header': (text: string) => renderedMessage({ headers: { 'X-Note': text } }),
  'a name': (text: string) => renderedMessage({ to: [{ address: 'ada@to.test', name: text }] }),
  'a file name': (text: string) => withFile(text),
} as const;

function withFile(filename: string, headers = {}): RenderedMessage {
  const content = Buffer.from('x');
  return renderedMessage({
    attachments: [{ filename, content, contentType: 'application/pdf', disposition: 'attachment', headers }],
  });
}

async function postalRead(bytes: Buffer) {
  const { subject, to, attachments, headers } = await PostalMime.parse(bytes);
  const note = decodeWords(headers.find(({ key }) => key === 'x-note')?.value ?? '');
  return { subject, note, name: to?.[0]?.name, filename: attachments[0]?.filename };
}

async function mailparserRead(bytes: Buffer) {
  const { subject, to, attachments, headers } = await simpleParser(bytes);
  const name = [to].flat()[0]?.value[0]?.name;
  // It leaves headers it does not know undecoded.
  const note = decodeWords([headers.get('x-note')].filter((value) => typeof value === 'string').join(''));
  return { subject, note, name, filename: attachments[0]?.filename };
}

const FIELD_OF = {
  subject: 'subject',
  'an X- header': 'note',
  'a name': 'name',
  'a file name': 'filename',
} as const;

const TEXTS = [
  'Hi =?utf-8?B?4oCuZ25wLmV4ZQ==?=',
  '=?utf-8?Q?x?=',
  'a =?utf-8?Q?b c?= d',
  '=?utf-8*en?q?x?=',
  '=?x?= and ?=',
  'a=?utf-8?q?x?=b',
  'say "hello" to =?utf-8?q?x?=',
  'Åda "the first"',
  'plain',
  '日本語の件名がとても長いので折り返されるはずです。日本語の件名がとても長いので折り返されるはずです',
];

describe.each(Object.keys(PLACES) as Array<keyof typeof PLACES>)('%s', (place) => {
  test.each(TEXTS)('is read as it was given: %s', async (text) => {
    const bytes = await composeMime(PLACES[place](text));
    expect(headerOf(bytes)).toMatch(/^[\t\r\n -~]*$/);
    expect((await postalRead(bytes))[FIELD_OF[place]]).toBe(text);
    expect((await mailparserRead(bytes))[FIELD_OF[place]]).toBe(text);
  });
});

test.each([
  ['X-SMTPAPI', '{"category":["a"]}'],
  ['X-SMTPAPI', `{"category":["${'a'.repeat(100)}"],"to":["${'b'.repeat(100)}"]}`],
  ['X-SMTPAPI', `{"category": ["${'a'.repeat(100)}"], "to": ["${'b'.repeat(100)}"]}`],
  ['X-Mailgun-Variables', '{"my-id": "1", "text": "\\u00fc"}'],
  ['Comments', 'a "quoted" \\ (word)'],
  ['Disposition-Notification-To', 'Ada <j@x.test>'],
  ['Disposition-Notification-To', '"Lovelace, Ada" <j@x.test>'],
  ['List-ID', '"Our, list" <list.x.test>'],
  ['Keywords', 'one, "two, three"'],
  ['List-Help', '<https://x.test/?q==?b>'],
])('ASCII stands as it is: %s: %s', async (name, value) => {
  const bytes = await composeMime(renderedMessage({ headers: { [name]: value } }));
  expect(raw(bytes, name)).toBe(value);
});

test.each([
  ['Disposition-Notification-To', 'Jörg <j@x.test>', '=?UTF-8?Q?J=C3=B6rg?= <j@x.test>'],
  ['Return-Receipt-To', '"Jörg, X." <j@x.test>', '=?UTF-8?Q?J=C3=B6rg=2C_X=2E?= <j@x.test>'],
  ['Errors-To', 'Jörg <j@x.test>, Ada <a@x.test>', '=?UTF-8?Q?J=C3=B6rg?= <j@x.test>, Ada <a@x.test>'],
  ['Mail-Reply-To', 'j@bücher.test', 'j@xn--bcher-kva.test'],
  ['Mail-Reply-To', 'J <j@bücher.test>', 'J <j@xn--bcher-kva.test>'],
  ['List-ID', 'Bücher <list.bücher.test>', '=?UTF-8?Q?B=C3=BCcher?= <list.xn--bcher-kva.test>'],
  ['List-ID', '"Bücher \\"neu\\"" <list.x.test>', '=?UTF-8?Q?B=C3=BCcher_=22neu=22?= <list.x.test>'],
  ['List-ID', '=?utf-8?q?x?= <list.x.test>', '=?UTF-8?Q?=3D=3Futf-8=3Fq=3Fx=3F=3D?= <list.x.test>'],
  [
    'List-Help',
    '<https://x.test/ü?a=%C3> (Hilfe für Sie)',
    '<https://x.test/%C3%BC?a=%C3> (=?UTF-8?Q?Hilfe_f=C3=BCr_Sie?=)',
  ],
  ['Keywords', 'Grüße, "b, c", d', '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=, "b, c", d'],
  ['Auto-Submitted', 'ü', '=?UTF-8?B?w7w=?='],
  ['In-Reply-To', 'ü', '=?UTF-8?B?w7w=?='],
  ['OTP-Token', 'ü', '=?UTF-8?B?w7w=?='],
])('in a structured field only phrases are encoded: %s: %s', async (name, value, wire) => {
  const bytes = await composeMime(renderedMessage({ headers: { [name]: value } }));
  expect(raw(bytes, name)).toBe(wire);
  const inPart = await composeMime(withFile('a.pdf', { [name]: value }));
  expect(inPart.toString('latin1')).toMatch(/^[\t\r\n -~]*$/);
});

test('mailparser reads the mailboxes of such a field', async () => {
  const headers = { 'Disposition-Notification-To': '"Jörg, X." <j@x.test>, Ada <a@x.test>' };
  const parsed = await simpleParser(await composeMime(renderedMessage({ headers })));
  expect(parsed.headers.get('disposition-notification-to')).toMatchObject({
    value: [
      { address: 'j@x.test', name: 'Jörg, X.' },
      { address: 'a@x.test', name: 'Ada' },
    ],
  });
});

test.each<[string, Partial<RenderedMessage>]>([
  ['a long JSON', { headers: { 'X-SMTPAPI': `{"a":"${'x'.repeat(800)}"}` } }],
  ['a long word behind a long name', { headers: { ['X-'.padEnd(76, 'n')]: 'x'.repeat(900) } }],
  ['a subject of one word', { subject: 'x'.repeat(998) }],
  ['a subject of spaces', { subject: `a${' '.repeat(990)}b` }],
  ['a header of spaces', { headers: { 'X-A': `a${' '.repeat(5000)}b` } }],
  ['a structured header of spaces', { headers: { 'List-Help': `<mailto:a@x.test>${' '.repeat(5000)}(b)` } }],
  ['white space at the end', { subject: `${'word '.repeat(30)}${' '.repeat(100)}` }],
  ['a name of one word', { to: [{ address: 'ada@to.test', name: 'ä'.repeat(255) }] }],
  ['a name of one ASCII word', { to: [{ address: 'ada@to.test', name: '(x'.repeat(127) }] }],
  ['ids without end', { headers: { References: `<${'x'.repeat(890)}@x.test> <b@x.test>` } }],
])('no line is empty, of white space or over 998 octets: %s', async (_, over) => {
  const lines = headerOf(await composeMime(renderedMessage(over))).split('\r\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
  for (const line of lines) expect(line).toMatch(/^[!-9;-~]+: \S|^[ \t]+\S/);
});

test('folds leave the value as it was, several spaces included', async () => {
  const value = `${'one  two   '.repeat(20)}end`;
  const bytes = await composeMime(renderedMessage({ headers: { 'X-Note': value }, subject: value }));
  expect(raw(bytes, 'X-Note')).toBe(value);
  expect(raw(bytes, 'Subject')).toBe(value);
});
