import { SafeString, type TemplateHelperOptions } from '../../src/render/helpers/helper.js';
import { failure, html, loaded, renderOf } from './templates.js';

const refused = async (source: string, context: object = {}, helpers = {}) =>
  failure(html(source, context, helpers));

describe('a missing variable', () => {
  test.each<[string, string, object, string]>([
    ['a name', '{{name}}', {}, 'name'],
    ['undefined', '{{name}}', { name: undefined }, 'name'],
    ['the first step', '{{user.name}}', {}, 'user.name'],
    ['a step under null', '{{user.name}}', { user: null }, 'user.name'],
    ['a later step', '{{user.address.city}}', { user: { address: {} } }, 'user.address.city'],
    ['an argument', '{{concat "a" user.name}}', { user: {} }, 'user.name'],
    ['a nested argument', '{{#if (eq (concat a) "x")}}y{{/if}}', {}, 'a'],
    ['a hash argument', '{{formatNumber 1 style=nope}}', {}, 'nope'],
    ['a partial context', '{{#*inline "p"}}x{{/inline}}{{> p nope}}', {}, 'nope'],
    ['a partial hash', '{{#*inline "p"}}x{{/inline}}{{> p a=nope}}', {}, 'nope'],
    [
      'the outer scope inside each',
      '{{#each items}}{{title}}{{/each}}',
      { items: [{}], title: 'T' },
      'title',
    ],
    [
      'the outer scope inside with',
      '{{#with user}}{{title}}{{/with}}',
      { user: { a: 1 }, title: 'T' },
      'title',
    ],
    ['an item that is undefined', '{{#each items}}{{this}}{{/each}}', { items: [undefined] }, 'this'],
    [
      'a step of a block parameter',
      '{{#each items as |item|}}{{item.a}}{{/each}}',
      { items: [{}] },
      'item.a',
    ],
    ['a parent path', '{{#with a}}{{../b}}{{/with}}', { a: { b: 1 } }, '../b'],
    ['a data path', '{{@root.nope}}', {}, '@root.nope'],
    ['a segment literal', '{{[first name]}}', {}, 'first name'],
    ['a raw output', '{{{name}}}', {}, 'name'],
    ['__proto__', '{{__proto__}}', {}, '__proto__'],
    ['constructor', '{{constructor.name}}', {}, 'constructor.name'],
  ])('%s is context-invalid', async (_, source, context, path) => {
    const error = await refused(source, context);
    expect(error.code).toBe('context-invalid');
    expect(error.at).toMatchObject({ template: 'page', line: 1, path });
    expect(error.message).toContain(`"${path}"`);
  });

  test('is named with file, line and column, behind front matter and in a partial', async () => {
    const renderer = await loaded({
      'page.hbs': '---\r\nsubject: Hi\r\n---\r\n<p>\r\n  {{user.nam}}</p>',
      'other.hbs': '{{> cards/item}}',
      'partials/cards/item.hbs': '<b>\n{{x}}</b>',
    });
    const error = await failure(renderOf(renderer, 'page', { user: { name: 'Ada' } }));
    expect(error.at).toMatchObject({ template: 'page', line: 5, column: 5, path: 'user.nam' });
    expect(error.message).toMatch(/page\.hbs:5:5: .*it has name/);
    expect((await failure(renderOf(renderer, 'other'))).at).toMatchObject({
      template: 'other',
      file: expect.stringMatching(/item\.hbs$/),
      line: 2,
      column: 3,
    });
  });

  test('in a subject names its place in the front matter', async () => {
    const renderer = await loaded({
      'page.hbs': '---\nlayout: l\nsubject: Hi {{who}}!\n---\nx',
      'layouts/l.hbs': '{{> @partial-block}}',
    });
    expect((await failure(renderOf(renderer, 'page'))).at).toMatchObject({
      line: 3,
      column: 15,
      path: 'who',
    });
  });

  test.each<[string, object, string]>([
    ['{{#if user.plan}}a{{else}}b{{/if}}', {}, 'b'],
    ['{{#unless user.plan}}a{{/unless}}', { user: null }, 'a'],
    ['{{#each a.b}}x{{else}}none{{/each}}', {}, 'none'],
    ['{{#with a.b}}x{{else}}none{{/with}}', {}, 'none'],
    ['{{#if a}}1{{else if b.c}}2{{else}}3{{/if}}', {}, '3'],
    ['{{default user.name "you"}}', {}, 'you'],
    ['{{default (default a b) "c"}}', {}, 'c'],
    ['{{eq a undefined}} {{ne a 1}} {{gt a 1}} {{lt a 1}} {{not a}}', {}, 'true true false false true'],
    ['{{#if (and a b)}}x{{/if}}{{#if (or a b.c)}}y{{/if}}', {}, ''],
    ['{{#if (lookup a.b "c")}}x{{else}}y{{/if}}', {}, 'y'],
    ['[{{name}}]', { name: null }, '[]'],
    ['[{{{name}}}]', { name: null }, '[]'],
  ])('is no fault where it may be absent: %s', async (source, context, expected) => {
    expect(await html(source, context)).toBe(expected);
  });
});

