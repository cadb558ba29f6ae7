import { getEventListeners, once } from 'node:events';
import { join } from 'node:path';
import type {
  HandlebarsRenderer,
  HandlebarsRendererOptions,
} from '../../../src/render/handlebars-renderer.js';
import type { TemplateQuery, TemplateSource } from '../../../src/render/source/template-source.js';
import { TemplateEngine } from '../../../src/render/engine/template-engine.js';
import { failure, folder, loaded, renderOf, rendererOf, write } from '../templates.js';
import { MemorySource } from './stores.js';

const FOLDER = {
  'layouts/default.hbs':
    '<html><head><style>p { color: red }</style></head><body>{{> @partial-block}}</body></html>',
  'partials/sign.hbs': '<i>{{who}}</i>',
  'welcome.hbs': '---\nsubject: Shipped\n---\n<p>shipped</p>',
  'welcome.fr.hbs': '---\nsubject: Livré\n---\n<p>livré</p>',
};

async function over(
  sources: readonly TemplateSource[],
  files: Readonly<Record<string, string>> = FOLDER,
  options: Partial<HandlebarsRendererOptions> = {},
): Promise<HandlebarsRenderer> {
  return loaded(files, { sources, ...options });
}

/** A source of base templates whose answers the test gives when it likes. */
class HeldSource implements TemplateSource {
  readonly name = 'held';
  readonly signals: AbortSignal[] = [];
  readonly #answers: Array<PromiseWithResolversOf> = [];

