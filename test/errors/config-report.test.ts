import { MailModule } from 'nest-mailroom';
import { ConfigReport } from '../../src/errors/config-report.js';
import { redactUrl, show } from '../../src/errors/show.js';
import { resolveSmtpOptions } from '../../src/transport/smtp/resolve-smtp-options.js';
import { boot, cleanup, setEnv } from '../support/application.js';

afterEach(cleanup);

test.each([
  ['plain', '"plain"'],
  ['a\r\nb', String.raw`"a\r\nb"`],
  ['a\u2028b\u202ec\u0085d\u007f', String.raw`"a\u2028b\u202ec\u0085d\u007f"`],
  ['smtp://user:p@ss@mail.test:587', '"smtp://***@mail.test:587"'],
  ['smtp://user:p@ss/word@mail.test:587', '"smtp:…" (the rest is not shown, it may hold a password)'],
  ['https://shop.test/unsubscribe?id=1', '"https://shop.test/unsubscribe?id=1"'],
  ['user:p@ss@mail.test:587', '"***@mail.test:587"'],
  ['failover(smtp://u:p@a.test sendgrid://KEY)', '"…" (the rest is not shown, it may hold a password)'],
  ['mailto:ada@example.test', '"mailto:ada@example.test"'],
  [undefined, 'nothing'],
  [null, 'null'],
  [42, '42'],
  [[], 'an array'],
  [{ password: 'x' }, 'an object'],
])('%j is shown on one line, without a password', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('long text is cut, and a password in it does not survive the cut', () => {
  expect(show('x'.repeat(1_000_000))).toBe(`"${'x'.repeat(77)}..."`);
  expect(show(`smtps://user:${'p'.repeat(200)}@mail.test`)).toBe('"smtps://***@mail.test"');
});

/** A password that was not percent-encoded, or a URL that was cut: what is read as its host may be a part of it. */
const UNREADABLE = [
  'mailer:2024?Sommer-Geheim@mail.example.test:587',
  'mailer:2024?Sommer=Geheim@mail.example.test',
  'mailer:2024?tls=Geheim@mail.example.test',
  'mailer:12/Geheim@h.test',
  'mailer:12#Geheim@h.test',
  'mailer:12/Ge@heim@h.test',
  'mailer:12?Geheim',
  'mailer:12/Geheim',
  'mailer:Sommer 2024?Geheim@h.test',
  'mailer:2024 Geheim@h.test/Sommer',
  'mailer:20\t24/Geheim@h.test',
  'mailer:20%24?Geheim@h.test',
  'Geheim@h.test@h.test/mailer@x',
];
const FRAGMENT = /Geheim|heim|Sommer|2024|mailer/;

describe.each(UNREADABLE)('nothing of a URL that cannot be read is shown: …%s', (rest) => {
  it('by itself', () => {
    const schemes = ['smtp', 'smtps', 'http', 'redis', 'sendgrid'].map((scheme) => `${scheme}://`);
    const shown = schemes.flatMap((scheme) => [redactUrl(scheme + rest), show(scheme + rest)]);
    // Of a page's address, path and parameters may be shown where no login can be meant.
    const links = rest.includes('@') ? shown : shown.filter((text) => !text.startsWith('"http'));
    expect(links.join('\n')).not.toMatch(FRAGMENT);
  });

  it.each([
    ['MAIL_URL', `smtp://${rest}`],
    ['MAIL_URL', `smtps://${rest}`],
    ['MAIL_HOST', `smtp://${rest}`],
    ['MAIL_FROM', `smtp://${rest}`],
    ['MAIL_SPOOL_PATH', `smtp://${rest}`],
    ['MAIL_TEMPLATES_DIR', `smtp://${rest}`],
    ['MAIL_REDIS_URL', `redis://${rest}`],
    ['MAIL_REDIS_URL', `rediss://${rest}`],
  ])('%s=%s', async (name, value) => {
    setEnv({ NODE_ENV: 'production', [name]: value });
    const options = name === 'MAIL_URL' ? {} : { transport: 'smtp://127.0.0.1' };
    const error: unknown = await boot([MailModule.forRoot(options)]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining(`- ${name}: expected `) });
    expect(String(error)).not.toMatch(FRAGMENT);
  });

  it('as a proxy', () => {
    const report = new ConfigReport();
    for (const scheme of ['http', 'https', 'socks5']) {
      resolveSmtpOptions({ host: '127.0.0.1', proxy: `${scheme}://${rest}` }, report, 'transport');
    }
    expect(report.problems).toHaveLength(3);
    expect(report.problems.map((problem) => report.line(problem)).join('\n')).not.toMatch(FRAGMENT);
  });
});

test.each([
  ['smtp://user:pass@mail.test', '"smtp://***@mail.test"'],
  ['SMTP://mail.test:25/', '"smtp://mail.test:25"'],
  ['smtp://[::1]:25?tls=off', '"smtp://[::1]:25"'],
  ['http://proxy.test:3128', '"http://proxy.test:3128"'],
])('of a server that can be read, scheme, host and port are shown: %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});