describe('own properties only', () => {
  class Entity {
    name = 'Ada';
    get plan() {
      return 'pro';
    }
    method() {
      return 'x';
    }
  }

  test.each(['{{user.plan}}', '{{#if user.plan}}x{{/if}}', '{{user.method}}', '{{default user.plan "x"}}'])(
    '%s of a class instance says to pass a plain object',
    async (source) => {
      const error = await refused(source, { user: new Entity() });
      expect(error).toMatchObject({ code: 'context-invalid', at: { line: 1 } });
      expect(error.message).toContain('pass a plain object');
    },
  );

  test('its own fields are read', async () => {
    expect(await html('{{user.name}}', { user: new Entity() })).toBe('Ada');
  });

  test('the length of arrays and strings can be read', async () => {
    expect(await html('{{a.length}} {{s.length}} {{a.[1]}}', { a: [1, 2], s: 'abc' })).toBe('2 3 2');
  });

  test('properties of Object.prototype count as missing', async () => {
    expect(await html('{{#if a.toString}}x{{else}}y{{/if}}{{#if b.map}}x{{/if}}', { a: {}, b: [] })).toBe(
      'y',
    );
  });

  test('a getter of a prototype is never run', async () => {
    const getter = jest.fn();
    const user: object = Object.create(Object.defineProperty({}, 'plan', { get: getter }));
    await refused('{{user.plan}}', { user });
    expect(getter).not.toHaveBeenCalled();
  });
});

describe('printing', () => {
  test.each<[string, unknown, string]>([
    ['an object', { a: 1 }, 'is an object'],
    ['an array of objects', [{}], 'is an object'],
    ['a date', new Date(0), 'formatDate'],
    ['a function', () => 1, 'is a function'],
    ['a symbol', Symbol('s'), 'is a symbol'],
    ['a toHTML that is no function', { toHTML: '<b>' }, 'is an object'],
    ['an object without prototype', Object.create(null), 'is an object'],
  ])('%s is refused', async (_, x, message) => {
    const error = await refused('{{x}}', { x });
    expect(error.code).toBe('context-invalid');
    expect(error.message).toContain(message);
  });

  test('numbers, booleans, bigints, lists of words and objects that read as text', async () => {
    const x = { n: 0, b: false, i: 12n, l: ['a', 'b'], u: new URL('https://a.test/?b&c') };
    expect(await html('{{n}} {{b}} {{i}} {{l}} {{u}}', x)).toBe('0 false 12 a,b https://a.test/?b&amp;c');
  });

  test('helper results follow the same rules', async () => {
    const helpers = {
      obj: () => ({ a: 1 }),
      late: () => Promise.resolve('x'),
      safe: () => new SafeString('<b>'),
      nothing: () => undefined,
    };
    expect((await refused('{{obj}}', {}, helpers)).message).toContain('"obj" is an object');
    expect((await refused('{{late}}', {}, helpers)).message).toContain('synchronous');
    expect(await html('{{safe}}[{{nothing}}]', {}, helpers)).toBe('<b>[]');
  });
});

