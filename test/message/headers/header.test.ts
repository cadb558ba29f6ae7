import {
  mergeHeaders,
  parseHeaders,
  parseMadeHeaders,
  parsePartHeaders,
} from '../../../src/message/headers/header.js';
import { thrown } from '../../compose/composing.js';

test('keeps extra headers as given, several values as several lines', () => {
  const headers = { 'X-A': 'ä ✓', 'X-B': ['1', '2'], 'X-C': '', 'Feedback-ID': 'a:b', 'X-None': undefined };
  expect(parseHeaders(headers, 'headers')).toEqual({
    'X-A': 'ä ✓',
    'X-B': ['1', '2'],
    'X-C': '',
    'Feedback-ID': 'a:b',
  });
});

test('treats __proto__ as an ordinary name', () => {
  const headers = parseHeaders(JSON.parse('{"__proto__":"1"}'), 'headers');
  expect(Object.entries(headers)).toEqual([['__proto__', '1']]);
});

test.each([
  ['X-A', '1\r\nX-Evil: 2', /headers\.X-A: .*U\+000D at position 2/],
  ['X-A', ['1', '2\n'], /headers\.X-A\[1\]: .*U\+000A/],
  ['X-A', '\t', /U\+0009/],
  ['X-A', 'x\ud800', /half a character/],
  ['Disposition-Notification-To', 'J <jörg@x.test>', /ASCII between/],
  ['List-ID', 'x <\u00fc @ \u00fc>', /ASCII between/],
  ['X-A', { prepared: true, value: 'x' }, /got an object/],
  ['X-A', 1, /got 1/],
  ['X-A', [['x']], /got an array/],
  ['X-A', 'x'.repeat(901), /901 characters without one/],
  ['X-A', 'x '.repeat(4097), /8194 characters/],
  ['X-A: 1\r\nX-Evil', '2', /header name/],
  ['X A', '1', /header name/],
  ['X-é', '1', /header name/],
  ['X:', '1', /header name/],
  ['', '1', /header name/],
  ['X'.repeat(77), '1', /header name/],
  ['To', 'a@x.test', /Use to$/],
  ['cc', 'a@x.test', /Use cc$/],
  ['BCC', 'a@x.test', /Use bcc$/],
  ['From', 'a@x.test', /Use from$/],
  ['Reply-To', 'a@x.test', /Use replyTo$/],
  ['Subject', 'x', /Use subject$/],
  ['Message-ID', '<a@b>', /Use messageId$/],
  ['References', '<a@b>', /Use references$/],
  ['List-Unsubscribe-Post', 'x', /Use listUnsubscribe$/],
  ['Return-Path', 'x', /Use envelope\.from$/],
  ['Resent-Bcc', 'a@x.test', /leave it out$/],
  ['Content-Type', 'text/html', /Use html, text/],
  ['Content-Anything', 'x', /leave it out$/],
  ['MIME-Version', '1.0', /leave it out$/],
  ['DKIM-Signature', 'x', /leave it out$/],
  ['X-Original-To', 'x', /recipient guard/],
])('%j: %j is refused', (name, value, reason) => {
  const error = thrown(() => parseHeaders({ [name]: value }, 'headers'));
  expect(error).toMatchObject({ code: 'message-invalid' });
  expect(error.message).toMatch(reason);
});

test('a value is never quoted in the error: it may be a token', () => {
  const error = thrown(() => parseHeaders({ 'X-Api-Key': 'sk-secret\n' }, 'headers'));
  expect(error.message).not.toContain('sk-secret');
});

test.each([[[]], ['X-A: 1'], [null], [7]])('%j is not an object of headers', (value) => {
  expect(thrown(() => parseHeaders(value, 'headers')).at?.field).toBe('headers');
});

test('refuses a name that is given twice, in any letter case', () => {
  expect(thrown(() => parseHeaders({ 'X-A': '1', 'x-a': '2' }, 'headers')).message).toMatch(/twice/);
  expect(thrown(() => mergeHeaders('headers', { Importance: 'x' }, { importance: 'y' })).message).toMatch(
    /headers\.importance: .*twice/,
  );
});

test('refuses more lines than any mail needs', () => {
  const many = Array.from({ length: 101 }, () => 'x');
  expect(thrown(() => parseHeaders({ 'X-A': many }, 'headers')).message).toMatch(/at most 100/);
});

test('a composed message may hold the headers made from fields, and no others of the reserved ones', () => {
  const made = { References: '<a@b>', 'List-Unsubscribe': '<mailto:u@x.test>', 'X-Original-To': 'a@x.test' };
  expect(parseMadeHeaders(made, 'headers')).toEqual(made);
  expect(thrown(() => parseMadeHeaders({ Bcc: 'a@x.test' }, 'headers')).message).toMatch(/Use bcc/);
});

test('a part may describe itself, but not against its own fields or the mail', () => {
  expect(parsePartHeaders({ 'Content-Description': 'a chart', 'X-B': '1' }, 'h')).toEqual({
    'Content-Description': 'a chart',
    'X-B': '1',
  });
  expect(thrown(() => parsePartHeaders({ 'Content-Type': 'x/y' }, 'h')).message).toMatch(/Use contentType/);
  expect(thrown(() => parsePartHeaders({ 'content-id': '<x>' }, 'h')).message).toMatch(/Use cid/);
  expect(thrown(() => parsePartHeaders({ To: 'a@x.test' }, 'h')).message).toMatch(/Use to/);
});
