import type { Mail } from '../../src/message/mail.js';
import { composed, context, defaults, type Loose, refusal } from './composing.js';
import { compose, resolveMailable } from '../../src/compose/compose.js';

describe('defaults', () => {
  test('the smallest mail gets all defaults', async () => {
    expect(await composed({ subject: 'Hi' })).toEqual({
      messageId: '<f00d@example.test>',
      date: new Date('2026-03-04T05:06:07Z'),
      mailer: 'default',
      envelope: { from: 'app@example.test', to: ['ada@example.test'] },
      from: { address: 'app@example.test', name: 'The App' },
      to: [{ address: 'ada@example.test' }],
      cc: [],
      replyTo: [],
      body: { subject: 'Hi', text: 'Hi' },
      headers: {},
      attachments: [],
      alternatives: [],
      timeZone: 'UTC',
      tags: [],
      metadata: {},
    });
  });

  test('the fields of the mail win', async () => {
    const replyTo = [{ address: 'help@example.test' }];
    const byDefault = await composed({}, { replyTo });
    expect(byDefault.replyTo).toEqual(replyTo);
    const message = await composed(
      { from: 'Me <me@münchen.test>', replyTo: ['you@x.test'], date: new Date(0), messageId: '<1@x>' },
      { replyTo },
    );
    expect(message).toMatchObject({
      from: { address: 'me@münchen.test', name: 'Me' },
      replyTo: [{ address: 'you@x.test' }],
      date: new Date(0),
      messageId: '<1@x>',
    });
    expect((await composed({ from: 'me@münchen.test' })).messageId).toBe('<f00d@xn--mnchen-3ya.test>');
  });

  test('a missing sender is an error that names the setting', async () => {
    const { from: _, ...nobody } = defaults;
    const error = await refusal(compose({ to: 'a@x.test', text: '' }, nobody, context));
    expect(error).toMatchObject({ code: 'message-invalid', at: { field: 'from' } });
    expect(error.message).toContain('MAIL_FROM');
  });
});

describe('envelope', () => {
  test('holds each recipient once, in ASCII; bcc is nowhere else', async () => {
    const message = await composed({
      to: ['a@MÜNCHEN.test', 'B <b@x.test>'],
      cc: ['b@X.test', 'c@x.test'],
      bcc: { address: 'secret@x.test', name: 'S' },
    });
    expect(message.envelope.to).toEqual(['a@xn--mnchen-3ya.test', 'b@x.test', 'c@x.test', 'secret@x.test']);
    expect(JSON.stringify({ ...message, envelope: {} })).not.toContain('secret');
  });

  test('bcc alone is enough', async () => {
    const message = await composed({ to: undefined, bcc: ['a@x.test'] });
    expect([message.to, message.envelope.to]).toEqual([[], ['a@x.test']]);
  });

  test.each<[Loose, string]>([
    [{}, 'app@example.test'],
    [{ sender: 'Secretary <s@x.test>' }, 's@x.test'],
    [{ sender: 's@x.test', envelope: { from: 'bounces@ü.test' } }, 'bounces@xn--tda.test'],
    [{ from: 'me@x.test', envelope: {} }, 'me@x.test'],
  ])('%j bounces to %s', async (mail, from) => {
    expect((await composed(mail)).envelope.from).toBe(from);
  });

  test.each<[Loose, RegExp]>([
    [{ to: undefined }, /^to: .*at least one recipient/],
    [{ to: [], cc: [] }, /^to: .*at least one recipient/],
    [{ to: null }, /^to: .*got null/],
    [{ bcc: 'a@x.test\r\nX-Evil: 1' }, /^bcc: /],
    [{ envelope: { from: 's@x.test> SIZE=1\r\nRCPT TO:<evil@y.test' } }, /^envelope\.from: /],
    [{ envelope: { from: 'Name <s@x.test>' } }, /^envelope\.from: /],
    [{ envelope: { to: ['a@x.test'] } }, /^envelope\.to: .*to, cc or bcc/],
    [{ envelope: 'a@x.test' }, /^envelope: /],
    [{ from: ['a@x.test'] }, /^from: .*got an array/],
    [{ sender: 'x' }, /^sender: /],
  ])('%j is refused', async (mail, reason) => {
    expect((await refusal(composed(mail))).message).toMatch(reason);
  });

  test('too many recipients are counted before any is parsed', async () => {
    const to = Array.from({ length: 3 }, () => 'not an address');
    const error = await refusal(composed({ to, bcc: 'x@x.test' }, { maxRecipients: 3 }));
    expect(error.message).toMatch(/at most 3 recipients .* got 4\. .*maxRecipients/);
    await composed({ to: ['a@x.test', 'b@x.test'], cc: 'c@x.test' }, { maxRecipients: 3 });
  });

  test('a status request travels in the envelope', async () => {
    const message = await composed({ dsn: { notify: ['failure'], return: 'headers' } });
    expect(message.envelope.dsn).toEqual({ notify: ['failure'], return: 'headers' });
    expect((await refusal(composed({ dsn: { notify: 'x' } }))).at?.field).toBe('dsn.notify');
  });
});

