import type { HandlebarsRendererOptions } from '../../../src/render/handlebars-renderer.js';
import type { RenderRequest } from '../../../src/render/renderer.js';
import { failure, loaded, renderOf } from '../templates.js';

type Catalogs = Readonly<Record<string, object>>;

function files(source: string, catalogs: Catalogs): Record<string, string> {
  const written = Object.entries(catalogs).map(([name, messages]): [string, string] => [
    `locales/${name}.json`,
    JSON.stringify(messages, undefined, 2),
  ]);
  return { 'page.hbs': source, 'page.text.hbs': source, ...Object.fromEntries(written) };
}

interface Asked extends Partial<RenderRequest> {
  readonly options?: Partial<HandlebarsRendererOptions>;
}

async function text(
  source: string,
  catalogs: Catalogs,
  { options, context, ...request }: Asked = {},
): Promise<string | undefined> {
  const renderer = await loaded(files(source, catalogs), options);
  return (await renderOf(renderer, 'page', context, request)).text;
}

describe('plural and select', () => {
  const items = {
    en: { items: '{n, plural, =0 {no items} one {# item} other {# items}}' },
    fr: { items: '{n, plural, one {# article} other {# articles}}' },
    pl: { items: '{n, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}}' },
    ar: { items: '{n, plural, zero {صفر} one {واحد} two {اثنان} few {قليل #} many {كثير #} other {آخر #}}' },
  };

  test.each([
    ['en', 0, 'no items'],
    ['en', 1, '1 item'],
    ['en', 1234.5, '1,234.5 items'],
    ['fr', 0, '0 article'],
    ['fr', 1.5, '1,5 article'],
    ['fr', 2, '2 articles'],
    ['pl', 1, '1 plik'],
    ['pl', 3, '3 pliki'],
    ['pl', 5, '5 plików'],
    ['pl', 1.5, '1,5 pliku'],
    ['ar', 0, 'صفر'],
    ['ar', 2, 'اثنان'],
    ['ar', 3, 'قليل 3'],
    ['ar', 11, 'كثير 11'],
    ['ar', 100, 'آخر 100'],
  ])('%s: %d is "%s"', async (locale, n, expected) => {
    expect(await text('{{t "items" n=n}}', items, { locale, context: { n } })).toBe(expected);
  });

  test.each([
    ['1', '1 item'],
    [7n, '7 items'],
    ['2.50', '2.5 items'],
  ])('a count may be %p, as databases give it', async (n, expected) => {
    expect(await text('{{t "items" n=n}}', items, { context: { n } })).toBe(expected);
  });

  test('offset, ordinals, and a select around a plural', async () => {
    const en = {
      guests: '{n, plural, offset:1 =1 {only {host}} one {{host} and # other} other {{host} and # others}}',
      place: '{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}',
      who: '{g, select, female {{n, plural, one {her # book} other {her # books}}} other {their books}}',
    };
    const source =
      '{{t "guests" n=1 host="Ada"}}; {{t "guests" n=3 host="Ada"}}; {{t "place" n=22}}; {{t "who" g="female" n=2}}; {{t "who" g=x n=2}}';
    const expected = 'only Ada; Ada and 2 others; 22nd; her 2 books; their books';
    expect(await text(source, { en }, { context: { x: 'any' } })).toBe(expected);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'a choice named %s is like any other',
    async (choice) => {
      const en = {
        who: '{g, select, a {A} other {other}}',
        odd: `{g, select, ${choice} {that} other {other}}`,
      };
      const context = { choice };
      expect(await text('{{t "who" g=choice}} {{t "odd" g=choice}}', { en }, { context })).toBe('other that');
    },
  );
});

describe('where a message is looked up', () => {
  const catalogs = {
    en: { a: 'en a', b: 'en b', c: 'en c' },
    fr: { a: 'fr a', b: 'fr b' },
    'fr-CA': { a: 'fr-CA a' },
  };
  const source = '{{t "a"}}, {{t "b"}}, {{t "c"}}';

  test.each([
    ['fr-CA', 'fr-CA a, fr b, en c'],
    ['fr-BE', 'fr a, fr b, en c'],
    ['de', 'en a, en b, en c'],
    [undefined, 'en a, en b, en c'],
  ])('for %s', async (locale, expected) => {
    expect(await text(source, catalogs, locale === undefined ? {} : { locale })).toBe(expected);
  });

  test('the default language is the application’s', async () => {
    const options = { defaultLocale: 'fr-CA' };
    const page = '{{t "a"}}, {{t "b"}} {{formatNumber 1.5}} {{@locale}}';
    expect(await text(page, catalogs, { options })).toBe('fr-CA a, fr b 1,5 fr-CA');
    expect(await text(page, catalogs, { options, locale: 'de' })).toBe('fr-CA a, fr b 1,5 de');
  });

  test('a message in another language than the mail’s formats by its own rules', async () => {
    const en = { n: '{n, plural, one {one} other {other}}: {x, number} on {at, date, long}' };
    const context = { n: 0, x: 1.5, at: '2026-03-09' };
    expect(await text('{{t "n" n=n x=x at=at}}', { en }, { locale: 'fr', context })).toBe(
      'other: 1.5 on March 9, 2026',
    );
  });

  test('nested keys are joined by dots; flat ones work too', async () => {
    const en = { welcome: { title: 'Hi {name}', 'sub.title': 'Sub' }, 'a.b.c': 'flat' };
    expect(
      await text('{{t "welcome.title" name="Ada"}} {{t "welcome.sub.title"}} {{t "a.b.c"}}', { en }),
    ).toBe('Hi Ada Sub flat');
  });

  test('a key may be computed', async () => {
    const en = { status: { paid: 'Paid', open: 'Open' } };
    const page = '{{t (concat "status." order)}}';
    expect(await text(page, { en }, { context: { order: 'open' } })).toBe('Open');
    const error = await failure(text(page, { en }, { context: { order: 'opne' } }));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'page', line: 1, column: 1 } });
    expect(error.message).toContain('"status.opne" does not exist in en. Did you mean "status.open"?');
  });
});

