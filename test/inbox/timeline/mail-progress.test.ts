import { MailError, type MailEvents } from 'nest-mailroom';
import type { CapturedMail } from '../../../src/inbox/store/captured-mail.js';
import { applyEvent } from '../../../src/inbox/timeline/mail-progress.js';

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

test('a released mail waits, says why, and loses no attempt', () => {
  const mail = applyEvent(MAIL, 'mail.released', EVENT, { at: AT, isCaptured: false });
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

test('a fault names the member that failed', () => {
  const error = new MailError('message-rejected', '550 no', { transport: 'smtp://a.test:587' });
  const dead = applyEvent(MAIL, 'mail.dead', { ...EVENT, error }, { at: AT, isCaptured: false });
  expect(dead.timeline.at(-1)?.text).toBe('Given up. By smtp://a.test:587: 550 no');
});

test('the time of the next attempt is data, not text', () => {
  const deferred = applyEvent(MAIL, 'mail.deferred', { ...EVENT, dueAt: DUE }, { at: AT, isCaptured: false });
  expect(deferred.timeline).toMatchObject([
    { kind: 'deferred', text: 'To be tried again. mail.test is busy.', dueAt: DUE.toISOString() },
  ]);
  const queued = applyEvent(MAIL, 'mail.queued', { ...EVENT, dueAt: DUE }, { at: AT, isCaptured: false });
  expect(queued.timeline).toMatchObject([{ kind: 'queued', text: 'Queued', dueAt: DUE.toISOString() }]);
});
