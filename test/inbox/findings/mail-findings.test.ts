import { MailModule, MailService } from 'nest-mailroom';
import { findingsOf } from '../../../src/inbox/findings/mail-findings.js';
import { markupUses } from '../../../src/check/clients/markup-uses.js';
import type { RenderedMessage } from '../../../src/message/message.js';
import { boot, cleanup, folder } from '../../support/application.js';
import { renderedMessage } from '../../support/rendered-message.js';

afterEach(cleanup);

const page = (body: string, head = ''): string =>
  `<!doctype html>\n<html lang="en"><head>${head}</head>\n<body>${body}</body></html>`;

const rules = (html: string, text = 'x'): string[] =>
  findingsOf({ html, text }).findings.map(({ rule, line }) => `${rule} ${line ?? '-'}`);

const gaps = (html: string, feature: string): string[] =>
  findingsOf({ html, text: 'x' })
    .clients.filter((gap) => gap.feature === feature)
    .map(({ client, support, where }) => `${client}: ${support}, ${where}`);

test('a captured mail is checked by the rules of `mailroom check`; findings have a line and a fix', () => {
  const html = page('<p>hi</p>\n<img src="https://a.test/x.png">\n<a href="javascript:go()">go</a>');
  expect(rules(html)).toEqual(['img-alt 4', 'javascript-url 5']);
  expect(findingsOf({ html, text: 'x' }).findings[0]).toEqual({
    rule: 'img-alt',
    severity: 'warning',
    message: '<img> has no alt. Add alt="…", or alt="" to a mere decoration',
    line: 4,
  });
  expect(rules('<html>\n<p>x</p>', '')).toEqual(['no-text -', 'html-lang 1']);
  expect(rules(page('x'.repeat(105_000)))).toEqual(['too-large -']);
});

test('a mail without html has no findings', () => {
  expect(findingsOf({ text: 'hello' })).toEqual({ findings: [], clients: [] });
});

test('plain http links are reported, except for those to localhost', () => {
  expect(rules(page('<a href="http://localhost:3000/x">x</a> <a href="http://[::1]/x">x</a>'))).toEqual([]);
  expect(rules(page('<a href="http://shop.test/x">x</a>'))).toEqual(['http-link 3']);
});

test('missing and unused inline images are reported', () => {
  const part = {
    content: Buffer.from('x'),
    contentType: 'image/png',
    disposition: 'inline',
    headers: {},
  } as const;
  const attachments = [
    { ...part, cid: 'logo' },
    { ...part, cid: 'map', filename: 'map.png' },
  ];
  const inline = (html?: string): unknown =>
    findingsOf({ text: 'x', attachments, ...(html !== undefined && { html }) }).findings.map(
      ({ rule, severity, line }) => `${rule} ${severity} ${line ?? '-'}`,
    );
  const html = page('\n<img alt="" src="cid:logo"><img alt="" src="cid:photo">');
  expect(inline(html)).toEqual(['unused-inline warning -', 'absent-inline error 4']);
  expect(inline()).toEqual(['unused-inline warning -', 'unused-inline warning -']);
});

test.each([
  ['', 'leads nowhere'],
  ['/confirm', 'not absolute'],
  ['https://a.test/{{token}}', 'a value that was not there'],
  ['https://a.test/users/undefined', 'a value that was not there'],
  ['https://a.test/?id=[object Object]&x=1', 'a value that was not there'],
  ['https://a.test/a b', 'white space'],
  ['ftp://a.test/file', 'do not follow ftp:'],
  ['https://ada:hunter2@a.test/', 'a login'],
])('a broken link is reported without a network request: %s', (url, message) => {
  const [found, ...others] = findingsOf({ html: page(`<a href="${url}">x</a>`), text: 'x' }).findings;
  expect(found).toMatchObject({ rule: 'link-fault', severity: 'error', line: 3 });
  expect(found?.message).toContain(message);
  expect(found?.message).not.toContain('hunter2');
  expect(others).toEqual([]);
});

test.each([
  ['https://p\u0430ypal.test/', 'the domain in href xn--pypal-4ve.test mixes Latin and Cyrillic letters'],
  ['https://xn--pypal-4ve.test/', 'the domain in href xn--pypal-4ve.test mixes Latin and Cyrillic letters'],
  [
    'mailto:a@xn--pypal-4ve.test?x=y',
    'the domain of the address xn--pypal-4ve.test mixes Latin and Cyrillic',
  ],
])('a link to a look-alike domain is reported: %j', (url, message) => {
  const { findings } = findingsOf({ html: page(`<a href="${url}">x</a>`), text: 'x' });
  expect(findings).toMatchObject([{ rule: 'mixed-script', severity: 'warning', line: 3 }]);
  expect(findings[0]?.message).toContain(message);
});

test('domains in one script, or in scripts that commonly mix, are accepted', () => {
  const urls = [
    'https://почта.рф/',
    'https://mail.почта.рф/',
    'https://münchen.test/',
    'https://tokyo東京ひら.test/',
  ];
  expect(rules(page(urls.map((url) => `<a href="${url}">x</a>`).join('')))).toEqual([]);
});

test('all addresses of a mail are checked by the same rule', () => {
  const bad = 'a@xn--pypal-4ve.test';
  const { html: _html, ...textOnly } = renderedMessage();
  const rulesOf = (mail: Partial<RenderedMessage>): string[] =>
    findingsOf({ ...textOnly, ...mail }).findings.map(({ rule }) => rule);
  expect(rulesOf({})).toEqual([]);
  expect(rulesOf({ envelope: { from: 'b@from.test', to: [bad, bad] } })).toEqual(['mixed-script']);
  expect(rulesOf({ from: { address: 'a@p\u0430ypal.test' } })).toEqual(['mixed-script']);
  expect(rulesOf({ replyTo: [{ address: bad }] })).toEqual(['mixed-script']);
});

