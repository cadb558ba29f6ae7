import { Decimal } from 'decimal.js';
import { failure, folder, html, loaded, rendererOf, renderOf, write } from './templates.js';
import type { TemplateHelperOptions } from '../../src/render/helpers/helper.js';

const EVIL = `<a href="x" title='y'>&`;
const ESCAPED = '&lt;a href&#x3D;&quot;x&quot; title&#x3D;&#x27;y&#x27;&gt;&amp;';

describe('a mail with everything', () => {
  const FILES = {
    'welcome.hbs': `---\r\nsubject: "Welcome: #1 {{user.name}}!"\r\npreheader: One click, {{user.name}}\r\nlayout: default\r\nsample: { user: { name: Ada } }\r\n---\r\n<p>{{user.name}}{{> mark user}}</p>`,
    'welcome.text.hbs': 'Hi {{user.name}}{{> mark user}}\n',
    'layouts/default.hbs': '<html><body class="x">{{> @partial-block}}<hr>{{@subject}}</body></html>',
    'layouts/default.text.hbs': '{{> @partial-block}}\n--\n{{@subject}}',
    'partials/mark.hbs': '({{name}})',
  };

  test('subject, html, preheader and text are escaped by their destination', async () => {
    const mail = await renderOf(await loaded(FILES), 'welcome', { user: { name: EVIL } });
    expect(mail.subject).toBe(`Welcome: #1 ${EVIL}!`);
    expect(mail.text).toBe(`Hi ${EVIL}(${EVIL})\n--\n${mail.subject}`);
    expect(mail.html).toContain(`<p>${ESCAPED}(${ESCAPED})</p>`);
    expect(mail.html).toContain(`<hr>Welcome: #1 ${ESCAPED}!</body>`);
    expect(mail.html).toMatch(/^<html><body class="x"><div style="display:none[^>]*>One click, &lt;a href/);
    expect(mail).not.toHaveProperty('locale');
  });

  test('a byte order mark and carriage returns do not hide front matter', async () => {
    const mail = await renderOf(await loaded({ 'p.hbs': '\uFEFF---\r\nsubject: Hi\r\n---\r\nbody' }), 'p');
    expect(mail).toEqual({ subject: 'Hi', html: 'body', text: 'body' });
  });

  test.each([
    ['a blank line', '\n'],
    ['blank lines', '\r\n \t\r\n'],
    ['a comment', '<!-- prettier-ignore -->\n'],
    ['a comment of Handlebars', '{{! v2 }}\n'],
    ['comments and blank lines', '\n{{!--\n a }} b --}}\n\n<!-- c\n-->\n{{~!-- d --~}}\n'],
  ])('%s before front matter is not part of the mail', async (_, before) => {
    const files = { 'p.hbs': `${before}---\n# a\n\nsubject: Hi {{x}}\n---\n{{y}}` };
    const renderer = await loaded(files);
    expect(await renderOf(renderer, 'p', { x: 1, y: 2 })).toEqual({ subject: 'Hi 1', html: '2', text: '2' });
    const lines = before.split('\n').length;
    const { at } = await failure(renderOf(renderer, 'p', { x: 1 }));
    expect(at).toMatchObject({ line: lines + 5, path: 'y' });
    expect((await failure(renderOf(renderer, 'p', { y: 2 }))).at).toMatchObject({
      line: lines + 3,
      path: 'x',
    });
  });

  test.each([
    ['a line below text', 'text\n---\na: b\n---\n'],
    ['a line behind a comment', '{{! x }}---\na: b\n---\n'],
    ['a rule of a text', '\n---\nRead on\n---\n'],
    ['one that a comment never ends before', '<!--\n---\na: b\n---\n'],
  ])('%s is not front matter', async (_, source) => {
    const { text } = await renderOf(await loaded({ 'p.text.hbs': source }), 'p');
    expect(text).toBe(source.replace('{{! x }}', ''));
  });

  test('line breaks in a subject are kept, so that the check of the message refuses them', async () => {
    const renderer = await loaded({ 'p.hbs': '---\nsubject: Hi {{name}}\n---\n' });
    expect((await renderOf(renderer, 'p', { name: 'a\r\nBcc: b@x.test' })).subject).toBe(
      'Hi a\r\nBcc: b@x.test',
    );
  });

  test('the context is not changed and braces in it are not code', async () => {
    const context = Object.freeze({ name: '{{constructor.constructor("return process")()}}' });
    expect(await html('{{name}}', context)).toBe('{{constructor.constructor(&quot;return process&quot;)()}}');
  });
});

describe('the preheader', () => {
  const page = '---\npreheader: Pre & {{x}}\nlayout: l\n---\nbody';
  const mail = async (layout: string, source = page, context: object = { x: '<' }) =>
    (await renderOf(await loaded({ 'p.hbs': source, 'layouts/l.hbs': layout }), 'p', context)).html;

  test('comes first in a page without a body', async () => {
    expect(await mail('{{> @partial-block}}')).toMatch(
      /^<div style="display:none[^>]*>Pre &amp; &lt;<\/div>body$/,
    );
  });

  test('is not added if the layout prints it', async () => {
    expect(await mail('<body><i>{{preheader}}</i>{{> @partial-block}}')).toBe(
      '<body><i>Pre &amp; &lt;</i>body',
    );
    expect(await mail('{{#if preheader}}[{{preheader}}]{{/if}}')).toBe('[Pre &amp; &lt;]');
  });

  test('is added if the layout only tests for it', async () => {
    expect(await mail('{{#if preheader}}yes{{/if}}')).toMatch(/^<div style="display:none.*yes$/);
  });

  test('falls back to the context, and to nothing', async () => {
    const plain = '---\nlayout: l\n---\nbody';
    expect(await mail('[{{preheader}}]', plain, { preheader: 'mine' })).toBe('[mine]');
    expect(await mail('[{{preheader}}]', plain, {})).toBe('[]');
  });

  test('is not put behind a body tag in a comment, but behind one with odd attributes', async () => {
    expect(await mail('<!-- <body> --><BODY data-x="a>b">{{> @partial-block}}')).toMatch(
      /^<!-- <body> --><BODY data-x="a>b"><div /,
    );
  });

  test('is not part of a derived text', async () => {
    const renderer = await loaded({ 'p.hbs': page.replace('layout: l\n', '') });
    expect((await renderOf(renderer, 'p', { x: 'y' })).text).toBe('body');
  });
});

describe('languages', () => {
  const FILES = {
    'w.hbs': '---\nsubject: Hello\nlayout: l\n---\n<p>English</p>',
    'w.text.hbs': 'English text',
    'w.fr.hbs': '<p>Français</p>{{> foot}}',
    'w.fr-CA.hbs': '---\nsubject: Bonjour\n---\n<p>Québec</p>{{> foot}}',
    'w.zh-Hant.text.hbs': '---\nsubject: 你好\n---\n中文',
    'layouts/l.hbs': '[{{> @partial-block}}]',
    'layouts/l.fr.hbs': '«{{> @partial-block}}»',
    'partials/foot.hbs': '<p>foot</p>',
    'partials/foot.fr.hbs': '<p>pied</p>',
  };

  test.each<[string | undefined, object]>([
    [undefined, { subject: 'Hello', html: '[<p>English</p>]', text: 'English text' }],
    ['de', { subject: 'Hello', html: '[<p>English</p>]', text: 'English text' }],
    ['fr', { locale: 'fr', html: '«<p>Français</p><p>pied</p>»', text: '«\n\nFrançais\n\npied\n\n»' }],
    ['fr-BE', { locale: 'fr', html: '«<p>Français</p><p>pied</p>»', text: '«\n\nFrançais\n\npied\n\n»' }],
    [
      'fr-CA',
      { locale: 'fr-CA', subject: 'Bonjour', html: '«<p>Québec</p><p>pied</p>»', text: expect.any(String) },
    ],
    [
      'fr-CA-u-hc-h12',
      { locale: 'fr-CA', subject: 'Bonjour', html: expect.any(String), text: expect.any(String) },
    ],
    ['zh-Hant-TW', { locale: 'zh-Hant', subject: '你好', text: '中文' }],
    ['zh', { subject: 'Hello', html: '[<p>English</p>]', text: 'English text' }],
  ])('%s', async (locale, expected) => {
    const renderer = await loaded(FILES);
    expect(await renderOf(renderer, 'w', {}, locale === undefined ? {} : { locale })).toEqual(expected);
  });

  test('a template without base variant is not found in another language', async () => {
    const renderer = await loaded({ 'w.fr.hbs': 'x' });
    expect(await failure(renderOf(renderer, 'w', {}, { locale: 'de' }))).toMatchObject({
      code: 'template-not-found',
    });
    expect((await renderOf(renderer, 'w', {}, { locale: 'fr' })).html).toBe('x');
  });

  test('an invalid locale is message-invalid', async () => {
    const error = await failure(renderOf(await loaded({ 'w.hbs': '' }), 'w', {}, { locale: 'no_such' }));
    expect(error).toMatchObject({ code: 'message-invalid', at: { field: 'locale' } });
  });
});

describe('text', () => {
  test('without html makes a text-only mail', async () => {
    const renderer = await loaded({
      'p.text.hbs': '---\nsubject: S\nlayout: l\n---\n{{x}}',
      'layouts/l.text.hbs': '{{> @partial-block}}!',
    });
    expect(await renderOf(renderer, 'p', { x: '<&>' })).toEqual({ subject: 'S', text: '<&>!' });
  });

  test('is not put into an html layout; a text partial wins over an html one', async () => {
    const renderer = await loaded({
      'p.hbs': '---\nlayout: l\n---\n{{> a}}',
      'p.text.hbs': '{{> a}}{{> b}}',
      'layouts/l.hbs': '<html>{{> @partial-block}}</html>',
      'partials/a.hbs': '<b>a</b>',
      'partials/a.text.hbs': '*a*',
      'partials/b.hbs': 'b',
    });
    expect(await renderOf(renderer, 'p')).toEqual({ html: '<html><b>a</b></html>', text: '*a*b' });
  });
});

describe('layouts and partials', () => {
  test('inline partials of a page fill the slots of its layout', async () => {
    const files = {
      'p.hbs': '---\nlayout: l\n---\n{{#*inline "side"}}mine {{x}}{{/inline}}main',
      'q.hbs': '---\nlayout: l\n---\nmain',
      'layouts/l.hbs': '{{> @partial-block}}|{{#> side}}default{{/side}}',
    };
    const renderer = await loaded(files);
    expect((await renderOf(renderer, 'p', { x: 1 })).html).toBe('main|mine 1');
    expect((await renderOf(renderer, 'q')).html).toBe('main|default');
  });

  test('a layout can be used by name, and partials keep their indent', async () => {
    const renderer = await loaded({
      'p.hbs': '{{#> layouts/l}}in{{/layouts/l}}\n<div>\n  {{> a}}\n</div>',
      'layouts/l.hbs': '[{{> @partial-block}}]',
      'partials/a.hbs': '<i>\n</i>\n',
    });
    expect((await renderOf(renderer, 'p')).html).toBe('[in]\n<div>\n  <i>\n  </i>\n</div>');
  });

  test.each([
    [{ type: 'Program', body: [] }],
    [() => 'x'],
    ['constructor'],
    ['__proto__'],
    ['nope'],
    [1],
    [null],
  ])('a dynamic partial named by %p is refused', async (p) => {
    const renderer = await loaded({ 'p.hbs': '{{> (lookup . "p")}}', 'partials/a.hbs': 'a' });
    expect(await failure(renderOf(renderer, 'p', { p }))).toMatchObject({
      code: 'context-invalid',
      at: { template: 'p', line: 1 },
    });
    expect((await renderOf(renderer, 'p', { p: 'a' })).html).toBe('a');
  });

  test.each([
    ['a partial', { 'p.hbs': '{{> tree}}', 'partials/tree.hbs': '{{n}}{{#each c}}{{> tree}}{{/each}}' }],
    [
      'an inline partial',
      { 'p.hbs': '{{#*inline "tree"}}{{n}}{{#each c}}{{> tree}}{{/each}}{{/inline}}{{> tree}}' },
    ],
  ])('%s may include itself as deep as the context goes, but not endlessly', async (_, files) => {
    const renderer = await loaded(files);
    const leaf = { n: 3, c: [] };
    expect((await renderOf(renderer, 'p', { n: 1, c: [{ n: 2, c: [leaf] }, leaf] })).html).toBe('1233');
    const circle: { n: number; c: object[] } = { n: 1, c: [] };
    circle.c.push(circle, circle);
    const error = await failure(renderOf(renderer, 'p', circle));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'p' } });
    expect(error.message).toContain('more than 100 levels');
    expect((await renderOf(renderer, 'p', leaf)).html).toBe('3');
  });

  test('a fault inside a scope with inline partials leaves no trace', async () => {
    const renderer = await loaded({ 'p.hbs': '{{#*inline "a"}}{{x}}{{/inline}}{{> a}}' });
    await failure(renderOf(renderer, 'p'));
    expect((await renderOf(renderer, 'p', { x: 1 })).html).toBe('1');
  });
});

