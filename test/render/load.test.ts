import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MailError } from '../../src/errors/mail-error.js';
import { HandlebarsRenderer } from '../../src/render/handlebars-renderer.js';
import { failure, folder, loaded, rendererOf, renderOf } from './templates.js';

const refused = async (files: Readonly<Record<string, string>>, helpers = {}) =>
  failure(loaded(files, { helpers }));

describe('a fault in a template fails the load', () => {
  test.each<[string, Record<string, string>, string, number, number]>([
    ['a syntax error', { 'p.hbs': '<p>\n{{#if a}}{{/unless}}' }, "if doesn't match unless", 2, 4],
    ['an unfinished tag', { 'p.hbs': 'a\nb {{name' }, 'syntax error near "name"', 2, 5],
    ['a stray character', { 'p.hbs': 'a {{na me=}} b' }, 'syntax error', 1, 11],
    ['an unclosed block', { 'p.hbs': 'a\n {{#if a}}\n\n' }, '{{#if}} is never closed', 2, 2],
    ['an unknown helper', { 'p.hbs': '{{formatDat x}}' }, 'Did you mean "formatDate"', 1, 1],
    ['an unknown block helper', { 'p.hbs': 'x{{#ech a b=1}}{{/ech}}' }, 'Did you mean "each"', 1, 2],
    [
      'a block of lookup',
      { 'p.hbs': '{{#lookup a b}}x{{/lookup}}' },
      '"lookup" is no block; write {{#if (lookup …)}}',
      1,
      1,
    ],
    ['an unknown nested helper', { 'p.hbs': '{{#if (upper x)}}{{/if}}' }, 'unknown helper "upper"', 1, 7],
    ['a path with arguments', { 'p.hbs': '{{user.name 1}}' }, 'unknown helper "user.name"', 1, 1],
    ['a Mustache section', { 'p.hbs': '{{#user}}{{/user}}' }, '{{#with user}}', 1, 1],
    [
      'an inverted Mustache section',
      { 'p.hbs': 'a{{^user.plan}}{{/user.plan}}' },
      '{{^user.plan}} is a Mustache section; write {{#unless user.plan}}',
      1,
      2,
    ],
    ['one with an else', { 'p.hbs': '{{#user}}a{{^}}b{{/user}}' }, '{{#user}} is a Mustache section', 1, 1],
    ['a block used as a value', { 'p.hbs': '{{if a}}' }, '"if" is a block', 1, 1],
    ['a value used as a block', { 'p.hbs': '{{#eq a b}}{{/eq}}' }, '{{#if (eq …)}}', 1, 1],
    ['too few arguments', { 'p.hbs': '{{eq a}}' }, 'expects 2 arguments, got 1', 1, 1],
    [
      'too many arguments of a block',
      { 'p.hbs': '{{#each a b}}{{/each}}' },
      'expects one argument, got 2',
      1,
      1,
    ],
    ['a decorator', { 'p.hbs': '{{* foo}}' }, 'decorators', 1, 1],
    ['a decorator block', { 'p.hbs': '{{#* foo "x"}}{{/foo}}' }, 'decorators', 1, 1],
    ['a missing partial', { 'p.hbs': '\n {{> crad}}', 'partials/card.hbs': '' }, 'Did you mean "card"', 2, 2],
    [
      'a partial named like a property of objects',
      { 'p.hbs': '{{> constructor}}' },
      'partial "constructor"',
      1,
      1,
    ],
    [
      'a missing partial in a partial nobody uses',
      { 'partials/a.hbs': '{{> b}}' },
      'partial "b" does not exist',
      1,
      1,
    ],
    [
      'a missing layout',
      { 'p.hbs': '---\nlayout: defalt\n---\n', 'layouts/default.hbs': '{{> @partial-block}}' },
      'Did you mean "default"',
      2,
      1,
    ],
    [
      'an inline partial that includes itself',
      { 'p.hbs': '{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}' },
      'without end',
      1,
      17,
    ],
    [
      'partials in a circle',
      { 'partials/a.hbs': '{{> b}}', 'partials/b.hbs': '\n{{> a}}' },
      'without end',
      1,
      1,
    ],
    [
      'a partial with two contexts',
      { 'p.hbs': '{{> a b c}}', 'partials/a.hbs': '' },
      'one context, got 2',
      1,
      1,
    ],
    ['a bad name', { 'a b.hbs': '' }, 'cannot be a template name', 1, 1],
    ['a locale that is none', { 'p.en_US.hbs': '' }, 'write en-US', 1, 1],
    ['a tag that is no locale', { 'p.html.hbs': '' }, '"html" is no locale', 1, 1],
    ['the same locale twice', { 'p.fr-ca.hbs': '', 'p.fr-CA.hbs': '' }, 'same name and locale', 1, 1],
    [
      'a subject in the text part',
      { 'p.hbs': '', 'p.text.hbs': '---\nsubject: x\n---\n' },
      'belongs into',
      2,
      10,
    ],
    ['front matter in a partial', { 'partials/a.hbs': '---\nlayout: x\n---\n' }, 'no front matter', 1, 1],
    [
      'an unknown front matter key',
      { 'p.hbs': '---\nsubject: a\nlayuot: x\n---\n' },
      'Did you mean "layout"',
      3,
      1,
    ],
    ['bad YAML', { 'p.hbs': '---\nsubject: a\nsample: { a: [ }\n---\n' }, 'not valid YAML', 3, 16],
    ['front matter that never ends', { 'p.hbs': '---\nsubject: a\n' }, 'never closed', 1, 1],
    ['the same, below a comment', { 'p.hbs': '{{! a\n}}\n---\nsubject: a\n' }, 'never closed', 3, 1],
    ['bad YAML below a blank line', { 'p.hbs': '\n---\nsample: { a: [ }\n---\n' }, 'not valid YAML', 3, 16],
    ['a misspelt key below a comment', { 'p.hbs': '<!--\n-->\n---\nlayuot: x\n---\n' }, '"layout"', 4, 1],
    ['front matter that is a list', { 'p.hbs': '---\n- a\n---\n' }, '"key: value"', 2, 1],
    ['an empty subject', { 'p.hbs': '---\nsubject: ""\n---\n' }, 'empty', 2, 11],
    ['a subject on several lines', { 'p.hbs': '---\nsubject: >-\n---\n' }, 'same line', 2, 10],
    ['a subject given twice', { 'p.hbs': '---\nsubject: a\nsubject: b\n---\n' }, 'given twice', 3, 10],
    ['a layout that is no name', { 'p.hbs': '---\nlayout: [a]\n---\n' }, 'name of a layout', 2, 1],
    ['a sample that is no object', { 'p.hbs': '---\nsample: 1\n---\n' }, 'must be an object', 2, 1],
    [
      'a fault in a subject',
      { 'p.hbs': '---\nsubject: Hi {{nope 1}}\n---\n' },
      'unknown helper "nope"',
      2,
      13,
    ],
    ['a file over 256 KiB', { 'p.hbs': 'x'.repeat(256 * 1024 + 1) }, '262145 bytes', 1, 1],
  ])('%s', async (_, files, message, line, column) => {
    const error = await refused(files);
    expect(error.code).toBe('template-invalid');
    expect(error.message).toContain(message);
    expect(error.at).toMatchObject({ file: expect.stringMatching(/\.hbs$/), line, column });
    expect(error.message).toContain(`:${line}:${column}: `);
  });

  test('all of them at once, one line each', async () => {
    const error = await refused({ 'b.hbs': '{{> x}}\n{{nope 1}}', 'a.hbs': '{{#if}}{{/if}}' });
    expect(error.message.split('\n')).toHaveLength(4);
    expect(error.message).toMatch(/^3 faults/);
    expect(error.at?.file).toMatch(/a\.hbs$/);
  });

  test.each<[string, string]>([
    ['blocks', `${'{{#if a}}'.repeat(5000)}${'{{/if}}'.repeat(5000)}`],
    ['else-if links', `{{#if a}}${'{{else if a}}'.repeat(5000)}{{/if}}`],
    ['inverse blocks', `${'{{^if a}}'.repeat(5000)}${'{{/if}}'.repeat(5000)}`],
    ['subexpressions', `{{concat ${'(concat '.repeat(5000)}a${')'.repeat(5000)}}}`],
    ['partial blocks', `${'{{#> a}}'.repeat(5000)}${'{{/a}}'.repeat(5000)}`],
  ])('%s nested thousands deep, at once', async (_, source) => {
    const started = performance.now();
    const error = await refused({ 'p.hbs': source });
    expect(error.code).toBe('template-invalid');
    expect(error.message).toContain('more than 100 levels');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('100 levels are fine', async () => {
    const source = `${'{{#if a}}'.repeat(100)}deep${'{{/if}}'.repeat(100)}`;
    expect((await renderOf(await loaded({ 'p.hbs': source }), 'p', { a: 1 })).html).toBe('deep');
  });
});

describe('links', () => {
  test.each(['file', 'folder'])('a %s that leads out of the templates folder is refused', async (kind) => {
    const outside = await folder({ 'secret.hbs': 'secret' });
    const dir = await folder({ 'ok.hbs': 'ok' });
    await symlink(
      kind === 'file' ? join(outside, 'secret.hbs') : outside,
      join(dir, kind === 'file' ? 'p.hbs' : 'sub'),
    );
    const error = await failure(rendererOf({ roots: [{ dir, required: true }] }).load());
    expect(error).toMatchObject({ code: 'template-invalid' });
    expect(error.message).toContain('leads out');
  });

  test('a link inside it is followed, and a circle of links ends', async () => {
    const dir = await folder({ 'ok.hbs': 'ok', 'sub/b.hbs': 'b' });
    await symlink(join(dir, 'ok.hbs'), join(dir, 'alias.hbs'));
    await symlink(join(dir, 'sub'), join(dir, 'sub', 'loop'));
    const renderer = rendererOf({ roots: [{ dir, required: true }] });
    await renderer.load();
    expect(renderer.names()).toEqual(['alias', 'ok', 'sub/b']);
  });

  test('a broken link is refused', async () => {
    const dir = await folder({});
    await symlink(join(dir, 'gone.hbs'), join(dir, 'p.hbs'));
    expect((await failure(rendererOf({ roots: [{ dir, required: true }] }).load())).message).toContain(
      'leads nowhere',
    );
  });
});

const missing = (dir: string) => failure(rendererOf({ roots: [{ dir, required: true }] }).load());

describe('roots', () => {
  test('a missing folder is a config error that names it', async () => {
    const error = await missing('/nowhere/mail');
    expect(error).toMatchObject({ code: 'config', at: { file: '/nowhere/mail' } });
    expect(error.message).toContain('/nowhere/mail');
    expect(error.message).not.toContain('nest-cli.json');
  });

  test.each([
    ['/nowhere/dist/mail/templates', 'mail/templates/**/*'],
    ['/nowhere/dist/src/mail', 'mail/**/*'],
  ])('a folder missing from dist shows the assets line: %s', async (dir, include) => {
    expect((await missing(dir)).message).toContain(
      `"compilerOptions": { "assets": [{ "include": "${include}", "watchAssets": true }] }`,
    );
  });

  test.each([
    [
      '/app/src/billing/mail',
      /where the sources are left out: .* compiled module[^]*"include": "billing\/mail\/\*\*\/\*"/,
    ],
    ['/app/dist/billing/mail', /the build did not copy it[^]*"include": "billing\/mail\/\*\*\/\*"/],
    ['/app/billing/mail', /Create it, or correct dir of/],
  ])('a missing folder of a feature names the option of the feature: %s', async (dir, expected) => {
    const { message } = await failure(
      rendererOf({ roots: [{ dir, namespace: 'billing', required: true }] }).load(),
    );
    expect(message).toContain("dir of MailModule.forFeature({ namespace: 'billing' })");
    expect(message).not.toContain('MAIL_TEMPLATES_DIR');
    expect(message).toMatch(expected);
  });

  test('a file in place of a folder is refused', async () => {
    const dir = await folder({ 'a.hbs': '' });
    expect((await missing(join(dir, 'a.hbs'))).code).toBe('config');
  });

  test('an absent default folder is no fault until a template is rendered; the error names the folder', async () => {
    const renderer = rendererOf({ roots: [{ dir: '/nowhere/templates', required: false }] });
    await renderer.load();
    const error = await failure(renderOf(renderer, 'welcome'));
    expect(error).toMatchObject({ code: 'template-not-found', at: { template: 'welcome' } });
    expect(error.message).toContain('/nowhere/templates (absent)');
  });

  test('the first root with a template of a name supplies all its languages', async () => {
    const first = await folder({ 'a.hbs': 'first' });
    const second = await folder({
      'a.hbs': 'second',
      'a.fr.hbs': 'deuxième',
      'b.hbs': 'b',
      'partials/x.hbs': 'x',
    });
    const renderer = rendererOf({ roots: [first, second].map((dir) => ({ dir, required: true })) });
    await renderer.load();
    expect(renderer.names()).toEqual(['a', 'b']);
    expect(await renderOf(renderer, 'a', {}, { locale: 'fr' })).toMatchObject({ html: 'first' });
  });

  test('a namespace uses its own layouts and partials first, then the application’s', async () => {
    const app = await folder({
      'layouts/default.hbs': 'app<{{> @partial-block}}>{{> footer}}',
      'layouts/plain.hbs': 'plain<{{> @partial-block}}>{{> footer}}',
      'partials/footer.hbs': 'app footer',
      'partials/only.hbs': 'app only',
      'welcome.hbs': '---\nlayout: default\n---\nw',
    });
    const billing = await folder({
      'layouts/default.hbs': 'billing<{{> @partial-block}}>',
      'partials/footer.hbs': 'billing footer',
      'invoice.hbs': '---\nlayout: default\n---\n{{> footer}}',
      'reminders/last.hbs': '---\nlayout: plain\n---\n{{> only}}',
    });
    const renderer = rendererOf({
      roots: [
        { dir: billing, namespace: 'billing', required: true },
        { dir: app, required: true },
      ],
    });
    await renderer.load();
    expect(renderer.names()).toEqual(['billing/invoice', 'billing/reminders/last', 'welcome']);
    expect((await renderOf(renderer, 'billing/invoice')).html).toBe('billing<billing footer>');
    expect((await renderOf(renderer, 'billing/reminders/last')).html).toBe('plain<app only>billing footer');
    expect((await renderOf(renderer, 'welcome')).html).toBe('app<w>app footer');
    expect((await failure(renderOf(renderer, 'invoice'))).code).toBe('template-not-found');
  });

  test('one name from two folders of different namespaces is a fault', async () => {
    const app = await folder({ 'billing/invoice.hbs': '' });
    const billing = await folder({ 'invoice.hbs': '' });
    const roots = [
      { dir: app, required: true },
      { dir: billing, namespace: 'billing', required: true },
    ];
    expect((await failure(rendererOf({ roots }).load())).message).toContain(
      '"billing/invoice" is already in',
    );
  });
});

describe('names', () => {
  const NAMES = [
    'welcome\u0000.hbs',
    'constructor',
    '__proto__',
    '../../etc/passwd',
    '%2e%2e%2fsecret',
    '..\\..\\secret',
    '',
    'welcome/',
    './welcome',
    'welcome.hbs',
    'layouts/default',
    'partials/x',
  ];

  test.each(NAMES)('%j is not found', async (name) => {
    const renderer = await loaded({ 'welcome.hbs': 'hi', 'layouts/default.hbs': '', 'partials/x.hbs': '' });
    expect(await failure(renderOf(renderer, name))).toMatchObject({
      code: 'template-not-found',
      retryable: false,
    });
  });

  test('a near miss gets a hint and the known names', async () => {
    const renderer = await loaded({ 'welcome.hbs': '', 'billing/invoice.hbs': '' });
    const { message } = await failure(renderOf(renderer, 'welcom'));
    expect(message).toContain('Did you mean "welcome"?');
    expect(message).toContain('Known: billing/invoice, welcome');
  });

  test('many known names are cut', async () => {
    const names = Array.from({ length: 30 }, (_, index) => [`t${index}.hbs`, '']);
    const { message } = await failure(renderOf(await loaded(Object.fromEntries(names)), 'nope'));
    expect(message).toContain('and 10 more');
  });

  test('before load nothing is known', async () => {
    expect((await failure(renderOf(rendererOf({}), 'a'))).message).toContain('not been loaded');
  });
});

describe('helpers of the application', () => {
  test.each(['if', 'each', 'lookup', 'log', 'preheader', '$value', 'a b', ''])(
    '%j is refused as a name',
    (name) => {
      const build = () =>
        new HandlebarsRenderer({ roots: [], helpers: { [name]: () => 1 }, inlineCss: false });
      expect(build).toThrow(MailError);
      expect(build).toThrow(/templates\.helpers/);
    },
  );

  test('two renderers share nothing', async () => {
    const files = { 'a.hbs': '{{x}}{{> p}}', 'partials/p.hbs': 'one' };
    const one = await loaded(files, { helpers: { x: () => 1 } });
    const two = await loaded({ ...files, 'partials/p.hbs': 'two' }, { helpers: { x: () => 2 } });
    expect((await renderOf(one, 'a')).html).toBe('1one');
    expect((await renderOf(two, 'a')).html).toBe('2two');
  });
});

test('a folder full of other files, dotfiles and odd names is fine', async () => {
  const dir = await folder({
    'a.hbs': 'a',
    'README.md': '{{#if',
    '.hidden/x.hbs': '{{#if',
    'node_modules/y/z.hbs': '{{#if',
  });
  await writeFile(join(dir, '.draft.hbs'), '{{#if');
  const renderer = rendererOf({ roots: [{ dir, required: true }] });
  await renderer.load();
  expect(renderer.names()).toEqual(['a']);
});