describe('body', () => {
  test('a template with its context, and a subject over it', async () => {
    const user = { name: 'Ada' };
    const mail = { text: undefined, template: 'welcome', context: { user }, subject: 'S', locale: 'fr-ca' };
    const message = await composed(mail);
    expect(message.body).toEqual({ template: 'welcome', context: { user }, subject: 'S' });
    expect(message.locale).toBe('fr-CA');
    expect((await composed({ text: undefined, template: '' })).body).toEqual({ template: '', context: {} });
  });

  test('literals stay literal', async () => {
    const text = 'a\n.\r\nMAIL FROM:<e@y.test> {{x}}';
    expect((await composed({ text, html: '<b>{{y}}' })).body).toEqual({ text, html: '<b>{{y}}' });
    expect((await composed({ text: '' })).body).toEqual({ text: '' });
  });

  test.each<[Loose, string]>([
    [{ template: 'x', html: 'y', text: undefined }, 'html'],
    [{ template: 'x', text: '' }, 'text'],
    [{ context: {} }, 'context'],
    [{ text: undefined }, 'template'],
    [{ text: undefined, subject: 'S', attachments: [{ content: 'x' }] }, 'template'],
    [{ text: undefined, template: 7 }, 'template'],
    [{ text: undefined, template: 'x', context: null }, 'context'],
    [{ text: undefined, template: 'x', context: ['a'] }, 'context'],
    [{ html: { path: '/etc/passwd' } }, 'html'],
    [{ text: null }, 'text'],
    [{ subject: 'a\nb' }, 'subject'],
  ])('%j is refused', async (mail, field) => {
    const error = await refusal(composed(mail));
    expect([error.code, error.at?.field]).toEqual(['message-invalid', field]);
  });

  test('an event or another rendition alone is a body', async () => {
    const event = await composed({ text: undefined, icalEvent: { content: 'BEGIN:V' } });
    expect(event.alternatives.map((part) => part.contentType)).toEqual([
      'text/calendar; charset=utf-8; method=PUBLISH',
    ]);
    expect(event.attachments.map((part) => part.filename)).toEqual(['invite.ics']);
    const amp = { contentType: 'text/x-amp-html', content: '<html ⚡4email>' };
    expect((await composed({ text: undefined, alternatives: [amp] })).alternatives).toEqual([
      { contentType: 'text/x-amp-html; charset=utf-8', content: Buffer.from('<html ⚡4email>') },
    ]);
  });
});

test('headers come from fields and from the caller, never twice', async () => {
  const message = await composed({
    headers: { 'X-Campaign': 'spring' },
    priority: 'high',
    inReplyTo: '<a@x>',
    references: ['<0@x>', '<a@x>'],
    listUnsubscribe: { url: 'https://x.test/u' },
  });
  expect(message.headers).toEqual({
    'In-Reply-To': '<a@x>',
    References: '<0@x> <a@x>',
    'X-Priority': '1 (Highest)',
    'X-MSMail-Priority': 'High',
    Importance: 'High',
    'List-Unsubscribe': '<https://x.test/u>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'X-Campaign': 'spring',
  });
  const twice = composed({ headers: { importance: 'low' }, priority: 'high' });
  expect((await refusal(twice)).at?.field).toBe('headers.importance');
});

describe('unknown fields', () => {
  test.each<[Loose, string, RegExp]>([
    [{ subjekt: 'x' }, 'message-invalid', /Did you mean "subject"\?/],
    [{ recipients: ['a@x.test'] }, 'message-invalid', /Did you mean "to"\?/],
    [{ reply_to: 'a@x.test' }, 'message-invalid', /Did you mean "replyTo"\?/],
    [{ body: 'x' }, 'message-invalid', /Did you mean "text"\?/],
    [{ zzz: 1 }, 'message-invalid', /Known are to, cc/],
    [{ 'a\r\nb': 1 }, 'message-invalid', /^"a\\r\\nb": /],
    [{ raw: { path: '/etc/passwd' } }, 'unsupported', /^raw: not supported/],
    [{ disableFileAccess: false }, 'unsupported', /attachments\.roots/],
    [{ disableUrlAccess: false }, 'unsupported', /network/],
    [{ encoding: 'base64' }, 'unsupported', /UTF-8/],
    [{ dkim: {} }, 'unsupported', /options/],
  ])('%j is %s', async (mail, code, reason) => {
    const error = await refusal(composed(mail));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(reason);
  });

  test('treats an undefined field as absent', async () => {
    await expect(composed({ raw: undefined })).resolves.toBeDefined();
  });
});

