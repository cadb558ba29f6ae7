import { parseAlternatives } from '../../src/message/parts/alternative.js';
import { parseCalendarEvent } from '../../src/message/parts/calendar.js';
import { parseDate } from '../../src/message/values/date.js';
import { parseDeliveryStatus } from '../../src/message/headers/delivery-status.js';
import { asciiFilename, parseFilename } from '../../src/message/parts/filename.js';
import { parseMetadata, parseTags } from '../../src/message/headers/labels.js';
import { listUnsubscribeHeaders } from '../../src/message/headers/list-unsubscribe.js';
import { parseLocale } from '../../src/message/values/locale.js';
import { parseMediaType, withCharset } from '../../src/message/parts/media-type.js';
import { parseForeignIds } from '../../src/message/headers/foreign-ids.js';
import { parseMessageId } from '../../src/message/headers/message-id.js';
import { priorityHeaders } from '../../src/message/headers/priority.js';
import { parseSubject } from '../../src/message/headers/subject.js';
import { parseTimeZone } from '../../src/message/values/time-zone.js';
import { thrown } from '../compose/composing.js';

type Parser = (value: unknown, field: string) => unknown;

describe('is accepted', () => {
  test.each<[Parser, unknown, unknown]>([
    [parseSubject, "O'Brien & Co <b> {{x}} ✓", "O'Brien & Co <b> {{x}} ✓"],
    [parseSubject, '', ''],
    [parseSubject, 'x'.repeat(998), 'x'.repeat(998)],
    [parseMessageId, '<a.b+c@x.test>', '<a.b+c@x.test>'],
    [parseForeignIds, '<a@x>  <b@y>', ['<a@x>', '<b@y>']],
    [parseForeignIds, ['<a@x>', '<b@y>'], ['<a@x>', '<b@y>']],
    [parseForeignIds, '<0f99ab14eeb8>', ['<0f99ab14eeb8>']],
    [parseForeignIds, '<"a b"@x.test>', ['<"a b"@x.test>']],
    [parseForeignIds, '<a@b.test><c@d.test>', ['<a@b.test>', '<c@d.test>']],
    [parseForeignIds, '<a@b.test>\r\n <c@d.test>\n\t<e@f.test>', ['<a@b.test>', '<c@d.test>', '<e@f.test>']],
    [parseForeignIds, ' <a@x>\t', ['<a@x>']],
    [parseForeignIds, '< a@x >', ['<a@x>']],
    [parseForeignIds, '<a@b@c>', ['<a@b@c>']],
    [parseForeignIds, '<a@[192.0.2.1]>', ['<a@[192.0.2.1]>']],
    [parseForeignIds, '<a@x>, <b@x>', ['<a@x>', '<b@x>']],
    [parseForeignIds, 'a@x b@y', ['<a@x>', '<b@y>']],
    [parseForeignIds, 'Your mail of "Monday" <a@x> (of Ada)', ['<a@x>']],
    [parseForeignIds, ['<a@x> <b@x>', 'c@x'], ['<a@x>', '<b@x>', '<c@x>']],
    [parseForeignIds, '<a@x> b', ['<a@x>']],
    [parseForeignIds, '<é@x> <a@x>', ['<a@x>']],
    [parseForeignIds, `<${'a'.repeat(900)}@x> <a@x>`, ['<a@x>']],
    [parseForeignIds, '<é@x>', []],
    [
      parseForeignIds,
      Array.from({ length: 150 }, (_, index) => `<${index}@x>`),
      ['<0@x>', ...Array.from({ length: 99 }, (_, index) => `<${index + 51}@x>`)],
    ],
    [
      parseForeignIds,
      Array.from({ length: 50 }, (_, index) => `<${'a'.repeat(796)}${index % 10}@x>`).join(' '),
      ['0', '2', '3', '4', '5', '6', '7', '8', '9'].map((end) => `<${'a'.repeat(796)}${end}@x>`),
    ],
    [parseLocale, 'fr-ca', 'fr-CA'],
    [parseLocale, 'zh-hant-tw', 'zh-Hant-TW'],
    [parseLocale, 'FIL', 'fil'],
    [parseTimeZone, 'Europe/Paris', 'Europe/Paris'],
    [parseTimeZone, 'europe/paris', 'Europe/Paris'],
    [parseTimeZone, 'UTC', 'UTC'],
    [parseMediaType, 'application/vnd.ms-excel', 'application/vnd.ms-excel'],
    [parseMediaType, 'text/plain; charset="utf-8"; x=y', 'text/plain; charset="utf-8"; x=y'],
    [parseFilename, 'Åda 中 😀.pdf', 'Åda 中 😀.pdf'],
    [parseFilename, '.gitignore', '.gitignore'],
    [parseFilename, 'חשבונית 2026\u200f.pdf', 'חשבונית 2026\u200f.pdf'],
    [parseFilename, '\u200fחשבונית (1).pdf', '\u200fחשבונית (1).pdf'],
    [parseFilename, 'فاتورة\u200f 12.pdf', 'فاتورة\u200f 12.pdf'],
    [parseTags, ['welcome', 'eu'], ['welcome', 'eu']],
    [parseMetadata, { user: '1', none: undefined }, { user: '1' }],
    [priorityHeaders, 'normal', {}],
    [
      priorityHeaders,
      'high',
      { 'X-Priority': '1 (Highest)', 'X-MSMail-Priority': 'High', Importance: 'High' },
    ],
    [priorityHeaders, 'low', { 'X-Priority': '5 (Lowest)', 'X-MSMail-Priority': 'Low', Importance: 'Low' }],
    [parseDeliveryStatus, { notify: 'never' }, { notify: 'never' }],
    [
      parseDeliveryStatus,
      { notify: ['delay', 'success', 'delay'], return: 'full', id: 'n-1', recipient: 'a@münchen.test' },
      { notify: ['delay', 'success'], return: 'full', id: 'n-1', recipient: 'a@xn--mnchen-3ya.test' },
    ],
    [
      listUnsubscribeHeaders,
      { url: 'https://x.test/u?t=1,2', mailto: 'leave+1@münchen.test?subject=leave' },
      {
        'List-Unsubscribe': '<https://x.test/u?t=1,2>, <mailto:leave+1@xn--mnchen-3ya.test?subject=leave>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    ],
    [
      listUnsubscribeHeaders,
      { url: 'http://münchen.test/ä' },
      { 'List-Unsubscribe': '<http://xn--mnchen-3ya.test/%C3%A4>' },
    ],
    [
      listUnsubscribeHeaders,
      { url: 'https://x.test/u', oneClick: false },
      { 'List-Unsubscribe': '<https://x.test/u>' },
    ],
    [
      listUnsubscribeHeaders,
      { mailto: 'mailto:a%b#c&d@x.test' },
      { 'List-Unsubscribe': '<mailto:a%25b%23c%26d@x.test>' },
    ],
  ])('%p %j', (parse, value, result) => {
    expect(parse(value, 'field')).toEqual(result);
  });
});

describe('is refused', () => {
  test.each<[Parser, unknown, RegExp]>([
    [parseSubject, 'hi\r\nBcc: evil@y.test', /U\+000D at position 3/],
    [parseSubject, 'hi\u2028x', /U\+2028/],
    [parseSubject, 'x'.repeat(999), /999 characters/],
    [parseSubject, 7, /got 7/],
    [parseMessageId, '<a@x>\r\nX-Evil: 1', /U\+000D/],
    [parseMessageId, 'a@x', /angle brackets/],
    [parseMessageId, '<a>', /<left@right>/],
    [parseMessageId, '<a@b@c>', /<left@right>/],
    [parseMessageId, '<a b@x>', /<left@right>/],
    [parseMessageId, '<é@x>', /<left@right>/],
    [parseMessageId, `<${'a'.repeat(900)}@x>`, /904 characters/],
    [parseForeignIds, 'b', /<left@right>, got "b"/],
    [parseForeignIds, ['<a@x>', '<b@x>\r\nX-Evil: 1'], /^field\[1\]: .*U\+000D/],
    [parseForeignIds, '<a@x>\n\r\n<b@x>', /U\+000A/],
    [parseForeignIds, '<a\u0000@x>', /U\+0000/],
    [parseForeignIds, '<a\u2028@x>', /U\+2028/],
    [parseForeignIds, [], /got 0/],
    [parseForeignIds, '', /got ""/],
    [parseForeignIds, '<a@x> '.repeat(11_000), /characters/],
    [parseForeignIds, 7, /got 7/],
    [parseForeignIds, [7], /^field\[0\]: .*got 7/],
    [parseLocale, '../en', /language tag/],
    [parseLocale, 'fr_CA', /Write fr-CA/],
    [parseLocale, '', /language tag/],
    [parseLocale, 'french', /got "french"\. Write fr$/],
    [parseLocale, 'German', /Write de$/],
    [parseLocale, 'klingonic', /language tag/],
    [parseLocale, 'french-CA', /language tag/],
    [parseTimeZone, 'Mars/Base', /time zone/],
    [parseTimeZone, '', /time zone/],
    [parseDate, '2026-01-01', /got "2026-01-01"/],
    [parseDate, new Date(Number.NaN), /an invalid Date/],
    [parseDate, new Date(Date.UTC(10_000, 0)), /year 10000/],
    [parseMediaType, 'text/plain\r\nX-Evil: 1', /U\+000D/],
    [parseMediaType, 'text', /media type/],
    [parseMediaType, 'text/html; charset', /media type/],
    [parseMediaType, 'text/html; x="a"b"', /media type/],
    [parseMediaType, 'multipart/mixed; boundary=x', /one part/],
    [parseFilename, 'a.txt"\r\nX-Evil: 1', /U\+000D/],
    [parseFilename, 'cod\u202efdp.exe', /reorders/],
    [parseFilename, 'cod\u200fexe.pdf', /reorders/],
    [parseFilename, 'חשבון.\u200fpdf', /reorders/],
    [parseFilename, 'חשבון exe\u200f.pdf', /reorders/],
    [parseFilename, 'חשבון\u202e.pdf', /reorders/],
    [parseFilename, '\u200fa.pdf', /reorders/],
    [parseFilename, 'lone-\ud800.txt', /half a character, U\+D800 at position 6/],
    [parseFilename, 'lone-\udc00\ud800.txt', /U\+DC00/],
    [parseSubject, 'x\ud83d', /half a character, U\+D83D/],
    [parseTags, ['x\ud83d'], /half a character/],
    [parseFilename, '../../etc/passwd', /path separator/],
    [parseFilename, 'C:\\x.txt', /path separator/],
    [parseFilename, '..', /names a folder/],
    [parseFilename, ' ', /empty/],
    [parseFilename, `${'a'.repeat(252)}.txt`, /256 characters/],
    [parseTags, 'welcome', /array/],
    [parseTags, ['a', 7], /^field\[1\]/],
    [parseTags, ['a\nb'], /U\+000A/],
    [parseMetadata, { a: 7 }, /^field\.a/],
    [parseMetadata, { a: 'x\r' }, /U\+000D/],
    [parseMetadata, [], /object/],
    [priorityHeaders, 'urgent', /'high', 'normal' or 'low'/],
    [priorityHeaders, 'constructor', /'high'/],
    [parseDeliveryStatus, { notify: [] }, /notify/],
    [parseDeliveryStatus, { notify: ['never', 'success'] }, /notify/],
    [parseDeliveryStatus, {}, /notify: .*got nothing/],
    [parseDeliveryStatus, { notify: 'never', ret: 'full' }, /Did you mean "return"/],
    [parseDeliveryStatus, { notify: 'never', id: 'a b' }, /printable/],
    [parseDeliveryStatus, { notify: 'never', return: 'hdrs' }, /'headers' or 'full'/],
    [listUnsubscribeHeaders, {}, /got neither/],
    [listUnsubscribeHeaders, 'https://x.test', /\{ url, mailto \}/],
    [listUnsubscribeHeaders, { url: 'http://x.test/>\r\nX-Evil: 1' }, /U\+000D/],
    [listUnsubscribeHeaders, { url: 'https://x.test/><x' }, /no valid URL/],
    [listUnsubscribeHeaders, { url: 'javascript:alert(1)' }, /scheme "javascript:"/],
    [listUnsubscribeHeaders, { url: 'http://x.test/', oneClick: true }, /https url/],
    [listUnsubscribeHeaders, { mailto: 'a@x.test?subject=a b' }, /percent-encoded/],
    [listUnsubscribeHeaders, { mailto: 'a@x.test>, <mailto:b@y.test' }, /field\.mailto/],
    [parseAlternatives, {}, /array/],
    [parseAlternatives, [{ content: 'x' }], /^field\[0\]\.contentType/],
    [parseAlternatives, [{ contentType: 'text/x-amp-html', content: {} }], /string or bytes/],
    [parseCalendarEvent, { content: '' }, /empty/],
    [parseCalendarEvent, { content: 'x', method: 'request' }, /one of PUBLISH/],
    [parseCalendarEvent, { content: 'x', filename: 'a/b' }, /path separator/],
    [parseCalendarEvent, { href: 'http://x.test' }, /known field/],
  ])('%p %j', (parse, value, reason) => {
    const error = thrown(() => parse(value, 'field'));
    expect(error).toMatchObject({ code: 'message-invalid', scope: 'mail', outcome: 'not-sent' });
    expect(error.message).toMatch(reason);
    expect(error.at?.field).toMatch(/^field/);
  });
});

test('a list-unsubscribe URL, which holds the reader’s token, is not quoted in an error', () => {
  const error = thrown(() => listUnsubscribeHeaders({ url: 'ftp://x.test/?token=s3cret' }, 'f'));
  expect(error.message).not.toContain('s3cret');
});

test('a date is copied', () => {
  const date = new Date('2026-01-01T00:00:00Z');
  const parsed = parseDate(date, 'date');
  date.setUTCFullYear(2030);
  expect(parsed.toISOString()).toBe('2026-01-01T00:00:00.000Z');
});

test('an event is something to act on and something to save', () => {
  const { alternative, attachment } = parseCalendarEvent({ method: 'REQUEST', content: 'BEGIN:V' }, 'e');
  expect(alternative.contentType).toBe('text/calendar; charset=utf-8; method=REQUEST');
  expect(attachment).toMatchObject({ filename: 'invite.ics', contentType: 'application/ics' });
  expect([alternative.content.toString(), attachment.content.toString()]).toEqual(['BEGIN:V', 'BEGIN:V']);
});

test.each([
  ['text/plain', 'text/plain; charset=utf-8'],
  ['text/plain; charset=us-ascii', 'text/plain; charset=us-ascii'],
  ['application/json', 'application/json'],
])('text that was a string says its charset: %s → %s', (type, whole) => {
  expect(withCharset(type)).toBe(whole);
});

test.each([
  ['Übung  «1».pdf', 'Ubung 1.pdf'],
  ['report.pdf', 'report.pdf'],
  ['中文.pdf', 'attachment.pdf'],
  ['中文', 'attachment'],
  ['.env', '.env'],
  ['a／b.txt', 'a_b.txt'],
  ['ﬁle.txt', 'file.txt'],
])('in ASCII the file %j is %j', (name, ascii) => {
  expect(asciiFilename(name)).toBe(ascii);
});
