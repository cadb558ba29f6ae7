import { failure, folder, loaded, rendererOf, renderOf } from '../templates.js';

/** The lines of the boot's error that stand for faults of the catalog, without the folder. */
async function faults(content: string, name = 'en'): Promise<readonly string[]> {
  const error = await failure(loaded({ 'page.hbs': 'x', [`locales/${name}.json`]: content }));
  expect(error.code).toBe('template-invalid');
  const lines = error.message.split('\n').slice(1);
  return lines.map((line) => line.replace(/^ {2}- .*?\/(?=locales)/, ''));
}

const QUOTES = "an apostrophe before a brace quotes it; for an apostrophe, write ’ or ''";

describe('a file that cannot be read as a catalog', () => {
  test.each([
    [
      '',
      '1:1: the catalog is not readable: expected an object of messages, { "key": "text" }, the file ends',
    ],
    ['[]', '1:1: the catalog is not readable: expected an object of messages, { "key": "text" }, found "["'],
    ['{\n  "a": "x"', '2:11: the catalog is not readable: expected "," or "}", the file ends'],
    ['{\n  "a": "x"\n  "b": "y"\n}', '3:3: the catalog is not readable: expected "," or "}", found "\\""'],
    ['{\n  "a": "x",\n}', '3:1: the catalog is not readable: expected a key in double quotes, found "}"'],
    ['{ a: "x" }', '1:3: the catalog is not readable: expected a key in double quotes, found "a"'],
    ['{ "a" "x" }', '1:7: the catalog is not readable: expected ":", found "\\""'],
    [
      '{ "a": x }',
      '1:8: the catalog is not readable: expected a text in double quotes, or an object of them, found "x"',
    ],
    [
      '{ "a": ["x"] }',
      '1:8: the catalog is not readable: expected a text in double quotes, or an object of them, found "["',
    ],
    ['{} // end', '1:4: the catalog is not readable: expected the end of the file, found "/"'],
    [
      '{\n  "a": "x\n"}',
      '2:8: the catalog is not readable: this text is not closed on its line; a line break is written \\n',
    ],
    [
      '{ "a": "\\q" }',
      '1:8: the catalog is not readable: this text has an escape or a control character that JSON does not know',
    ],
    [
      '{ "a": "\t" }',
      '1:8: the catalog is not readable: this text has an escape or a control character that JSON does not know',
    ],
    [`${'{"a":'.repeat(102)}1`, '1:507: the catalog is not readable: nested more than 100 levels'],
  ])('%j', async (content, expected) => {
    expect(await faults(content)).toEqual([`locales/en.json:${expected}`]);
  });

  test('a file that is too large', async () => {
    const [line] = await faults(`{ "a": "${'x'.repeat(8 * 1024 * 1024)}" }`);
    expect(line).toMatch(/^locales\/en\.json:1:1: the file has \d+ bytes; at most 8388608 are read$/);
  });

  test.each([
    ['english_', '"english_" is no locale (BCP 47)'],
    ['en_GB', '"en_GB" is no locale (BCP 47); write en-GB'],
    ['fr/common', '"fr/common" is no locale (BCP 47)'],
  ])('a file named %s', async (name, what) => {
    expect(await faults('{}', name)).toEqual([
      `locales/${name}.json:1:1: ${what}. Catalogs are named locales/<locale>.json`,
    ]);
  });

  test('two for one language', async () => {
    const error = await failure(loaded({ 'locales/fr-CA.json': '{}', 'locales/fr-ca.json': '{}' }));
    expect(error.message).toMatch(/fr-ca\.json:1:1: has the same locale as .*fr-CA\.json/);
  });

  test('is reported once, not with every message that it lacks', async () => {
    const error = await failure(loaded({ 'page.hbs': '{{t "a"}}{{t "b"}}', 'locales/en.json': '{' }));
    expect(error.message.split('\n')).toHaveLength(2);
  });
});

describe('a catalog with values that are no messages', () => {
  test('reports each at its place', async () => {
    const content = [
      '{',
      '  "a": 7,',
      '  "b": true,',
      '  "c": { "d": 1.5, "e": "fine" },',
      '  "a": "again",',
      '  "c.e": "twice"',
      '}',
    ];
    expect(await faults(content.join('\n'))).toEqual([
      'locales/en.json:2:8: "a" is 7; messages are texts in double quotes',
      'locales/en.json:3:8: "b" is true; messages are texts in double quotes',
      'locales/en.json:4:15: "c.d" is 1.5; messages are texts in double quotes',
      'locales/en.json:5:3: "a" is given twice',
      'locales/en.json:6:10: the message "c.e" is given twice',
    ]);
  });
});