const whole: Mail = {
  to: ['a@x.test', { address: 'b@x.test', name: 'B' }],
  cc: 'c@x.test',
  bcc: ['d@x.test'],
  from: { address: 'e@x.test' },
  sender: 'f@x.test',
  replyTo: ['g@x.test'],
  locale: 'fr',
  timeZone: 'Europe/Paris',
  subject: 'S',
  html: '<p>',
  text: 'T',
  attachments: [{ filename: 'a.txt', content: 'x', headers: { 'X-A': ['1'] } }],
  headers: { 'X-B': ['1', '2'] },
  messageId: '<a@x>',
  inReplyTo: '<b@x>',
  references: ['<b@x>'],
  date: new Date(0),
  priority: 'low',
  listUnsubscribe: { mailto: 'u@x.test' },
  icalEvent: { content: 'BEGIN:V', method: 'REQUEST' },
  dsn: { notify: ['success'] },
  alternatives: [{ contentType: 'text/x-web', content: 'x' }],
  envelope: { from: 'h@x.test' },
  tags: ['t'],
  metadata: { k: 'v' },
};

test('nothing passed in is changed, and all of it may be frozen', async () => {
  const before = JSON.stringify(whole);
  const message = await compose(deepFrozen(whole), defaults, context);
  expect(JSON.stringify(whole)).toBe(before);
  expect(message).toMatchObject({ tags: ['t'], metadata: { k: 'v' }, timeZone: 'Europe/Paris' });
});

test('later changes of the mail do not change the message', async () => {
  const to = ['a@x.test'];
  const tags = ['t'];
  const date = new Date(0);
  const message = await composed({ to, tags, date, headers: { 'X-A': to } });
  const before = JSON.stringify(message);
  to.push('evil@y.test');
  tags.push('u');
  date.setFullYear(2000);
  expect(JSON.stringify(message)).toBe(before);
});

test('each field is read once: a getter cannot pass the check with one value and be sent with another', async () => {
  const reads: Record<string, number> = {};
  await compose(counting(whole, 'mail', reads), defaults, context);
  expect(Object.keys(reads)).toContain('mail.attachments.0.content');
  expect(Object.entries(reads).filter(([, count]) => count !== 1)).toEqual([]);
});

test('a field of Object.prototype is not the caller’s', async () => {
  const everything: object = Object.getPrototypeOf({});
  Object.defineProperty(everything, 'bcc', { value: 'evil@y.test', configurable: true });
  try {
    expect((await composed()).envelope.to).toEqual(['ada@example.test']);
  } finally {
    Reflect.deleteProperty(everything, 'bcc');
  }
});

test('a class may give its fields by getters', async () => {
  class Welcome {
    readonly to = 'ada@example.test';
    get text(): string {
      return 'Hi';
    }
  }
  expect((await compose(new Welcome(), defaults, context)).body).toEqual({ text: 'Hi' });
});

describe('mailable', () => {
  test('a mail is used as it is, and toMail of any other object is called', async () => {
    const mail: Mail = { to: 'a@x.test' };
    expect(await resolveMailable(mail)).toBe(mail);
    expect(await resolveMailable({ toMail: () => mail })).toBe(mail);
    expect(await resolveMailable({ toMail: () => Promise.resolve(mail) })).toBe(mail);
  });

  test('it may use its own fields', async () => {
    class Welcome {
      constructor(private readonly address: string) {}
      toMail(): Mail {
        return { to: this.address };
      }
    }
    expect(await resolveMailable(new Welcome('a@x.test'))).toEqual({ to: 'a@x.test' });
  });

  test.each([undefined, null, 'a@x.test', 7, [[]]])('%j is neither of them', async (value) => {
    const given = JSON.parse(JSON.stringify({ value }));
    const error = await refusal(resolveMailable(given.value));
    expect(error.code).toBe('message-invalid');
    expect((await refusal(resolveMailable({ toMail: () => given.value }))).at?.field).toBe('toMail()');
    expect((await refusal(compose(given.value, defaults, context))).code).toBe('message-invalid');
  });

  test('its own error passes through', async () => {
    const broken = { toMail: (): Promise<Mail> => Promise.reject(new RangeError('mine')) };
    await expect(resolveMailable(broken)).rejects.toThrow(RangeError);
  });
});

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.values(value).forEach(deepFrozen);
    Object.freeze(value);
  }
  return value;
}

/** The same, with every property a getter that counts how often it is read. */
function counting<T extends object>(value: T, path: string, reads: Record<string, number>): T {
  const copy: T = Object.create(Object.getPrototypeOf(value));
  for (const [key, inner] of Object.entries(value)) {
    const at = `${path}.${key}`;
    const nested = isPlain(inner) ? counting(inner, at, reads) : inner;
    const items = Array.isArray(inner)
      ? inner.map((item, i) => (isPlain(item) ? counting(item, `${at}.${i}`, reads) : item))
      : nested;
    const get = (): unknown => {
      reads[at] = (reads[at] ?? 0) + 1;
      return items;
    };
    Object.defineProperty(copy, key, { get, enumerable: true });
  }
  return copy;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
