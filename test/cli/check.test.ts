import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CheckReport } from '../../src/check/check-report.js';
import { runCli } from './run-cli.js';

const ROOT = join(__dirname, '..', '..');

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'check-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(project, 'templates', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

async function check(): Promise<{ code: number; report: CheckReport }> {
  const { code, out } = await runCli(project, 'check', '--json');
  return { code, report: JSON.parse(out) as CheckReport };
}

const summary = ({ findings }: CheckReport): string[] =>
  findings
    .map(({ rule, file, line }) => `${rule} ${file.replace('templates/', '')}:${line ?? '-'}`)
    .toSorted();

const LAYOUT = '<html lang="en"><body>{{> @partial-block}}</body></html>';

/** A template without fault around its body. */
function page(body: string, front = 'sample: { name: Ada, link: https://example.test/a }'): string {
  return `---\nsubject: Hello\npreheader: Read this\nlayout: main\n${front}\n---\n${body}\n`;
}

const PLANTED: Readonly<Record<string, string>> = {
  'layouts/main.hbs': LAYOUT,
  'layouts/silent.hbs': '<html>\n<body>{{> @partial-block}}</body></html>',
  'layouts/old.hbs': LAYOUT,
  'partials/used.hbs': '<p>Used</p>',
  'partials/forgotten.hbs': '<p>Nobody calls me</p>',
  'a-fault.hbs': page('<p>{{#if name}}</p>'),
  'b-sample.hbs': page('<p>Hi\n{{surname}}</p>'),
  'c-no-sample.hbs': page('<p>Hi {{name}}</p>', ''),
  'd-alt.hbs': page('<p>Hi</p>\n<img src="https://example.test/{{name}}.png">'),
  'e-lang.hbs': page('<p>Hi</p>').replace('main', 'silent'),
  'f-unquoted.hbs': page('<p class=lead>Hi</p>'),
  'g-javascript.hbs': page('<p><a href="java&#10;script:alert(1)">Hi</a></p>'),
  'h-http.hbs': page('<p><a href="http://example.test/">Hi</a></p>'),
  'i-href.hbs': page('<p>Hi {{> used}}</p>\n<a href="{{#if name}}{{link}}{{/if}}">Go</a>'),
  'j-triple.hbs': page('<p>Hi</p>\n<p>{{{name}}}</p>'),
  'k-large.hbs': page(`<p>${'word '.repeat(21_000)}</p>`),
  'k-styles.hbs': page(`<style>${'.none:hover{color:red}'.repeat(800)}</style><p>Hi</p>`),
  'l-no-text.hbs': page('<img src="https://example.test/a.png" alt="">'),
  'q-absent.hbs': page('<p>Hi</p>\n{{#> offers}}<p>None</p>{{/offers}}'),
  'locales/en.json':
    '{"items":"{n, plural, one {#} other {#}}","greeting":"Hello","thing":"The {thing}","later":"Later"}',
  'locales/pl.json':
    '{\n"items":"{n, plural, one {#} few {#} other {#}}",\n"later":"","thing":"Ten\'{thing}"\n}',
  's-client.hbs': page('<p>Hi</p>\n<p hidden>{{name}}</p>'),
  'n-plural.hbs': page('<p>{{t "items" n=2}}</p>'),
  'o-translation.hbs': page('<p>Hi\n{{t "greeting"}}</p>'),
  'p-script.hbs': page('<p><a href="https://p\u0430ypal.test/">Hi</a></p>'),
  'm-preheader.hbs': page('<p>Hi</p>').replace('preheader: Read this\n', ''),
};

const FOUND = [
  'absent-partial q-absent.hbs:8',
  'client-support s-client.hbs:8',
  'empty-translation locales/pl.json:3',
  'href-without-url-helper i-href.hbs:8',
  'html-lang layouts/silent.hbs:1',
  'http-link h-http.hbs:7',
  'img-alt d-alt.hbs:8',
  'javascript-url g-javascript.hbs:7',
  'large-styles k-styles.hbs:-',
  'missing-plural locales/pl.json:2',
  'missing-translation o-translation.hbs:8',
  'mixed-script p-script.hbs:7',
  'no-preheader m-preheader.hbs:-',
  'no-sample c-no-sample.hbs:-',
  'no-text l-no-text.hbs:-',
  'quoted-argument locales/pl.json:3',
  'sample-fails b-sample.hbs:8',
  'template-fault a-fault.hbs:7',
  'too-large k-large.hbs:-',
  'triple-stash j-triple.hbs:8',
  'unquoted-attribute f-unquoted.hbs:7',
  'unused-layout layouts/old.hbs:-',
  'unused-partial partials/forgotten.hbs:-',
];