describe('printing', () => {
  const en = { hi: '<b>Hi</b> {name} & co', at: '{at, date, ::yMMMMd} {at, time, ::jmm}' };

  test('is escaped in html, and unchanged in text and subject', async () => {
    const page =
      '---\nsubject: {{t "hi" name=name}}\n---\n<p title="{{t "hi" name=name}}">{{t "hi" name=name}}</p>';
    const renderer = await loaded({
      'page.hbs': page,
      'page.text.hbs': '{{t "hi" name=name}}',
      'locales/en.json': JSON.stringify(en),
    });
    const { html, text: plain, subject } = await renderOf(renderer, 'page', { name: '<"Ada">' });
    const escaped = '&lt;b&gt;Hi&lt;/b&gt; &lt;&quot;Ada&quot;&gt; &amp; co';
    expect(html).toBe(`<p title="${escaped}">${escaped}</p>`);
    expect([plain, subject]).toEqual(Array(2).fill('<b>Hi</b> <"Ada"> & co'));
  });

  test('dates are in the mail’s time zone', async () => {
    const context = { at: new Date('2026-03-09T23:30:00Z') };
    const source = '{{t "at" at=at}}';
    expect(await text(source, { en }, { context })).toMatch(/^March 9, 2026 11:30\sPM$/);
    expect(await text(source, { en }, { context, timeZone: 'Asia/Tokyo' })).toMatch(
      /^March 10, 2026 8:30\sAM$/,
    );
  });

  test('a template with messages stays on the fast path with the same values', async () => {
    const page = '<style>p { color: red }</style><p>{{t "hi" name=name}}</p>';
    const renderer = await loaded(files(page, { en }), { inlineCss: true });
    expect(renderer.fastPaths()).toMatchObject([{ fastPath: { ok: true } }]);
    const { html } = await renderOf(renderer, 'page', { name: 'a\rb' });
    expect(html).toContain('<p style="color: red;">&lt;b&gt;Hi&lt;/b&gt; a\nb &amp; co</p>');
  });

  test('a message can be an argument of a helper or a component', async () => {
    const page =
      '{{concat (t "hi" name="x") "!"}}{{#if (eq (t "hi" name="x") "<b>Hi</b> x & co")}} same{{/if}}';
    expect(await text(page, { en })).toBe('<b>Hi</b> x & co! same');
  });

  test('null prints nothing; numbers and booleans print as they are', async () => {
    expect(
      await text(
        '{{t "v" a=a b=b c=c}}',
        { en: { v: '[{a}{b}{c}]' } },
        { context: { a: null, b: 12, c: true } },
      ),
    ).toBe('[12true]');
  });
});