describe('helpers', () => {
  const at = new Date('2024-03-09T23:30:00Z');

  test.each<[string, object, string]>([
    ['{{formatDate at}}', { at }, 'Mar 9, 2024'],
    ['{{formatDate at "long"}}', { at: at.toISOString() }, 'March 9, 2024'],
    [
      '{{formatDate at dateStyle="short" timeStyle="short" timeZone="Asia/Tokyo"}}',
      { at: at.getTime() },
      '3/10/24, 8:30 AM',
    ],
    ['{{formatDate at month="long"}}', { at }, 'March'],
    ['[{{formatDate at}}{{formatNumber at}}{{formatCurrency at "EUR"}}]', { at: null }, '[]'],
    [
      '{{formatNumber n}} {{formatNumber r style="percent"}}',
      { n: 1234567.891, r: 0.25 },
      '1,234,567.891 25%',
    ],
    [
      '{{formatCurrency n "EUR"}} {{formatCurrency s currency=c}}',
      { n: 1234.5, s: '9.90', c: 'USD' },
      '€1,234.50 $9.90',
    ],
    ['{{formatCurrency d "EUR"}} {{formatNumber d}}', { d: new Decimal('1234.5') }, '€1,234.50 1,234.5'],
    [
      '{{formatNumber b}} {{formatCurrency b "JPY"}}',
      { b: 12345678901234567890n },
      '12,345,678,901,234,567,890 ¥12,345,678,901,234,567,890',
    ],
    ['{{formatCurrency s "USD"}}', { s: '12345678901234567.89' }, '$12,345,678,901,234,567.89'],
    [
      '{{formatCurrency d "USD"}}',
      { d: new Decimal('-12345678901234567.89') },
      '-$12,345,678,901,234,567.89',
    ],
    [
      '{{formatNumber s}} {{formatNumber d}}',
      { s: '1e21', d: new Decimal('1e-7').times(1e8) },
      '1,000,000,000,000,000,000,000 10',
    ],
    ['{{formatNumber r style="percent"}}', { r: new Decimal('0.25') }, '25%'],
    ['{{gt d 2}}{{lt d e}}{{gt d 3}}', { d: new Decimal('2.5'), e: new Decimal('2.75') }, 'truetruefalse'],
    ['{{d}}', { d: new Decimal('2.50') }, '2.5'],
    ['{{concat "a" n b}}', { n: 1, b: null }, 'a1'],
    ['{{default z "x"}}{{default f "x"}}{{default e "x"}}', { z: 0, f: false, e: '' }, '0falsex'],
    ['{{gt 2 1}}{{lt a b}}{{gt "b" "a"}}{{gt 1 "0"}}', { a: at, b: new Date() }, 'truetruetruefalse'],
    ['{{or "" a b}}{{and a b}}[{{and a ""}}]', { a: 'a', b: 'b' }, 'ab[]'],
    ['{{#if (and a (not b))}}x{{/if}}{{#if (or b c)}}y{{/if}}', { a: 1, b: [], c: 0 }, 'x'],
    [
      '{{url a}} {{url b}} {{url c}}',
      { a: 'https://x.test/?a=1&b="', b: 'mailto:a@x.test', c: 'tel:+123' },
      'https://x.test/?a&#x3D;1&amp;b&#x3D;&quot; mailto:a@x.test tel:+123',
    ],
  ])('%s', async (source, context, expected) => {
    expect(await html(source, context)).toBe(expected);
  });

  test.each<[string, object, string]>([
    ['{{url a}}', { a: 'javascript:alert(1)' }, 'url: expected'],
    ['{{url a}}', { a: ' javascript:alert(1)' }, 'url: expected'],
    ['{{url a}}', { a: 'java\nscript:alert(1)' }, 'url: expected'],
    ['{{url a}}', { a: '//x.test' }, 'url: expected'],
    ['{{url a}}', { a: '/relative' }, 'url: expected'],
    ['{{url a}}', { a: 'data:text/html,x' }, 'url: expected'],
    ['{{url a}}', { a: 1 }, 'url: expected'],
    ['{{formatDate a}}', { a: 'soon' }, 'formatDate: expected'],
    ['{{formatDate a "huge"}}', { a: 1 }, '"formatDate" failed'],
    ['{{formatNumber a}}', { a: '1,5' }, 'formatNumber: expected'],
    ['{{formatNumber a}}', { a: Number.NaN }, 'formatNumber: expected a number, got NaN'],
    ['{{formatCurrency a "EUR"}}', { a: Infinity }, 'formatCurrency: expected a number, got Infinity'],
    [
      '{{formatCurrency a "EUR"}}',
      { a: new Decimal(Number.NaN) },
      'formatCurrency: expected a number, got object',
    ],
    ['{{formatCurrency a "EUR"}}', { a: '' }, 'formatCurrency: expected a number, got string'],
    ['{{formatCurrency a "EUR"}}', { a: ['5'] }, 'formatCurrency: expected a number, got object'],
    ['{{formatCurrency a "EUR"}}', { a: new Date(0) }, 'formatCurrency: expected a number, got object'],
    ['{{formatNumber a}}', { a: '1e999999999' }, 'formatNumber: expected a number, got string'],
    ['{{formatNumber a}}', { a: '0x10' }, 'formatNumber: expected a number, got string'],
    ['{{formatCurrency a}}', { a: 1 }, 'name the currency'],
    ['{{formatCurrency a "EURO"}}', { a: 1 }, '"formatCurrency" failed'],
    ['{{concat a}}', { a: {} }, 'concat: expected'],
    ['{{#if (eq (lookup o k) 1)}}{{/if}}{{lookup o k}}', { o: {}, k: 'x' }, 'is missing'],
  ])('%s refuses %j', async (source, context, message) => {
    const error = await failure(html(`\n ${source}`, context));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'page', line: 2 } });
    expect(error.message).toContain(message);
  });

  test('use the mail’s locale and time zone', async () => {
    const renderer = await loaded({
      'p.hbs': '{{formatDate at "long"}} {{formatCurrency 9.5 "EUR"}} {{@locale}}',
    });
    const mail = await renderOf(renderer, 'p', { at }, { locale: 'de-CH', timeZone: 'Asia/Tokyo' });
    const price = new Intl.NumberFormat('de-CH', { style: 'currency', currency: 'EUR' }).format(9.5);
    expect(mail.html).toBe(`10. März 2024 ${price} de-CH`);
  });

  test('of the application get values, hash and the mail’s data', async () => {
    const helpers = {
      show: (value: string, { hash, data, name }: TemplateHelperOptions) =>
        [value, hash['x'], data.locale, data.timeZone, name, typeof data.root].join(' '),
    };
    expect(await html('{{show a x=(concat "b" "c")}}', { a: 'A' }, helpers)).toBe('A bc en UTC show object');
  });

  test('an error of a helper names its place and cause', async () => {
    const cause = new Error('no rate');
    const helpers = {
      rate: () => {
        throw cause;
      },
    };
    const error = await failure(html('a\n{{rate}}', {}, helpers));
    expect(error).toMatchObject({
      code: 'context-invalid',
      at: { template: 'page', line: 2, column: 1 },
      cause,
    });
    expect(error.message).toContain('helper "rate" failed: no rate');
  });

  test('arguments of the application’s helpers must not be missing', async () => {
    expect((await failure(html('{{f x}}', {}, { f: () => 1 }))).at?.path).toBe('x');
  });
});