test('finds every planted fault, one for each rule, and nothing else', async () => {
  write(PLANTED);
  const { code, report } = await check();
  expect(summary(report)).toEqual(FOUND);
  expect([code, report.errors, report.warnings]).toEqual([1, 3, 20]);
});

test('says the same in words, with place, rule and how to fix it', async () => {
  write({ 'layouts/main.hbs': LAYOUT, 'd-alt.hbs': PLANTED['d-alt.hbs'] ?? '' });
  const { code, out } = await runCli(project, 'check');
  expect(code).toBe(0);
  expect(out).toContain(
    'templates/d-alt.hbs:8:1  warning  img-alt (d-alt)\n    <img> has no alt. Add alt="…", or alt="" to a mere decoration\n',
  );
  expect(out).toMatch(/^d-alt: rendered, 0\.\d KB; fast path$/m);
  expect(out).toMatch(/\n\n1 template, 0 errors, 1 warning\n$/);
});

test.each([
  ['is proven', '<p class="a">{{name}}</p>'],
  ['is not', '<p class="a">{{{name}}}</p>'],
])('counts what of linked style sheets is left out, where the fast path %s', async (_, body) => {
  const css = 'p{top:0} .a{left:0} .b, .c .d{top:1px} h6{top:2px} .a:hover{top:3px} [data-ogsc] .b{top:4px}';
  const link = '<link rel="stylesheet" href="mail.css"><style>.e{top:0}</style>';
  write({
    'mail.css': css,
    'a.hbs': page(`<html lang="en">${link}${body}</html>`).replace('layout: main\n', ''),
  });
  const { report } = await check();
  const bytes = '.a:hover{top:3px}\n[data-ogsc] .b{top:4px}.e{top:0}'.length;
  expect(report.templates).toMatchObject([{ styles: { bytes, dropped: 3 } }]);
  const { out } = await runCli(project, 'check');
  expect(out).toContain('; 3 linked selectors match nothing and are left out, 0.0 KB of style sheets stay');
});

test('a clean folder: nothing found, exit 0, every language rendered with the inherited sample', async () => {
  const french = '---\nsubject: Bonjour\npreheader: Lisez\n---\n<p>Bonjour {{name}}</p>';
  write({ 'layouts/main.hbs': LAYOUT, 'hello.hbs': page('<p>{{name}}</p>'), 'hello.fr.hbs': french });
  const { code, report } = await check();
  expect(code).toBe(0);
  const bytes: unknown = expect.any(Number);
  expect(report).toEqual({
    templates: [
      {
        template: 'hello',
        locale: 'fr',
        rendered: true,
        bytes,
        fastPath: { ok: true },
        textPath: { ok: true },
      },
      { template: 'hello', rendered: true, bytes, fastPath: { ok: true }, textPath: { ok: true } },
    ],
    findings: [],
    errors: 0,
    warnings: 0,
  });
});

test('a finding as JSON: rule, severity, template, language, place, message, fix', async () => {
  const french = '---\nsubject: Bonjour\npreheader: Lisez\n---\n<p>{{surname}}</p>';
  write({ 'layouts/main.hbs': LAYOUT, 'hello.hbs': page('<p>{{name}}</p>'), 'hello.fr.hbs': french });
  const { code, report } = await check();
  expect(code).toBe(1);
  expect(report.findings).toEqual([
    {
      rule: 'sample-fails',
      severity: 'error',
      template: 'hello',
      locale: 'fr',
      file: 'templates/hello.fr.hbs',
      line: 5,
      column: 6,
      message: expect.stringContaining('"surname" is missing') as unknown,
      fix: expect.stringMatching(/sample/) as unknown,
    },
  ]);
});