  find(
    { locale }: TemplateQuery,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<{ version: string; source: string } | undefined> {
    if (locale !== undefined) return Promise.resolve(undefined);
    this.signals.push(signal);
    return new Promise((resolve, reject) => {
      this.#answers.push({ resolve, reject });
    });
  }

  answer(version: string, source: string): void {
    for (const { resolve } of this.#answers.splice(0)) resolve({ version, source });
  }

  fail(error: unknown): void {
    for (const { reject } of this.#answers.splice(0)) reject(error);
  }
}

interface PromiseWithResolversOf {
  readonly resolve: (value: { version: string; source: string }) => void;
  readonly reject: (error: unknown) => void;
}

afterEach(() => jest.restoreAllMocks());

describe('a template from a source', () => {
  test('has front matter, layout, partials, helpers, inlined styles and a text part like any other', async () => {
    const source = new MemorySource();
    source.put(
      'welcome',
      '---\nsubject: Hello {{name}}\npreheader: Look\nlayout: default\n---\n<p>{{shout name}} {{> sign who=name}}</p>',
    );
    const helpers = { shout: (value: unknown) => String(value).toUpperCase() };
    const renderer = await over([source], FOLDER, { helpers, inlineCss: true });
    const body = await renderOf(renderer, 'welcome', { name: 'A & B' });
    expect(body.subject).toBe('Hello A & B');
    expect(body.html).toContain('<p style="color: red;">A &amp; B <i>A &amp; B</i></p>');
    expect(body.html).toContain('Look');
    expect(body.text).toContain('A & B A & B');
  });

  test('may have its own text part', async () => {
    const source = new MemorySource();
    source.put('welcome', { source: '---\nsubject: s\n---\n<p>{{a}}</p>', text: 'Text {{a}}' });
    const renderer = await over([source]);
    expect(await renderOf(renderer, 'welcome', { a: '<' })).toEqual({
      subject: 's',
      html: '<p>&lt;</p>',
      text: 'Text <',
    });
  });

  test('may be text alone', async () => {
    const source = new MemorySource();
    source.put('note', { text: '---\nsubject: s\n---\nText' });
    expect(await renderOf(await over([source]), 'note')).toEqual({ subject: 's', text: 'Text' });
  });

  test('links style sheets of the folder', async () => {
    const source = new MemorySource();
    source.put('page', '<link rel="stylesheet" href="mail.css"><p>x</p>');
    const renderer = await over([source], { 'mail.css': 'p { color: blue }' }, { inlineCss: true });
    expect((await renderOf(renderer, 'page')).html).toContain('<p style="color: blue;">x</p>');
  });

  test('uses the kit', async () => {
    const source = new MemorySource();
    source.put(
      'page',
      '---\nlayout: mail/layout\nsubject: s\n---\n{{#> mail/button href="https://a.test"}}Go{{/mail/button}}',
    );
    const { html } = await renderOf(await over([source], {}, { inlineCss: true }), 'page');
    expect(html).toMatch(/<a[^>]+href="https:\/\/a\.test"[^>]*style="/);
  });

  test('uses layouts and partials of its namespace first', async () => {
    const source = new MemorySource();
    source.put('billing/invoice', '{{> sign}} {{> common}}');
    const root = await folder({ 'partials/sign.hbs': 'root', 'partials/common.hbs': 'common' });
    const billing = await folder({ 'partials/sign.hbs': 'billing' });
    const renderer = rendererOf({
      sources: [source],
      roots: [
        { dir: root, required: true },
        { dir: billing, namespace: 'billing', required: true },
      ],
    });
    await renderer.load();
    expect((await renderOf(renderer, 'billing/invoice')).html).toBe('billing common');
  });

  test('finds partials with a computed name', async () => {
    const source = new MemorySource();
    source.put('page', '{{> (lookup . "which") who="x"}}');
    expect((await renderOf(await over([source]), 'page', { which: 'sign' })).html).toBe('<i>x</i>');
  });
});

describe('of several places', () => {
  test('a source comes before the folders, and an earlier source before a later one', async () => {
    const [first, second] = [new MemorySource('first'), new MemorySource('second')];
    const renderer = await over([first, second]);
    const now = async (): Promise<string | undefined> => (await renderOf(renderer, 'welcome')).html;
    expect(await now()).toBe('<p>shipped</p>');
    second.put('welcome', 'second');
    expect(await now()).toBe('second');
    first.put('welcome', 'first');
    expect(await now()).toBe('first');
    first.remove('welcome');
    second.remove('welcome');
    expect(await now()).toBe('<p>shipped</p>');
  });

  test('two sources of one name are two sources', async () => {
    const [first, second] = [new MemorySource(), new MemorySource()];
    first.put('a', 'first a', undefined, '1');
    second.put('b', 'second b', undefined, '1');
    second.put('a', 'second a', undefined, '1');
    const renderer = await over([first, second]);
    expect((await renderOf(renderer, 'a')).html).toBe('first a');
    first.remove('a');
    expect((await renderOf(renderer, 'a')).html).toBe('second a');
    expect((await renderOf(renderer, 'b')).html).toBe('second b');
  });

  test('the nearest language in the source with the template is used; languages never mix', async () => {
    const source = new MemorySource();
    source.put('welcome', '---\nlayout: default\nsubject: base\n---\nbase {{> sign who="x"}}');
    const renderer = await over([source]);
    const of = async (locale: string): Promise<unknown> => {
      const { subject, html, locale: found } = await renderOf(renderer, 'welcome', {}, { locale });
      return [subject, found, /<body>(.*)<\/body>/.exec(html ?? '')?.[1]];
    };
    expect(await of('fr-CA')).toEqual(['base', undefined, 'base <i>x</i>']);
    source.put('welcome', '---\nsubject: fr\n---\nfr', 'fr');
    expect(await of('fr-CA')).toEqual(['fr', 'fr', 'fr']);
    expect(await of('de')).toEqual(['base', undefined, 'base <i>x</i>']);
    expect(new Set(source.asked.map(({ locale }) => locale))).toEqual(
      new Set(['fr-CA', 'fr', 'de', undefined]),
    );
  });
});

describe('a version', () => {
  test('is compiled and sent once; the next one takes effect at once, and so does a former one', async () => {
    const compile = jest.spyOn(TemplateEngine.prototype, 'compile');
    const source = new MemorySource();
    source.put('page', 'one', undefined, '1');
    const renderer = await over([source], { 'partials/sign.hbs': 'x' });
    const now = async (): Promise<string | undefined> => (await renderOf(renderer, 'page')).html;
    expect(await now()).toBe('one');
    const compiled = compile.mock.calls.length;
    expect([await now(), await now(), source.sent]).toEqual(['one', 'one', 1]);
    expect(compile.mock.calls.length).toBe(compiled);
    source.put('page', 'two', undefined, '2');
    expect([await now(), source.sent]).toEqual(['two', 2]);
    const twice = compile.mock.calls.length;
    source.put('page', 'one', undefined, '1');
    expect([await now(), source.sent]).toEqual(['one', 3]);
    expect(compile.mock.calls.length).toBe(twice);
  });

  test('is asked for with the known one', async () => {
    const source = new MemorySource();
    source.put('page', 'one', undefined, '1');
    const renderer = await over([source]);
    await renderOf(renderer, 'page');
    await renderOf(renderer, 'page');
    const inBase = source.asked.filter(({ locale }) => locale === undefined);
    expect(inBase).toEqual([{ name: 'page' }, { name: 'page', known: '1' }]);
  });

  test('of one language may change while the other stays', async () => {
    const source = new MemorySource();
    source.put('page', '---\nlayout: default\n---\nbase');
    source.put('page', 'fr', 'fr');
    const renderer = await over([source]);
    await renderOf(renderer, 'page', {}, { locale: 'fr' });
    source.put('page', 'base without layout');
    expect((await renderOf(renderer, 'page', {}, { locale: 'fr' })).html).toBe('fr');
  });

  test('is compiled and asked for once by a hundred concurrent mails', async () => {
    const source = new HeldSource();
    const renderer = await over([source], {});
    const compile = jest.spyOn(TemplateEngine.prototype, 'compile');
    const mails = Array.from({ length: 100 }, (_, n) => renderOf(renderer, 'page', { n }));
    expect(source.signals).toHaveLength(1);
    source.answer('1', '{{n}}');
    const bodies = await Promise.all(mails);
    expect(bodies.map(({ html }) => html)).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`));
    expect(compile).toHaveBeenCalledTimes(1);
  });

  test('is compiled again after an edit of its layout', async () => {
    const source = new MemorySource();
    source.put('page', '---\nlayout: default\n---\nx');
    const dir = await folder({ 'layouts/default.hbs': 'before {{> @partial-block}}' });
    const renderer = rendererOf({ roots: [{ dir, required: true }], sources: [source] });
    await renderer.load();
    expect((await renderOf(renderer, 'page')).html).toBe('before x');
    await write(dir, { 'layouts/default.hbs': 'after {{> @partial-block}}' });
    await renderer.load();
    expect((await renderOf(renderer, 'page')).html).toBe('after x');
  });

  test('of a template that was not used for long is forgotten', async () => {
    const source = new MemorySource();
    for (let n = 0; n <= 200; n++) source.put(`page-${n}`, `${n}`);
    const renderer = await over([source], {});
    for (let n = 0; n <= 200; n++) await renderOf(renderer, `page-${n}`);
    expect((await renderOf(renderer, 'page-0')).html).toBe('0');
    expect(source.asked.at(-1)).toEqual({ name: 'page-0' });
    await renderOf(renderer, 'page-200');
    expect(source.asked.at(-1)).toMatchObject({ known: 'v201' });
  });
});

describe('faults', () => {
  test('a template that does not compile names source, template, version, line and column, and is compiled once', async () => {
    const source = new MemorySource('database');
    source.put('welcome', '---\nsubject: s\n---\n<p>\n  {{#if a}}x</p>', 'fr', '2026-01-02');
    const renderer = await over([source]);
    const error = await failure(renderOf(renderer, 'welcome', {}, { locale: 'fr' }));
    const file = 'database:welcome.fr@2026-01-02';
    expect(error).toMatchObject({ code: 'template-invalid', retryable: false, outcome: 'not-sent' });
    expect(error.at).toEqual({ file, line: 5, column: 3, template: 'welcome' });
    expect(error.message).toContain(`${file}:5:3: {{#if}} is never closed`);
    const compile = jest.spyOn(TemplateEngine.prototype, 'compile');
    await failure(renderOf(renderer, 'welcome', {}, { locale: 'fr' }));
    expect(compile).not.toHaveBeenCalled();
  });

  test.each([
    ['{{> sgin}}', 'partial "sgin" does not exist. Did you mean "sign"?'],
    ['---\nlayout: defualt\n---\nx', 'layout "defualt" does not exist. Did you mean "default"?'],
    ['{{nope 1}}', '"nope"'],
    ['---\nsubjcet: s\n---\nx', 'Did you mean "subject"?'],
  ])('%j is reported as in a file', async (text, what) => {
    const source = new MemorySource();
    source.put('page', text);
    const error = await failure(renderOf(await over([source]), 'page'));
    expect(error).toMatchObject({ code: 'template-invalid', at: { file: 'memory:page@v1' } });
    expect(error.message).toContain(what);
  });

  test('a fault of one language leaves the others alone', async () => {
    const source = new MemorySource();
    source.put('page', 'fine');
    source.put('page', '{{#if}}', 'fr');
    const renderer = await over([source]);
    await failure(renderOf(renderer, 'page', {}, { locale: 'fr' }));
    expect((await renderOf(renderer, 'page', {}, { locale: 'de' })).html).toBe('fine');
  });

  test('a missing variable names source, version, line and path', async () => {
    const source = new MemorySource();
    source.put('page', '<p>\n{{user.name}}');
    const error = await failure(renderOf(await over([source]), 'page', { user: {} }));
    expect(error).toMatchObject({
      code: 'context-invalid',
      at: { file: 'memory:page@v1', line: 2, column: 3, path: 'user.name', template: 'page' },
    });
  });

  test('a source that fails fails the mail, retryably, even if a folder has the template', async () => {
    const source = new HeldSource();
    const renderer = await over([source]);
    const failing = failure(renderOf(renderer, 'welcome'));
    source.fail(new Error('connect ECONNREFUSED postgres://app:secret@db.test/mail'));
    const error = await failing;
    expect(error).toMatchObject({
      code: 'template-not-found',
      retryable: true,
      scope: 'mail',
      outcome: 'not-sent',
    });
    expect(error.message).toContain(`'held'`);
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).not.toContain('secret');
    const again = renderOf(renderer, 'welcome');
    source.answer('1', 'back');
    expect((await again).html).toBe('back');
  });

  test('a source that throws instead of rejecting has the same effect', async () => {
    const source: TemplateSource = {
      name: 'thrower',
      find: () => {
        throw new Error('no');
      },
    };
    const error = await failure(renderOf(await over([source]), 'welcome'));
    expect(error).toMatchObject({ code: 'template-not-found', retryable: true });
  });

  test('an unknown name gets a hint from the folders, and the names of the sources asked', async () => {
    const error = await failure(renderOf(await over([new MemorySource('database')]), 'welcom'));
    expect(error).toMatchObject({ code: 'template-not-found', retryable: false });
    expect(error.message).toMatch(/Did you mean "welcome"\?.*database/);
  });

  test.each([
    '',
    '../welcome',
    '/etc/passwd',
    'a b',
    "x' OR 1=1 --",
    'a\0',
    'a\n',
    '__proto__',
    'é',
    'a//b',
    'a'.repeat(256),
  ])('no source is asked for the name %j', async (name) => {
    const source = new MemorySource();
    const error = await failure(renderOf(await over([source]), name));
    expect(error.code).toBe('template-not-found');
    expect(source.asked).toEqual([]);
  });

  const refused: ReadonlyArray<readonly [string, unknown, string]> = [
    ['a string', '<p>x</p>', 'expected an object'],
    ['no version', { source: 'x' }, 'version'],
    ['an empty version', { version: '', source: 'x' }, 'version'],
    ['a version with a line break', { version: '1\n2', source: 'x' }, 'version'],
    ['a number as version', { version: 1, source: 'x' }, 'got 1'],
    ['a new version without source', { version: '1' }, 'neither'],
    ['a source that is a buffer', { version: '1', source: Buffer.from('x') }, 'source: a string'],
    ['too long a source', { version: '1', source: 'x'.repeat(256 * 1024 + 1) }, 'at most 262144'],
    ['too long a text', { version: '1', source: 'x', text: 'é'.repeat(128 * 1024 + 1) }, 'welcome.en.text@1'],
  ];
  test.each(refused)('the answer %s is refused', async (_title, answer, what) => {
    const source = { name: 'odd', find: async () => answer } as TemplateSource;
    const error = await failure(renderOf(await over([source]), 'welcome'));
    expect(error).toMatchObject({ code: 'template-invalid', at: { template: 'welcome' } });
    expect(error.message).toContain('odd');
    expect(error.message).toContain(what);
  });
});

describe('a mail that is given up', () => {
  test('does not wait for the source, and leaves no listener', async () => {
    const source = new HeldSource();
    const renderer = await over([source]);
    const controller = new AbortController();
    const failing = failure(renderOf(renderer, 'welcome', {}, { signal: controller.signal }));
    const [shared] = source.signals;
    expect(shared?.aborted).toBe(false);
    controller.abort();
    expect(await failing).toMatchObject({ code: 'aborted' });
    expect(shared?.aborted).toBe(true);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('asks no source if it was given up before', async () => {
    const source = new MemorySource();
    const renderer = await over([source]);
    const error = await failure(renderOf(renderer, 'welcome', {}, { signal: AbortSignal.abort() }));
    expect(error.code).toBe('aborted');
    expect(source.asked).toEqual([]);
  });

  test('has no effect on others that wait for the same answer', async () => {
    const source = new HeldSource();
    const renderer = await over([source]);
    const controller = new AbortController();
    const failing = failure(renderOf(renderer, 'welcome', {}, { signal: controller.signal }));
    const other = renderOf(renderer, 'welcome');
    controller.abort();
    await failing;
    expect(source.signals.map(({ aborted }) => aborted)).toEqual([false]);
    source.answer('1', 'x');
    expect((await other).html).toBe('x');
  });

  test('fails with timeout after its deadline', async () => {
    const renderer = await over([new HeldSource()]);
    const signal = AbortSignal.timeout(1);
    expect(await failure(renderOf(renderer, 'welcome', {}, { signal }))).toMatchObject({ code: 'timeout' });
  });

  test('fails as closed when the renderer closes', async () => {
    const source = new HeldSource();
    const renderer = await over([source]);
    const failing = failure(renderOf(renderer, 'welcome'));
    const [shared] = source.signals;
    if (!shared) throw new Error('not asked');
    const aborted = once(shared, 'abort');
    await renderer.close();
    await aborted;
    expect(await failing).toMatchObject({ code: 'closed' });
  });
});

test('a remote style sheet of a template gives one warning for each version, those of the folders none', async () => {
  const warnings: string[] = [];
  const source = new MemorySource();
  source.put('page', '---\nlayout: remote\n---\n<link rel="stylesheet" href="https://a.test/x.css">');
  const files = {
    'layouts/remote.hbs': '<link rel="stylesheet" href="https://a.test/y.css">{{> @partial-block}}',
  };
  const renderer = await over([source], files, {
    inlineCss: true,
    onWarning: (message) => warnings.push(message),
  });
  expect(warnings).toHaveLength(1);
  await renderOf(renderer, 'page');
  await renderOf(renderer, 'page');
  expect(warnings).toEqual([
    expect.stringContaining(join('layouts', 'remote.hbs')),
    expect.stringMatching(/^memory:page@v1:4/),
  ]);
});
