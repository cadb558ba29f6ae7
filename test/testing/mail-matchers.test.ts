import { MailOutbox, type RenderedMessage } from 'nest-mailroom';
import { mailMatchers, renderedMessage } from 'nest-mailroom/testing';

expect.extend(mailMatchers);

const message = (to: string, subject: string, more: Partial<RenderedMessage> = {}): RenderedMessage =>
  renderedMessage({ subject, envelope: { from: 'a@from.test', to: [to] }, ...more });

const WELCOME = message('Ada@to.test', 'Welcome, Ada!', {
  template: 'welcome',
  locale: 'fr',
  tags: ['signup', 'first'],
  html: '<p>Bonjour <b>Ada</b></p>',
  text: 'Bonjour Ada',
  attachments: [
    {
      filename: 'terms.pdf',
      content: Buffer.from('x'),
      contentType: 'application/pdf',
      disposition: 'attachment',
      headers: {},
    },
  ],
});
const NEWS = message('bob@to.test', 'News', { template: 'news' });

function outbox(...messages: readonly RenderedMessage[]): MailOutbox {
  const box = new MailOutbox();
  for (const each of messages) box.capture(each);
  return box;
}

function queued(...messages: readonly RenderedMessage[]): MailOutbox {
  const box = new MailOutbox();
  const [dueAt, expiresAt] = [new Date(0), new Date(1)];
  for (const each of messages) box.enqueue({ message: each, priority: 'normal', dueAt, expiresAt });
  return box;
}

function failureOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The assertion holds.');
}

test.each([
  { to: 'ada@TO.test' },
  { to: ['ada@to.test'] },
  { to: /^ada@/gi, from: 'hello@from.test' },
  { subject: 'Welcome, Ada!' },
  { subject: /welcome/i, template: 'welcome' },
  { html: '<b>Ada</b>', text: 'Bonjour' },
  { html: /<b>/ },
  { subject: expect.stringContaining('Ada') },
  { attachments: ['terms.pdf'] },
  { attachments: [/\.pdf$/], tags: ['first'] },
  { locale: 'fr', mailer: 'default' },
])('toHaveSentMail(%p)', (pattern) => {
  const box = outbox(WELCOME, NEWS);
  expect(box).toHaveSentMail(pattern);
  expect(box).toHaveSentMailTimes(1, pattern);
  expect(box).not.toHaveSentNoMail(pattern);
});

test.each([
  { to: 'ada@to.tes' },
  { to: ['ada@to.test', 'bob@to.test'] },
  { subject: 'Welcome' },
  { template: 'wel' },
  { html: 'Bonjour Ada' },
  { text: /^Ada/ },
  { attachments: [] },
  { attachments: ['terms.pdf', 'other.pdf'] },
  { tags: ['x'] },
  { locale: 'de' },
])('not toHaveSentMail(%p)', (pattern) => {
  expect(outbox(WELCOME)).not.toHaveSentMail(pattern);
  expect(outbox(WELCOME)).toHaveSentNoMail(pattern);
});

test('a failure shows the sent mails, the nearest first, with their differences', () => {
  const box = outbox(NEWS, WELCOME);
  const pattern = { to: 'ada@to.test', template: 'welcome', subject: /^Bienvenue/, tags: ['signup'] };
  expect(failureOf(() => expect(box).toHaveSentMail(pattern))).toBe(
    `Expected a mail to have been sent, with
  to: "ada@to.test"
  template: "welcome"
  subject: /^Bienvenue/
  tags: "signup"
but none was sent.
Others that were, the nearest first:
  - "Welcome, Ada!" to Ada@to.test (template welcome)
      subject: expected /^Bienvenue/, got "Welcome, Ada!"
  - "News" to bob@to.test (template news)
      to: expected "ada@to.test", got "bob@to.test"
      template: expected "welcome", got "news"
      subject: expected /^Bienvenue/, got "News"
      tags: expected "signup", got none`,
  );
});

test('a failure without any mail says so', () => {
  expect(failureOf(() => expect(outbox()).toHaveSentMail({ subject: 'x' }))).toBe(
    'Expected a mail to have been sent, with\n  subject: "x"\nbut no mail was sent at all.',
  );
});

test('a failure mentions a matching mail that waits in the queue', () => {
  expect(failureOf(() => expect(queued(WELCOME)).toHaveSentMail({ template: 'welcome' }))).toBe(
    `Expected a mail to have been sent, with
  template: "welcome"
but no mail was sent at all.
It was queued and has not been sent yet: await outbox.waitFor({ … }), or drain() of MailQueueService.`,
  );
});