/** Waits for a condition; gives up after 5 s, so that a test that cannot succeed ends. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the condition did not come true');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function watched(files: Readonly<Record<string, string>>) {
  const dir = await folder(files);
  const warnings: string[] = [];
  const renderer = rendererOf({
    roots: [{ dir, required: true }],
    onWarning: (message) => warnings.push(message),
  });
  await renderer.load();
  renderer.watch();
  const shows = (template: string, expected: string | RegExp) =>
    until(async () => {
      const shown = await renderOf(renderer, template).then(
        (mail) => mail.html ?? '',
        (error: unknown) => String(error),
      );
      return typeof expected === 'string' ? shown === expected : expected.test(shown);
    });
  return { dir, renderer, warnings, shows };
}

describe('live reload', () => {
  test('an edit, a new file, a new folder, a partial, a layout and a removal take effect', async () => {
    const { dir, shows, renderer } = await watched({
      'a.hbs': '---\nlayout: l\n---\none {{> p}}',
      'layouts/l.hbs': '[{{> @partial-block}}]',
      'partials/p.hbs': 'p',
    });
    await write(dir, { 'a.hbs': '---\nlayout: l\n---\ntwo {{> p}}' });
    await shows('a', '[two p]');
    await write(dir, { 'partials/p.hbs': 'q' });
    await shows('a', '[two q]');
    await write(dir, { 'layouts/l.hbs': '<{{> @partial-block}}>' });
    await shows('a', '<two q>');
    await write(dir, { 'new/deep/b.hbs': 'b' });
    await shows('new/deep/b', 'b');
    await write(dir, { 'new/deep/b.hbs': 'bb' });
    await shows('new/deep/b', 'bb');
    const { rm } = await import('node:fs/promises');
    await rm(`${dir}/new`, { recursive: true });
    await shows('new/deep/b', /There is no template/);
    expect(renderer.names()).toEqual(['a']);
  });

  test('an invalid edit keeps the last template in use with a warning, until it is fixed', async () => {
    const { dir, shows, warnings, renderer } = await watched({
      'a.hbs': 'a',
      'b.hbs': 'b {{#if x}}{{> p}}{{/if}}',
      'c.hbs': '{{> p}}',
      'partials/p.hbs': 'p',
    });
    await write(dir, { 'a.hbs': '{{#if', 'd.hbs': 'd' });
    await shows('d', 'd');
    await shows('a', 'a');
    await shows('c', 'p');
    await until(async () => warnings.at(-1)?.includes('a.hbs:1:') ?? false);
    expect(warnings.at(-1)).toContain('Mails are made as before the fault until it is corrected.');
    await write(dir, {
      'partials/p.hbs': '{{nope 1}}',
      'd.hbs': 'x'.repeat(256 * 1024 + 1),
      'e.hbs': '{{> p}}',
    });
    await shows('e', /p\.hbs:1:1: unknown helper/);
    await shows('c', 'p');
    await shows('b', 'b ');
    await shows('d', 'd');
    expect(renderer.names()).toEqual(['a', 'b', 'c', 'e', 'd']);
    await write(dir, { 'a.hbs': 'fixed', 'partials/p.hbs': 'p2' });
    await shows('a', 'fixed');
    await shows('c', 'p2');
  });

  test('edits of messages take effect like those of templates, unless one is broken', async () => {
    const { dir, shows, warnings } = await watched({
      'a.hbs': '{{t "a"}}',
      'b.hbs': '{{t "b"}}',
      'locales/en.json': '{"a":"one","b":"b"}',
    });
    await write(dir, { 'locales/en.json': '{"a":"two","b":"b"}' });
    await shows('a', 'two');
    await write(dir, { 'locales/en.json': '{"a":"{","b":"bb"}' });
    const told = (what: string) => until(async () => warnings.some((line) => line.includes(what)));
    await told('en.json:1:7: message "a": this "{" is never closed');
    await shows('a', 'two');
    await shows('b', 'b');
    await write(dir, { 'locales/en.json': '{"a":' });
    await told('en.json:1:6: the catalog is not readable');
    await shows('a', 'two');
    await write(dir, { 'locales/en.json': '{"a":"three"}' });
    await shows('a', 'three');
    await told('b.hbs:1:1: message "b" does not exist');
    await shows('b', 'b');
  });

  test('a change between load and watch takes effect', async () => {
    const dir = await folder({ 'a.hbs': 'one' });
    const renderer = rendererOf({ roots: [{ dir, required: true }] });
    await renderer.load();
    await write(dir, { 'a.hbs': 'two' });
    renderer.watch();
    await until(async () => (await renderOf(renderer, 'a')).html === 'two');
  });

  test('after close nothing is watched', async () => {
    const { renderer, dir } = await watched({ 'a.hbs': 'one' });
    await renderer.close();
    await write(dir, { 'a.hbs': 'two' });
    expect((await renderOf(renderer, 'a')).html).toBe('one');
    expect(process.getActiveResourcesInfo()).not.toContain('FSEventWrap');
  });
});