describe('messages', () => {
  const catalogs = {
    'layouts/main.hbs': LAYOUT,
    'locales/en.json': '{"a":"A","n":"{n, plural, one {#} other {#}}"}',
  };

  test('a message missing in a language is reported with its place and its replacement', async () => {
    write({ ...catalogs, 'locales/fr.json': '{}', 'page.hbs': page('<p>{{concat (t "a") "!"}}</p>') });
    expect((await check()).report.findings).toMatchObject([
      {
        rule: 'missing-translation',
        severity: 'warning',
        template: 'page',
        file: 'templates/page.hbs',
        line: 7,
        column: 13,
        message: '"a" has no message in fr; mails get the one in en',
      },
    ]);
  });

  test.each([
    [
      'a language that only another template has',
      { 'other.fr.hbs': page('<p>Salut</p>'), 'other.hbs': page('<p>Hi</p>') },
      ['fr'],
    ],
    ['a language of the template’s own, which does not use it', { 'page.fr.hbs': page('<p>Salut</p>') }, []],
    [
      'a region of a language that has it',
      { 'locales/en-GB.json': '{}', 'locales/en-US.json': '{"a":"x"}' },
      [],
    ],
    [
      'a subject',
      { 'page.hbs': page('<p>Hi</p>').replace('Hello', '{{t "a"}}'), 'locales/de.json': '{}' },
      ['de'],
    ],
  ])('%s', async (_what, files, locales) => {
    write({ ...catalogs, 'page.hbs': page('<p>{{t "a"}}</p>'), ...files });
    const { report } = await check();
    expect(report.findings.map(({ rule, message }) => [rule, message.split(/[ ;]/)[5]])).toEqual(
      locales.map((locale) => ['missing-translation', locale]),
    );
  });

  test.each([
    ['en', '{n, plural, =1 {one} other {#}}', []],
    ['en', '{n, plural, other {#}}', ['one (for 1)']],
    ['en', '{n, selectordinal, one {#st} other {#th}}', ['two (for 2), few (for 3)']],
    ['en', '{n, plural, offset:1 =0 {} =1 {} one {} other {}}', []],
    ['en', '{n, plural, offset:1 =0 {} =1 {} other {}}', ['one (for 2)']],
    ['fr', '{n, plural, one {#} other {#}}', []],
    ['fr', '{n, plural, =1 {un} other {#}}', ['one (for 0)']],
    ['ar', '{n, plural, =0 {} one {} two {} other {}}', ['few (for 3), many (for 11)']],
    ['pl', '{g, select, a {{n, plural, one {} other {}}} other {}}', ['many (for 0), few (for 2)']],
    ['ja', '{n, plural, other {#}}', []],
  ])('plural cases of %s in %s', async (locale, text, missing) => {
    write({
      ...catalogs,
      'page.hbs': page('<p>Hi</p>'),
      [`locales/${locale}.json`]: JSON.stringify({ n: text }),
    });
    const { report } = await check();
    const told = missing.map((cases) => [
      'missing-plural',
      `"n" has no ${cases} in the plural of "n", which ${locale} needs`,
    ]);
    expect(report.findings.map(({ rule, message }) => [rule, message])).toEqual(told);
  });

  test('are silenced by the templates that use them', async () => {
    const off = 'sample: {}\ncheck: { off: [missing-plural, missing-translation] }';
    const body = '<p>{{t "a"}}{{t "n" n=1}}</p>';
    const files = {
      ...catalogs,
      'locales/pl.json': '{"n":"{n, plural, other {#}}"}',
      'page.hbs': page(body, off),
    };
    write(files);
    expect((await check()).report.findings).toEqual([]);
    write({ 'loud.hbs': page(body, 'sample: {}') });
    expect(summary((await check()).report)).toEqual([
      'missing-plural locales/pl.json:1',
      'missing-translation loud.hbs:7',
    ]);
  });

  test.each([
    ['an apostrophe before an argument', 'fr', "l'{thing} d'été", ['thing']],
    ['one that ends no quotation', 'fr', "un peu d'{thing}", ['thing']],
    ['one before an argument with a style', 'fr', "l'{n, number} '{thing}", ['n']],
    ['one in a case', 'fr', "{n, plural, one {l'{thing}' x} many {x} other {x}} {thing}", []],
    ['one in every case', 'fr', "{n, plural, one {l'{thing}'} many {x} other {x}}", ['thing']],
    ['two, which write one', 'fr', "l''{thing} {n}", []],
    ['a typographic one', 'fr', 'l’{thing} {n}', []],
    ['one before a word', 'fr', "{thing} d'été {n}", []],
    ['what is no argument of the message', 'fr', "{thing} {n} '{other}'", []],
    ['an argument that only the call gives', 'en', "'{given}' {thing} {n}", ['given']],
  ])('an argument that stands quoted is told: %s', async (_what, locale, message, lost) => {
    const source = { 'locales/en.json': JSON.stringify({ q: '{thing} and {n}' }) };
    write({
      'layouts/main.hbs': LAYOUT,
      ...source,
      [`locales/${locale}.json`]: JSON.stringify({ q: message }),
      'page.hbs': page('<p>{{t "q" thing=name n=1 given=name}}</p>'),
    });
    const { report } = await check();
    expect(report.findings.map(({ rule, file, line, message: what }) => [rule, file, line, what])).toEqual(
      lost.map((argument) => [
        'quoted-argument',
        `templates/locales/${locale}.json`,
        1,
        `"q" quotes its argument "${argument}" in ${locale}, so mails show {${argument}…}`,
      ]),
    );
  });

  test('of many messages without a text, the first are listed and the rest counted', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => [`k${index}`, index % 2 ? '' : null]);
    const french = JSON.stringify(Object.fromEntries(keys));
    write({ ...catalogs, 'locales/fr.json': french, 'page.hbs': page('<p>Hi</p>') });
    const { code, report } = await check();
    expect([code, report.findings.length]).toEqual([0, 20]);
    expect(report.findings.at(0)?.message).toBe('"k0" is empty in fr');
    expect(report.findings.at(-1)?.message).toBe('"k19" is empty in fr, and so are 5 more');
  });

  test('the sample is rendered in each of their languages', async () => {
    write({
      ...catalogs,
      'locales/fr.json': '{"a":"{name, number}","n":"x"}',
      'page.hbs': page('<p>{{t "a" name=name}}</p>'),
    });
    const { report } = await check();
    expect(report.findings).toMatchObject([
      { rule: 'sample-fails', template: 'page', locale: 'fr', line: 7, column: 4 },
    ]);
  });

  test('faults of a catalog are reported at their place', async () => {
    write({ ...catalogs, 'locales/fr.json': '{"a":"{"}', 'page.hbs': page('<p>{{t "a"}}</p>') });
    const { code, report } = await check();
    expect(code).toBe(1);
    expect(summary(report)).toEqual(['template-fault locales/fr.json:1']);
  });

  test('the default language and a translator are settings of the project', async () => {
    write({
      'layouts/main.hbs': LAYOUT,
      'locales/fr.json': '{"a":"A"}',
      'page.hbs': page('<p>{{t "a"}}{{t "b"}}</p>'),
    });
    const texts = 'exports.translator = { translate: (key) => (key === "b" ? "B" : undefined) };';
    writeFileSync(join(project, 'texts.cjs'), texts);
    const args = ['check', '--json', '--locale', 'fr'];
    expect(await runCli(project, ...args)).toMatchObject({ code: 1 });
    const { code, out } = await runCli(project, ...args, '--translator', 'texts.cjs');
    expect([code, (JSON.parse(out) as CheckReport).findings]).toEqual([0, []]);
    const manifest = { mailroom: { defaultLocale: 'fr', translator: 'texts.cjs' } };
    writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
    expect((await check()).code).toBe(0);
  });

  test.each([
    [['--locale', 'fr_FR'], 'write fr-FR'],
    [['--translator', 'texts.cjs'], 'exports no "translator" with translate()'],
    [['--translator', 'none.cjs'], 'none.cjs cannot be loaded'],
  ])('%j exits with 2', async (args, message) => {
    write({ ...catalogs, 'page.hbs': page('<p>Hi</p>') });
    writeFileSync(join(project, 'texts.cjs'), 'exports.translator = {};');
    const { code, err } = await runCli(project, 'check', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

test('says why a template has no fast path', async () => {
  const style = '<style>p:empty { color: red }</style>';
  write({ 'layouts/main.hbs': LAYOUT, 'hello.hbs': page(`${style}<p>{{name}}</p>`) });
  const { report } = await check();
  const slow = {
    ok: false,
    reason: expect.stringContaining(':empty') as unknown,
    place: { file: 'templates/hello.hbs', line: 7, column: 41 },
  };
  expect(report.templates).toMatchObject([{ fastPath: slow, textPath: slow }]);
  expect((await runCli(project, 'check')).out).toMatch(
    /; no fast path, its styles .*:empty.* \(templates\/hello\.hbs:7:41\)\n/,
  );
});

test('says why only the text of a template is made from each mail', async () => {
  write({ 'layouts/main.hbs': LAYOUT, 'hello.hbs': page('{{#each names}}\n<li>{{this}}{{/each}}') });
  const { report } = await check();
  const slow = { ok: false, place: { file: 'templates/hello.hbs', line: 7, column: 1 } };
  expect(report.templates).toMatchObject([{ fastPath: { ok: true }, textPath: slow }]);
  expect((await runCli(project, 'check')).out).toMatch(
    /; fast path but for its text, made from each mail: .*#each.* \(templates\/hello\.hbs:7:1\)\n/,
  );
});

test('front matter silences rules, for the variants too, and only for its own template', async () => {
  const off = 'sample: { link: https://example.test }\ncheck: { off: [href-without-url-helper, http-link] }';
  write({
    'layouts/main.hbs': LAYOUT,
    'partials/go.hbs': '<a href="{{link}}">Go</a>',
    'loud.hbs': page('{{> go}}'),
    'quiet.hbs': page('{{> go}}<a href="http://example.test">x</a>', off),
    'quiet.fr.hbs': '---\nsubject: a\npreheader: b\n---\n{{> go}}',
  });
  const { report } = await check();
  expect(report.findings).toMatchObject([
    { rule: 'href-without-url-helper', template: 'loud', file: 'templates/partials/go.hbs', line: 1 },
  ]);
});

test.each([
  ['check: { off: [htp-link] }', 'unknown rule "htp-link" in check. Did you mean "http-link"?'],
  ['check: { of: [http-link] }', 'check must be { off: [rule, …] }'],
  ['check: { off: [], only: [] }', 'unknown key "only" in check'],
  ['check: off', 'check must be { off: [rule, …] }'],
])('refuses %s', async (front, message) => {
  write({ 'layouts/main.hbs': LAYOUT, 'hello.hbs': page('<p>Hi</p>', `sample: {}\n${front}`) });
  const { code, report } = await check();
  expect(code).toBe(1);
  expect(report.findings).toMatchObject([
    {
      rule: 'template-fault',
      template: 'hello',
      line: 6,
      message,
      fix: expect.stringContaining('http-link') as unknown,
    },
  ]);
});

test.each([
  ['{{url link}}', []],
  ['https://example.test/{{name}}', []],
  ['{{concat "https://example.test/" name}}', []],
  ['{{link}}', [1]],
  ['{{default link "https://example.test"}}', [1]],
  ['{{concat link "/a"}}', [1]],
  ['{{#if name}}{{url link}}{{else}}{{link}}{{/if}}', [1]],
])('href="%s" is held to the url helper', async (href, found) => {
  write({ 'layouts/main.hbs': LAYOUT, 'hello.hbs': page(`<a href="${href}">Go</a>`) });
  const { report } = await check();
  expect(report.findings.map(({ rule }) => rule)).toEqual(found.map(() => 'href-without-url-helper'));
});

test('a partial that may be looked up at run time is not called unused', async () => {
  write({
    'layouts/main.hbs': LAYOUT,
    'partials/Ada.hbs': '<p>Ada</p>',
    'hello.hbs': page('{{> (lookup this "name")}}'),
  });
  expect((await check()).report.findings).toEqual([]);
});

test.each([
  ['an unknown option', ['--jsn']],
  ['a folder that is not there', ['--templates', 'nowhere']],
])('exits with 2 for %s', async (_what, args) => {
  const { code, out, err } = await runCli(project, 'check', ...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).not.toBe('');
});

test('the example is clean, and all of it on the fast path', async () => {
  const { code, out } = await runCli(ROOT, 'check', '--templates', 'examples/signup/src/templates', '--json');
  const { findings, templates } = JSON.parse(out) as CheckReport;
  expect({ code, findings }).toEqual({ code: 0, findings: [] });
  expect(templates.map(({ fastPath }) => fastPath)).toEqual(templates.map(() => ({ ok: true })));
  expect(templates.filter(({ textPath }) => textPath && !textPath.ok)).toEqual([]);
  expect(templates.length).toBeGreaterThan(3);
});

test('samples are rendered with the current time, so that relative times work', async () => {
  write({
    'layouts/main.hbs': LAYOUT,
    'page.hbs': page('<p>{{formatRelativeTime at}}</p>', 'sample: { at: 2026-03-12T12:00:00Z }'),
  });
  expect(await check()).toMatchObject({ code: 0, report: { findings: [], templates: [{ rendered: true }] } });
});

test('reports a rendered tag once, in the layout or partial that contains it', async () => {
  const picture = '<img src="{{src}}"\n  class="{{#if big}}big{{/if}}">';
  const sample = 'sample: { pictures: [{ src: https://example.test/1.png, big: true }] }';
  const body = '<p>Hi</p><!-- <img> -->{{#each pictures}}{{> picture}}{{/each}}';
  write({
    'layouts/main.hbs': LAYOUT.replace('<body>', '<body>\n<img src="https://example.test/logo.png">'),
    'partials/picture.hbs': `\n${picture}`,
    'one.hbs': page(body, sample),
    'two.hbs': page(body, sample),
  });
  expect(summary((await check()).report)).toEqual([
    'img-alt layouts/main.hbs:2',
    'img-alt partials/picture.hbs:2',
  ]);
});

test('reports faults in MJML at the lines of its own file', async () => {
  const column = (inner: string): string =>
    `<mjml lang="en">\n<mj-body><mj-section><mj-column>${inner}</mj-column></mj-section></mj-body>\n</mjml>`;
  const front = 'sample: { name: Ada, link: https://example.test/a }';
  const body = column('\n<mj-text>{{{name}}}</mj-text>\n<mj-button href="{{link}}">Go</mj-button>\n');
  write({ 'order.mjml.hbs': page(body, front).replace('layout: main\n', '') });
  const { report } = await check();
  expect(summary(report)).toEqual([
    'href-without-url-helper order.mjml.hbs:9',
    'triple-stash order.mjml.hbs:8',
  ]);
});

test('a broken feature is one warning for all mail programs that do not show it', async () => {
  const css = '<style>.row { display: flex } .ink { color: oklch(60% 0.1 20) }</style>';
  write({
    'layouts/main.hbs': LAYOUT,
    'a.hbs': page(
      `${css}\n<div class="row"><p class="ink">Hi</p></div>\n<p style="color: light-dark({{ink}}, #fff)">x</p>`,
      'sample: { ink: "#111" }',
    ),
    'b.hbs': page('<p style="opacity: 0.5; display: block; color: red">Hi</p>'),
    'c.hbs': page('<svg></svg>', 'sample: {}\ncheck: { off: [client-support, no-text] }'),
  });
  const { code, report } = await check();
  expect(code).toBe(0);
  expect(report.findings.map(({ message, line }) => `${line ?? '-'} ${message}`).toSorted()).toEqual([
    '- Gmail, Outlook (Windows), Outlook.com and Yahoo Mail do not show lch(), oklch(), lab() or oklab()',
    '- Outlook (Windows) does not show display: flex',
    '9 Gmail, Outlook (Windows), Outlook.com, Yahoo Mail and GMX do not show light-dark()',
  ]);
  expect(report.findings.map(({ fix }) => fix)).toContain(
    'Write a plain value before it. Where readers there can do without, set check: { off: [client-support] }',
  );
});