test('only five others are shown, and of a long body its beginning', () => {
  const long = message('ada@to.test', 'x', { html: `<p>${'long '.repeat(500)}</p>` });
  const text = failureOf(() =>
    expect(outbox(...Array<RenderedMessage>(7).fill(long))).toHaveSentMail({ html: 'no' }),
  );
  expect(text.match(/ {2}- "x"/g)).toHaveLength(5);
  expect(text).toContain('  and 2 more');
  expect(text.length).toBeLessThan(2000);
});

test('matchers of the framework are named in failures', () => {
  const text = failureOf(() =>
    expect(outbox(NEWS)).toHaveSentMail({ subject: expect.stringContaining('Old') }),
  );
  expect(text).toContain('subject: expected StringContaining "Old", got "News"');
});

test('counts', () => {
  const box = outbox(NEWS, NEWS, WELCOME);
  expect(box).toHaveSentMailTimes(2, { template: 'news' });
  expect(box).toHaveSentMailTimes(3);
  expect(box).toHaveSentMail({ template: 'news', times: 2 });
  expect(box).not.toHaveSentMailTimes(1, { template: 'news' });
  expect(outbox()).toHaveSentMailTimes(0);
  expect(failureOf(() => expect(box).toHaveSentMailTimes(2, { template: 'welcome' }))).toMatch(
    /^Expected 2 mails to have been sent, with\n {2}template: "welcome"\nbut 1 was sent.\n {2}- "Welcome, Ada!".*\nOthers that were, the nearest first:\n {2}- "News"/,
  );
  expect(failureOf(() => expect(box).not.toHaveSentMailTimes(2, { template: 'news' }))).toMatch(
    /^Expected not 2 mails to have been sent, [^]*but 2 were sent\./,
  );
});

test('no mail', () => {
  expect(outbox()).toHaveSentNoMail();
  expect(outbox(NEWS)).toHaveSentNoMail({ template: 'welcome' });
  expect(failureOf(() => expect(outbox(NEWS)).toHaveSentNoMail())).toBe(
    'Expected no mail to have been sent,\nbut 1 was sent.\n  - "News" to bob@to.test (template news)',
  );
  expect(failureOf(() => expect(outbox(NEWS)).not.toHaveSentMail({ to: /bob/ }))).toMatch(
    /^Expected no mail/,
  );
  expect(failureOf(() => expect(outbox()).not.toHaveSentNoMail())).toMatch(/^Expected a mail [^]* at all\.$/);
});

test('in order', () => {
  const box = outbox(WELCOME, NEWS, { ...NEWS });
  expect(box).toHaveSentMailsInOrder([{ template: 'welcome' }, { template: 'news' }]);
  expect(box).toHaveSentMailsInOrder([{ to: 'bob@to.test' }, { to: 'bob@to.test' }]);
  expect(box).not.toHaveSentMailsInOrder([{ template: 'news' }, { template: 'welcome' }]);
  expect(failureOf(() => expect(box).not.toHaveSentMailsInOrder([{}]))).toMatch(/not to have been sent/);
  expect(
    failureOf(() =>
      expect(box).toHaveSentMailsInOrder([{ template: 'news' }, { template: 'welcome', locale: 'fr' }]),
    ),
  ).toBe(
    `Expected mails to have been sent in this order:
  1. template: "news"
  2. template: "welcome", locale: "fr"
but after 1. there is no 2.
Sent were, the oldest first:
  -  "Welcome, Ada!" to Ada@to.test (template welcome)
  1. "News" to bob@to.test (template news)
  -  "News" to bob@to.test (template news)`,
  );
});

test('queued', () => {
  expect(queued(WELCOME)).toHaveQueuedMail({ to: 'ada@to.test', times: 1 });
  expect(outbox(WELCOME)).not.toHaveQueuedMail();
  expect(failureOf(() => expect(queued(NEWS)).toHaveQueuedMail({ template: 'welcome' }))).toMatch(
    /^Expected a mail to have been queued, [^]*but none was queued\.\n[^]*template: expected "welcome", got "news"$/,
  );
});

test('a pattern that would match anything is refused', () => {
  const misspelt: object = { subjekt: 'x' };
  expect(() => expect(outbox(NEWS)).toHaveSentMail(misspelt)).toThrow('Did you mean "subject"?');
  expect(() => expect(outbox()).toHaveSentNoMail(misspelt)).toThrow('Did you mean "subject"?');
  expect(() => expect({}).toHaveSentNoMail()).toThrow('expected a MailOutbox, as app.get(MailOutbox) gives');
});
