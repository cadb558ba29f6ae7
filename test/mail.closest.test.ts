import { closest } from '../src/mail.closest.js';

const FIELDS = ['to', 'cc', 'subject', 'attachments', 'replyTo'];

test.each([
  ['subjekt', 'subject'],
  ['SUBJECT', 'subject'],
  ['sbuject', 'subject'],
  ['attachment', 'attachments'],
  ['reply_to', 'replyTo'],
  ['too', 'to'],
])('%s was meant to be %s', (word, meant) => {
  expect(closest(word, FIELDS)).toBe(meant);
});

test.each(['zzzz', 'recipients', '', 'subject'.repeat(20)])('%j is near to nothing', (word) => {
  expect(closest(word, FIELDS)).toBeUndefined();
});

test('the nearest wins, not the first', () => {
  expect(closest('MAIL_HOSST', ['MAIL_HOTST_X', 'MAIL_PORT', 'MAIL_HOST'])).toBe('MAIL_HOST');
});