test('valid links are accepted', () => {
  const urls = ['https://a.test/nullable?undefinedness=1', 'mailto:a@b.test', 'tel:+491234', '#top'];
  expect(rules(page(urls.map((url) => `<a href="${url}">x</a>`).join('')))).toEqual([]);
});

test('unsupported styles are found in attributes and style sheets, with their lines', () => {
  const sheet = '<style>\n/* display: flex */\n.a { color: red; display : FLEX }\n</style>';
  const html = page('<div style="display:flex">x</div>', sheet);
  expect(gaps(html, 'display: flex')).toEqual([
    'Gmail: partial, line 4 and 1 more',
    'Outlook (Windows): no, line 4 and 1 more',
    'GMX: partial, line 6',
  ]);
});

test('content hidden from Outlook is not reported for Outlook', () => {
  const outlook = 'Outlook (Windows)';
  const flex = '<div style="display:flex">x</div>';
  const clients = (html: string): string => gaps(html, 'display: flex').join();
  expect(clients(page(flex))).toContain(outlook);
  expect(clients(page(`<!--[if !mso]><!-->${flex}<!--<![endif]-->`))).not.toContain(outlook);
  expect(clients(page(`<!--[if !mso]><!-->x<!--<![endif]-->${flex}`))).toContain(outlook);
  expect(clients(page(`<!--[if mso]>${flex}<![endif]-->`))).toBe('');
  const media = '<style>@media (max-width: 600px) { .a { display: flex } }</style>';
  expect(clients(page('x', media))).not.toContain(outlook);
  expect(clients(page('x', `${media}<style>.a { display: flex }</style>`))).toContain(outlook);
});

test('semicolons and braces in strings and data URLs do not end declarations', () => {
  const css = `background: url(data:image/png;base64,AA==) no-repeat; font: 'a;b{'; opacity: .5`;
  const found = markupUses(`<p style="${css}">`).flatMap((use) =>
    use.kind === 'property' ? [use.property] : [],
  );
  expect(found).toEqual(['background', 'font', 'opacity']);
});

test.each<[feature: string, css: string, told: boolean]>([
  ['rgba()', 'color: #333; color: rgba(0, 0, 0, .5)', false],
  ['rgba()', 'COLOR: #333; top: 0; color: RGBA(0, 0, 0, .5)', false],
  ['rgba()', 'color: rgba(0, 0, 0, .5); color: #333', true],
  ['rgba()', 'color: rgba(0, 0, 0, .4); color: rgba(0, 0, 0, .5)', true],
  ['rgba()', 'background: #333; color: rgba(0, 0, 0, .5)', true],
  ['calc()', 'width: 90%; width: calc(100% - 4px)', false],
  ['CSS variables', 'color: #333; color: var(--ink)', false],
  ['linear-gradient()', 'background: #333; background: linear-gradient(red, blue)', false],
  ['linear-gradient()', 'background-color: #333; background-image: linear-gradient(red, blue)', false],
  ['background image', 'background: #333; background: url(https://a.test/x.png)', false],
  ['display: flex', 'display: block; display: flex', true],
])(
  'an unsupported value is a gap, unless a supported fallback precedes it: %s, %s',
  (feature, css, isGap) => {
    for (const html of [page(`<p style="${css}">x</p>`), page('x', `<style>a{top:0}p{${css}}</style>`)])
      expect(gaps(html, feature).length > 0).toBe(isGap);
  },
);

test('a fallback in another rule does not count', () => {
  expect(gaps(page('x', '<style>a{color:#333}p{color:rgba(0,0,0,.5)}</style>'), 'rgba()')).not.toEqual([]);
});

test('unquoted URLs, nested rules and variables are parsed as in browsers', () => {
  const css = `@import url(https://a.test/?a;b{c}); a { color: red; &:hover { top: 0 } --x: {a: b}; left: 0 }`;
  expect(
    markupUses(`<style>${css}</style>`)
      .slice(1)
      .map((use) => (use.kind === 'property' ? use.property : use.kind)),
  ).toEqual(['at-rule', 'selector', 'color', 'selector', 'top', '--x', 'left']);
});

test('style sheets beyond the size limit of Gmail are reported', () => {
  expect(gaps(page('x', `<style>${'a{color:red}'.repeat(1400)}</style>`), '<style>')).toEqual([
    'GMX: partial, line 2',
    'Gmail: no, line 2',
  ]);
});

test('deliberate gaps of the component kit are not reported, but those of a page are', async () => {
  const render = async (body: string) => {
    const dir = await folder({ 'a.hbs': `---\nsubject: x\nlayout: mail/layout\n---\n${body}` });
    const app = await boot([MailModule.forRoot({ from: 'app@example.test', templates: { dir } })]);
    return app.get(MailService).render({ to: 'ada@example.test', template: 'a', context: {} });
  };
  const kit =
    '{{#> mail/button href="https://a.test"}}Go{{/mail/button}}{{> mail/divider}}{{#> mail/panel}}x{{/mail/panel}}';
  expect(findingsOf(await render(kit)).clients).toEqual([]);
  const own =
    '<div class="card" style="max-width: 300px"><p class="mail-panel" style="display: flex">x</p></div>';
  const features = findingsOf(await render(kit + own)).clients.map(({ feature }) => feature);
  expect([...new Set(features)].toSorted()).toEqual(['display: flex', 'max-width']);
});