// As translators' tools write what has not been translated.
describe('a message without a text', () => {
  test.each(['""', 'null'])('%s falls back to the next language', async (nothing) => {
    const files = {
      'page.text.hbs': '{{t "a.b"}} {{t "c"}}',
      'locales/en.json': '{"a":{"b":"B"},"c":"C"}',
      'locales/fr.json': `{"a":{"b":${nothing}},"c":"Cé"}`,
      'locales/fr-CA.json': `{"a.b":${nothing},"c":${nothing}}`,
    };
    const renderer = await loaded(files);
    expect(await renderOf(renderer, 'page', {}, { locale: 'fr-CA' })).toEqual({ text: 'B Cé' });
    expect(renderer.faults()).toEqual([]);
  });

  test('fails the boot at the call if no language has it, and says where to write it', async () => {
    const error = await failure(
      loaded({ 'page.hbs': '\n{{t "a"}}', 'locales/en.json': '{\n  "a": ""\n}', 'locales/fr.json': '{}' }),
    );
    expect(error).toMatchObject({ code: 'template-invalid', at: { line: 2, column: 1 } });
    expect(error.message).toMatch(
      /message "a" does not exist in en\. It is empty: write it at .*locales\/en\.json:2:9/,
    );
  });

  test('may be a duplicate, which is reported like any other', async () => {
    expect(await faults('{"a":"","a":"x"}')).toEqual([
      'locales/en.json:1:9: "a" is given twice',
      'locales/en.json:1:13: the message "a" is given twice',
    ]);
  });
});

test('a catalog may be that of a whole application', async () => {
  const others = Array.from({ length: 59_900 }, (_, index) => [`other.${index}`, 'x'.repeat(120)]);
  const content = JSON.stringify({ ...Object.fromEntries(others), a: 'Hi {name}' }, undefined, 1);
  expect(content.length).toBeGreaterThan(8_000_000);
  const renderer = await loaded({ 'page.text.hbs': '{{t "a" name="Ada"}}', 'locales/en.json': content });
  expect((await renderOf(renderer, 'page')).text).toBe('Hi Ada');
  const places = renderer.messages().all.map(({ place }) => place.line);
  expect([places.length, places.at(0), places.at(-1)]).toEqual([59_901, 2, 59_902]);
});

describe('a text that is not an ICU message', () => {
  test.each([
    ['Hi {name', 11, 'this "{" is never closed'],
    ['{}', 8, '"{}" names no argument; a literal brace is written \'{\''],
    ['{{name}}', 8, 'expected an argument: {name}, {name, number}, {name, plural, …}'],
    ["{n, plural, one {l'{thing}} other {x}}", 24, `this "{" is never closed; ${QUOTES}`],
    ['{n,}', 11, 'expected number, date, time, plural, selectordinal or select after the comma'],
    ['{n, money}', 12, 'expected number, date, time, plural, selectordinal or select'],
    ['{n, number, }', 20, 'expected a style after the comma'],
    ['{n, plural, one {x}}', 27, 'the case "other {…}" is missing'],
    ['{n, plural, other {x} other {y}}', 30, 'this case is given twice'],
    [
      '{n, plural, on {x} other {y}}',
      8,
      '"on" is no plural case: zero, one, two, few, many, other, or a number as =0',
    ],
    ['{n, select, a}', 21, 'expected the text of this case in braces'],
    ['{n, select}', 18, 'expected cases: {name, select, a {…} other {…}}'],
    [
      '{n, number, foo}',
      8,
      'unknown style "foo": integer, currency, percent, or a skeleton such as ::currency/EUR',
    ],
    [
      '{n, date, constructor}',
      8,
      'unknown style "constructor": short, medium, long, full, or a skeleton such as ::yMMMd',
    ],
    ['{n, number, ::foo}', 8, 'the skeleton says nothing that is known; write one such as ::currency/EUR'],
    ['{n, date, ::qq}', 8, '`q/Q` (quarter) patterns are not supported'],
    ['{n, number, currency}', 8, 'the style cannot be used: Currency code is required with currency style.'],
    ['{n, number, ::currency/XYZW}', 8, 'the style cannot be used: Invalid currency code : XYZW'],
    [
      'x {g, select, a {{n, number, foo}} other {}}',
      25,
      'unknown style "foo": integer, currency, percent, or a skeleton such as ::currency/EUR',
    ],
    ['{a, date} {a}', 8, '"a" is a date at one place and none at another'],
  ])('%s', async (text, column, what) => {
    const content = `{\n"a": "x",\n  "b": ${JSON.stringify(text)}\n}`;
    expect(await faults(content)).toEqual([`locales/en.json:3:${column + 1}: message "b": ${what}`]);
  });

  test('its place counts characters as written', async () => {
    expect(await faults(String.raw`{ "a": "\"\u00e9\ud83d\ude00\\ {" }`)).toEqual([
      'locales/en.json:1:32: message "a": this "{" is never closed',
    ]);
  });
});

