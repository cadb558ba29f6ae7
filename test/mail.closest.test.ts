import { closest } from '../src/mail.closest.js';

test.each([
  ['MAIL_HOSST', ['MAIL_HOST', 'MAIL_PORT'], 'MAIL_HOST'],
  ['stmp', ['smtp', 'smtps', 'file'], 'smtp'],
  ['usrname', ['password', 'username'], 'username'],
  ['POOLSIZE', ['poolSize'], 'poolSize'],
  ['tsl', ['tls', 'pool'], 'tls'],
  ['zebra', ['smtp', 'file'], undefined],
  ['', ['smtp'], undefined],
])('%s among %j means %s', (word, candidates, meant) => {
  expect(closest(word, candidates)).toBe(meant);
});