describe('Handlebars works as documented', () => {
  test.each<[string, object, string]>([
    [
      '{{#each items}}{{@index}}{{@first}}{{@last}}{{this}};{{/each}}',
      { items: ['a', 'b'] },
      '0truefalsea;1falsetrueb;',
    ],
    ['{{#each o}}{{@key}}={{.}};{{/each}}', { o: { a: 1, b: 2 } }, 'a=1;b=2;'],
    [
      '{{#each rows}}{{#each this}}{{@../index}}{{@index}}{{this}} {{/each}}{{/each}}',
      { rows: [['a'], ['b']] },
      '00a 10b ',
    ],
    [
      '{{#each items as |item i|}}{{i}}{{item.n}}{{@root.t}}{{../t}}{{/each}}',
      { items: [{ n: 1 }], t: 'T' },
      '01TT',
    ],
    [
      '{{#with user as |u|}}{{u.name}}{{name}}{{this.name}}{{./name}}{{/with}}',
      { user: { name: 'A' } },
      'AAAA',
    ],
    ['{{lookup map key}}{{lookup list 1}}', { map: { x: 1 }, key: 'x', list: ['a', 'b'] }, '1b'],
    ['{{[a b].[c-d]}}', { 'a b': { 'c-d': 'x' } }, 'x'],
    ['{{"a b"}}', { 'a b': 'x' }, 'x'],
    ['a {{~name~}} b', { name: 'x' }, 'axb'],
    [
      '<ul>\n{{#each a}}\n  <li>{{this}}</li>\n{{/each}}\n</ul>',
      { a: [1, 2] },
      '<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>',
    ],
    ['\\{{name}} {{!-- {{#if}} --}}{{! x }}', {}, '{{name}} '],
    [
      '{{#*inline "p"}}[{{x}}{{y}}]{{/inline}}{{> p}}{{> p user y=2}}',
      { x: 1, y: 1, user: { x: 9 } },
      '[11][92]',
    ],
    ['{{#> nav}}fallback {{x}}{{/nav}}', { x: 1 }, 'fallback 1'],
    ['{{#*inline "box"}}<{{> @partial-block}}>{{/inline}}{{#> box}}in {{x}}{{/box}}', { x: 1 }, '<in 1>'],
    [
      '{{#*inline "box"}}{{#if @partial-block}}{{> @partial-block}}{{else}}none{{/if}}{{/inline}}{{> box}}{{#> box}}in{{/box}}',
      {},
      'nonein',
    ],
    ['{{#*inline "p"}}P{{/inline}}{{> (lookup . "which")}}', { which: 'p' }, 'P'],
    ['{{#if n includeZero=true}}x{{/if}}{{^if a}}y{{/if}}', { n: 0 }, 'xy'],
    ['{{url}} {{default}}', { url: 'u', default: 'd' }, 'u d'],
    ['{{{raw}}}{{&raw}}', { raw: '<b>' }, '<b><b>'],
  ])('%s', async (source, context, expected) => {
    expect(await html(source, context)).toBe(expected);
  });

  test('adjacent numbers are printed, not added, even without escaping', async () => {
    const source = '{{a}}{{b}}{{#each list}}{{@index}}{{this}}{{/each}}{{yes}}{{no}}';
    const files = { 'page.hbs': `---\nsubject: ${source}\n---\n${source}`, 'page.text.hbs': source };
    const context = { a: 1, b: 2, list: [0, 10n], yes: true, no: false };
    const { subject, html, text } = await renderOf(await loaded(files), 'page', context);
    expect([subject, html, text]).toEqual(['1200110truefalse', '1200110truefalse', '1200110truefalse']);
  });

  test('a helper of the application wins over a context name, a block parameter over both', async () => {
    const helpers = { name: () => 'helper' };
    expect(await html('{{name}} {{this.name}} {{concat name}}', { name: 'context' }, helpers)).toBe(
      'helper context context',
    );
    expect(await html('{{#each a as |name|}}{{name}}{{/each}}', { a: ['param'] }, helpers)).toBe('param');
  });

  test('block helpers and raw blocks of the application', async () => {
    const helpers = {
      twice(this: unknown, n: number, { fn, hash }: TemplateHelperOptions) {
        return `${fn?.({ n })}${String(hash['sep'])}${fn?.({ n: n + 1 })}`;
      },
      raw: (options: TemplateHelperOptions) => options.fn?.({}) ?? '',
    };
    expect(await html('{{#twice one sep="-"}}{{n}}{{/twice}}', { one: 1 }, helpers)).toBe('1-2');
    expect(await html('{{{{raw}}}}{{name}}{{{{/raw}}}}', {}, helpers)).toBe('{{name}}');
  });
});
