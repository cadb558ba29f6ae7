import { parseAlternatives } from '../../../src/message/parts/alternative.js';
import { parseCalendarEvent } from '../../../src/message/parts/calendar.js';
import { composed, refusal } from '../../compose/composing.js';

const calendar = (...lines: string[]) =>
  [
    'BEGIN:VCALENDAR',
    ...lines,
    'BEGIN:VEVENT',
    'SUMMARY:Method: talk',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

const methodOf = (content: string, method?: string) =>
  /method=(\w+)/.exec(parseCalendarEvent({ content, method }, 'icalEvent').alternative.contentType)?.[1];

test.each([
  ['METHOD:REQUEST', 'REQUEST'],
  ['METHOD:CANCEL', 'CANCEL'],
  ['method:reply', 'REPLY'],
  ['METHOD;X-A=1:COUNTER', 'COUNTER'],
  ['METHOD:REQ\r\n UEST', 'REQUEST'],
  ['MET\r\n\tHOD:REQUEST', 'REQUEST'],
  ['METHOD: REQUEST ', 'REQUEST'],
  ['METHOD:REQUEST\r\nMETHOD:REQUEST', 'REQUEST'],
  ['X-METHOD:CANCEL', 'PUBLISH'],
  ['COMMENT:\r\n METHOD:CANCEL', 'PUBLISH'],
])('the method is that of the content: %j', (line, method) => {
  expect(methodOf(calendar(line))).toBe(method);
  expect(methodOf(calendar(line).replaceAll('\r\n', '\n'))).toBe(method);
});

test('a method beside the content may repeat it, or stand for a missing one', () => {
  expect(methodOf(calendar('METHOD:REQUEST'), 'REQUEST')).toBe('REQUEST');
  expect(methodOf(calendar(), 'CANCEL')).toBe('CANCEL');
});

test.each([
  [{ icalEvent: { content: calendar('METHOD:CANCEL'), method: 'REQUEST' } }, 'icalEvent.method'],
  [{ icalEvent: { content: calendar('METHOD:CANCEL', 'METHOD:REQUEST') } }, 'icalEvent.content'],
  [{ icalEvent: { content: calendar('METHOD:DESTROY') } }, 'icalEvent.content, METHOD'],
  [
    { alternatives: [{ contentType: 'text/calendar; method=REQUEST', content: calendar('METHOD:CANCEL') }] },
    'alternatives[0].contentType',
  ],
  [
    {
      attachments: [
        {
          contentType: 'text/calendar; method="REQUEST"',
          content: calendar('METHOD:CANCEL'),
          filename: 'a.ics',
        },
      ],
    },
    'attachments[0].contentType',
  ],
])('what contradicts the content is refused: %j', async (mail, field) => {
  const error = await refusal(composed(mail));
  expect(error).toMatchObject({ code: 'message-invalid', at: { field } });
});

test.each([
  ['text/calendar', 'text/calendar; charset=utf-8; method=REQUEST'],
  ['text/calendar; method=request', 'text/calendar; method=request; charset=utf-8'],
])('an alternative %s gets the method of its content', (contentType, completed) => {
  const [part] = parseAlternatives([{ contentType, content: calendar('METHOD:REQUEST') }], 'alternatives');
  expect(part?.contentType).toBe(completed);
});

test('a calendar that is attached only by its name gets the method of its content', async () => {
  const { attachments } = await composed({
    attachments: [{ filename: 'invite.ics', content: calendar('METHOD:REQUEST') }],
  });
  expect(attachments[0]?.contentType).toBe('text/calendar; charset=utf-8; method=REQUEST');
});
