import { MailError, type MailEvents } from 'nest-mailroom';
import type { CapturedMail } from '../../../src/inbox/store/captured-mail.js';
import { progressed } from '../../../src/inbox/timeline/mail-progress.js';

const AT = new Date('2026-01-01T00:00:00.000Z');
const DUE = new Date('2026-01-01T00:05:00.000Z');
const MAIL: CapturedMail = {
  id: '0'.repeat(32),
  order: 1,
  at: AT.toISOString(),
  messageId: '<1@example.test>',
  subject: 'Hello',
  from: 'app@example.test',
  to: ['ada@example.test'],
  tags: [],
  snippet: '',
  words: '',
  size: 1,
  attachments: 0,
  unread: true,
  status: 'queued',
  timeline: [],
};
const EVENT: MailEvents['mail.released'] = {
  id: 'q1',
  attempt: 1,
  mailer: 'default',
  to: MAIL.to,
  messageId: MAIL.messageId,
  tags: [],
  metadata: {},
  error: new MailError('transport-unavailable', 'mail.test is busy.', { smtp: { code: 421, text: 'Busy' } }),
};

test('a mail that was given back waits, says why, and has lost nothing', () => {
  const mail = progressed(MAIL, 'mail.released', EVENT, { at: AT, isKept: false });
  expect(mail).toMatchObject({ status: 'deferred', queueId: 'q1' });
  expect(mail.timeline).toEqual([
    {
      at: AT.toISOString(),
      kind: 'waiting',
      text: 'Waits: the mail server is at fault, no attempt is lost. mail.test is busy.',
      smtp: { code: 421, text: 'Busy' },
    },
  ]);
});

test('when a mail is tried next is told as data, not in words', () => {
  const deferred = progressed(MAIL, 'mail.deferred', { ...EVENT, dueAt: DUE }, { at: AT, isKept: false });
  expect(deferred.timeline).toMatchObject([
    { kind: 'deferred', text: 'To be tried again. mail.test is busy.', dueAt: DUE.toISOString() },
  ]);
  const queued = progressed(MAIL, 'mail.queued', { ...EVENT, dueAt: DUE }, { at: AT, isKept: false });
  expect(queued.timeline).toMatchObject([{ kind: 'queued', text: 'Queued', dueAt: DUE.toISOString() }]);
});
