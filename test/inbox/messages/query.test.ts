import { matches, parseQuery } from '../../../src/inbox/messages/message-query.js';
import type { CapturedMail } from '../../../src/inbox/store/captured-mail.js';

const MAIL: CapturedMail = {
  id: '0'.repeat(32),
  order: 1,
  at: '2026-01-01T00:00:00.000Z',
  messageId: '<1@example.test>',
  subject: 'Reset your password',
  from: 'Shop <app@example.test>',
  to: ['Ada@example.test', 'bob@example.test'],
  template: 'billing/reset',
  tags: ['account', 'urgent'],
  run: 'r1',
  snippet: 'Hello Ada',
  words: 'reset your password shop ada@example.test hello ada, press the button',
  size: 1,
  attachments: 0,
  unread: true,
  status: 'sent',
  timeline: [],
};

test.each<[string, boolean]>([
  ['', true],
  ['button', true],
  ['BUTTON hello', true],
  ['button goodbye', false],
  ['"press the button"', true],
  ['"the press"', false],
  ['to:ada', true],
  ['to:BOB@example.test', true],
  ['to:eve', false],
  ['subject:"your password"', true],
  ['subject:invoice', false],
  ['template:billing/reset', true],
  ['template:reset', false],
  ['tag:urgent', true],
  ['tag:urg', false],
  ['status:sent', true],
  ['status:queued', false],
  ['run:r1', true],
  ['run:r2', false],
  ['has:attachment', false],
  ['TO:ada tag:account button', true],
  ['to:ada tag:none button', false],
  ['to:', true],
  ['has: button', true],
  ['tag: goodbye', false],
  ['tag:account tag:urgent', true],
  ['tag:none tag:urgent', false],
  ['to:ada to:bob', true],
  ['to:eve to:bob', false],
  ['status:dead status:sent', false],
])('the search %j finds the mail: %s', (q, found) => {
  expect(matches(MAIL, parseQuery({ q }))).toBe(found);
});

test('parameters and search terms are equivalent and must all match', () => {
  expect(parseQuery({ q: 'to:Ada has:attachment x' })).toEqual(
    parseQuery({ to: 'Ada', has: 'attachment', q: 'x' }),
  );
  expect(matches(MAIL, parseQuery({ tag: 'account', q: 'tag:urgent' }))).toBe(true);
  expect(matches(MAIL, parseQuery({ tag: 'none', q: 'tag:urgent' }))).toBe(false);
});