test('a catalog may start with a byte order mark, use tabs and escapes', async () => {
  const content = '\uFEFF{\r\n\t"a":\t"\\u00e9\\/\\n{x}"\r\n}\r\n';
  const renderer = await loaded({ 'page.text.hbs': '{{t "a" x=1}}', 'locales/en.json': content });
  expect((await renderOf(renderer, 'page')).text).toBe('é/\n1');
});

test('apostrophes quote only where ICU says so', async () => {
  const content = JSON.stringify({ a: "it's {x}, '{literal}', l''eau" });
  const renderer = await loaded({ 'page.text.hbs': '{{t "a" x=1}}', 'locales/en.json': content });
  expect((await renderOf(renderer, 'page')).text).toBe("it's 1, {literal}, l'eau");
});

test('other JSON files in the folder are left alone, and templates in a folder named locales work', async () => {
  const renderer = await loaded({ 'data.json': 'none', 'deep/locales/x.json': 'none', 'locales/a.hbs': 'A' });
  expect(renderer.names()).toEqual(['locales/a']);
});

test('the first folder with a message in the nearest language wins', async () => {
  const first = await folder({ 'page.text.hbs': '{{t "a"}} {{t "b"}}', 'locales/en.json': '{"a":"first"}' });
  const second = await folder({
    'locales/en.json': '{"a":"second","b":"b"}',
    'locales/fr.json': '{"a":"deux"}',
  });
  const renderer = rendererOf({ roots: [first, second].map((dir) => ({ dir, required: true })) });
  await renderer.load();
  expect((await renderOf(renderer, 'page')).text).toBe('first b');
  expect((await renderOf(renderer, 'page', {}, { locale: 'fr' })).text).toBe('deux b');
});

describe('with features', () => {
  async function shop(): Promise<ReturnType<typeof rendererOf>> {
    const root = await folder({
      'layouts/main.hbs': '{{t "footer"}}|{{> @partial-block}}',
      'page.hbs': '{{t "title"}}',
      'locales/en.json': '{"title":"root","footer":"root footer","only":"root only"}',
      'locales/fr.json': '{"title":"racine","only":"racine seule"}',
    });
    const dir = await folder({
      'invoice.hbs': '---\nlayout: main\n---\n{{t "title"}} {{t "only"}} {{t "own"}}',
      'locales/en.json': '{"title":"billing","own":"own","footer":"never"}',
    });
    const roots = [
      { dir: root, required: true },
      { namespace: 'billing', dir, required: true },
    ];
    const renderer = rendererOf({ roots });
    await renderer.load();
    return renderer;
  }

  test('its own messages come first in every language, then the application’s', async () => {
    const renderer = await shop();
    expect((await renderOf(renderer, 'billing/invoice')).html).toBe('root footer|billing root only own');
    const french = await renderOf(renderer, 'billing/invoice', {}, { locale: 'fr' });
    expect(french.html).toBe('root footer|billing racine seule own');
  });

  test('a message that is replaced in every language needs no argument', async () => {
    const root = await folder({ 'locales/en.json': '{"a":"{x}"}', 'locales/fr.json': '{"a":"{y}"}' });
    const page = '{{t "a"}}';
    const own = await folder({ 'page.hbs': page, 'locales/en.json': '{"a":"own"}' });
    const some = await folder({ 'page.hbs': page, 'locales/fr.json': '{"a":"propre"}' });
    const withFeature = (dir: string): ReturnType<typeof rendererOf> =>
      rendererOf({
        roots: [
          { dir: root, required: true },
          { namespace: 'billing', dir, required: true },
        ],
      });
    await withFeature(own).load();
    const error = await failure(withFeature(some).load());
    expect(error.message).toContain('locales/en.json:1:7) needs the argument "x"');
  });

  test('templates of the application do not use them', async () => {
    expect((await renderOf(await shop(), 'page')).html).toBe('root');
    const root = await folder({ 'page.hbs': '{{t "own"}}' });
    const dir = await folder({ 'locales/en.json': '{"own":"own"}' });
    const renderer = rendererOf({
      roots: [
        { dir: root, required: true },
        { namespace: 'billing', dir, required: true },
      ],
    });
    expect((await failure(renderer.load())).message).toContain('message "own" does not exist in en');
  });
});