describe('arguments', () => {
  const en = { hi: 'Hi {name}', n: '{n, number, percent}', at: '{at, date}' };

  test.each([
    ['{{t "hi" name=user}}', { user: {} }, 'the argument "name" of the message "hi" in'],
    ['{{t "hi" name=at}}', { at: new Date(0) }, 'got a Date; the message has to say {…, date}'],
    ['{{t "n" n=n}}', { n: 'many' }, 'the argument "n" of the message "n"'],
    ['{{t "n" n=n}}', { n: null }, 'expected a number, got null'],
    ['{{t "at" at=at}}', { at: 'soon' }, 'expected a Date, milliseconds or an ISO 8601 string'],
    ['{{t "hi" name=user.name}}', { user: {} }, '"user.name" is missing'],
    ['{{t key}}', { key: 7 }, 't: expected the key of a message, got number'],
    ['{{t key}}', { key: 'hi' }, 'needs the argument "name"'],
    ['{{t key}}', { key: 'toString' }, '"toString" does not exist'],
  ])('%s with %j is context-invalid', async (source, context, message) => {
    const error = await failure(text(source, { en }, { context }));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'page', line: 1 } });
    expect(error.message).toContain(message);
  });
});

describe('a failed boot', () => {
  async function fault(
    source: string,
    catalogs: Catalogs = { en: { welcome: { title: 'Hi {name}' } } },
  ): Promise<string> {
    const error = await failure(loaded({ ...files('x', catalogs), 'page.hbs': source }));
    expect(error.code).toBe('template-invalid');
    return error.message;
  }

  test('a key that is in no catalog, with what was meant', async () => {
    expect(await fault('<p>\n  {{t "welcome.titel" name=n}}</p>')).toMatch(
      /page\.hbs:2:3: message "welcome\.titel" does not exist in en\. Did you mean "welcome\.title"\?$/,
    );
  });

  test.each([
    ['in a subject', '---\nsubject: {{t "nothing"}}\n---\n', 'page.hbs:2:10'],
    ['in a subexpression', '{{concat (t "nothing") "x"}}', 'page.hbs:1:10'],
  ])('a key that does not exist %s', async (_where, source, place) => {
    expect(await fault(source)).toContain(`${place}: message "nothing" does not exist`);
  });

  test('a group of messages is not a message', async () => {
    expect(await fault('{{t "welcome"}}')).toContain('message "welcome" does not exist');
  });

  test('a key that only other languages have', async () => {
    const catalogs = { en: {}, fr: { a: 'x' } };
    expect(await fault('{{t "a"}}', catalogs)).toContain('message "a" does not exist in en, only in fr');
  });

  test('an argument that a message needs in any language', async () => {
    const catalogs = { en: { a: 'x {name}' }, fr: { a: '{title} {name}' } };
    expect(await fault('{{t "a" name="x" titel="y"}}', catalogs)).toMatch(
      /page\.hbs:1:1: message "a" \(.*fr\.json:2:9\) needs the argument "title"\. Is it meant by "titel"\?/,
    );
  });

  test('a second argument without a name', async () => {
    expect(await fault('{{t "welcome.title" name}}')).toContain('helper "t" expects 1 argument, got 2');
  });

  test('templates with messages but without catalogs', async () => {
    expect(await fault('{{t "a"}}', {})).toContain('Add it to locales/en.json in the templates folder');
  });

  test('a variant needs its messages in its own language or the default one', async () => {
    const catalogs = { en: {}, fr: { a: 'a' } };
    const renderer = await loaded({ ...files('x', catalogs), 'page.fr.hbs': '{{t "a"}}' });
    expect((await renderOf(renderer, 'page', {}, { locale: 'fr-CA' })).html).toBe('a');
  });
});

test('a variant need not have the arguments of messages in other languages', async () => {
  const catalogs = {
    en: { a: '{x}' },
    fr: { a: 'fr {x}' },
    'fr-CA': { a: 'CA {x} {y}' },
    de: { a: 'de {z}' },
  };
  const source = '{{t "a" x=1 y=2}}';
  const renderer = await loaded({ ...files('x', catalogs), 'page.fr.hbs': source });
  expect((await renderOf(renderer, 'page', {}, { locale: 'fr-CA' })).html).toBe('CA 1 2');
  const error = await failure(loaded({ ...files('x', catalogs), 'page.fr.hbs': '{{t "a" x=1}}' }));
  expect(error.message).toMatch(/fr-CA\.json:2:9\) needs the argument "y"\. Write y=…$/);
});

test('a helper of the application named t is the application’s', async () => {
  const renderer = await loaded(
    { 'page.hbs': '{{t "x" 2}}' },
    { helpers: { t: (key: string) => `own ${key}` } },
  );
  expect((await renderOf(renderer, 'page')).html).toBe('own x');
});

test('{{t}} without a key prints the context’s own', async () => {
  const renderer = await loaded({ 'page.hbs': '{{t}}' });
  expect((await renderOf(renderer, 'page', { t: 'tea' })).html).toBe('tea');
});
