import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closest, didYouMean, guess } from '../../src/errors/closest.js';

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

const VARIABLES = ['MAIL_URL', 'MAIL_USE_TLS', 'MAIL_USERNAME', 'MAIL_HOST', 'MAIL_PASSWORD', 'MAIL_FROM'];

test.each([
  ['MAIL_USER', 'MAIL_USERNAME'],
  ['MAIL_PASS', 'MAIL_PASSWORD'],
  ['MAIL_FROM_ADDRESS', 'MAIL_FROM'],
  ['MAIL_HOSTNAME', 'MAIL_HOST'],
  ['MAIL_UR', 'MAIL_URL'],
  ['mail_use', 'MAIL_USE_TLS'],
  ['MAIL_USERNAEM', 'MAIL_USERNAME'],
])('a beginning beats a short distance: %s was meant to be %s', (word, meant) => {
  expect(closest(word, VARIABLES)).toBe(meant);
});

test('one letter amiss beats a beginning, and two letters are none', () => {
  expect(closest('formatDte', ['format', 'formatDate'])).toBe('formatDate');
  expect(closest('toast', ['to', 'cc'])).toBeUndefined();
});

test('there is one wording', () => {
  expect(guess('subjekt', FIELDS)).toBe('Did you mean "subject"?');
  expect(didYouMean('subjekt', FIELDS)).toBe('. Did you mean "subject"?');
  expect([guess('zzzz', FIELDS), didYouMean('zzzz', FIELDS)]).toEqual([undefined, '']);
});

// Questions of another wording, or one that is written out, would be found here.
test('nothing else in the sources asks what was meant', () => {
  const src = join(__dirname, '..', '..', 'src');
  const asking = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && file !== 'errors/closest.ts')
    .filter((file) => readFileSync(join(src, file), 'utf8').includes('Did you mean '));
  expect(asking).toEqual([]);
});

test.each(['zzzz', 'recipients', '', 'subject'.repeat(20)])('%j is near to nothing', (word) => {
  expect(closest(word, FIELDS)).toBeUndefined();
});

test('the nearest wins, not the first', () => {
  expect(closest('MAIL_HOSST', ['MAIL_HOTST_X', 'MAIL_PORT', 'MAIL_HOST'])).toBe('MAIL_HOST');
});
