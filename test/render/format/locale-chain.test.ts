import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localeChain, localeParents } from '../../../src/render/format/locale-chain.js';
import { COMPILED } from '../../support/spool-thread.js';
import { MemorySource } from '../source/stores.js';
import { failure, folder, loaded, renderOf } from '../templates.js';

// Parents are those of CLDR 48, supplemental/parentLocales.json.
test.each([
  ['nb-NO', 'nb-NO nb no no-NO'],
  ['nn-NO', 'nn-NO nn no no-NO nb'],
  ['no', 'no no-NO nb'],
  ['es-MX', 'es-MX es-419 es es-ES'],
  ['es-US', 'es-US es-419 es es-ES'],
  ['es-ES', 'es-ES es'],
  ['es-GQ', 'es-GQ es es-ES'],
  ['pt-AO', 'pt-AO pt-PT pt pt-BR'],
  ['pt-BR', 'pt-BR pt'],
  ['en-AU', 'en-AU en-001 en-GB en en-US'],
  ['en-AT', 'en-AT en-150 en-001 en-GB en en-US'],
  ['en-GB', 'en-GB en-001 en en-US'],
  ['en-PH', 'en-PH en en-US'],
  ['en-Latn-AU', 'en-Latn-AU en-AU en-001 en-GB en en-US'],
  ['zh-TW', 'zh-TW zh-Hant-TW zh-Hant'],
  ['zh-Hant-TW', 'zh-Hant-TW zh-TW zh-Hant'],
  ['zh-HK', 'zh-HK zh-Hant-HK zh-Hant zh-TW zh-Hant-TW'],
  ['zh-MO', 'zh-MO zh-Hant-MO zh-HK zh-Hant-HK zh-Hant zh-TW zh-Hant-TW'],
  ['zh-CN', 'zh-CN zh-Hans-CN zh-Hans zh'],
  ['zh-SG', 'zh-SG zh-Hans-SG zh-Hans zh zh-Hans-CN zh-CN'],
  ['zh', 'zh zh-Hans zh-Hans-CN zh-CN'],
  ['sr-Latn', 'sr-Latn sr-Latn-RS'],
  ['sr-ME', 'sr-ME sr-Latn-ME sr-Latn sr-Latn-RS'],
  ['sr-RS', 'sr-RS sr-Cyrl-RS sr-Cyrl sr'],
  ['pa-PK', 'pa-PK pa-Arab-PK pa-Arab'],
  ['hi-Latn', 'hi-Latn hi-Latn-IN'],
  ['fr-CA', 'fr-CA fr fr-FR'],
  ['de', 'de de-DE'],
  ['ca-ES-valencia', 'ca-ES-valencia ca-ES ca'],
  ['de-AT-u-nu-latn', 'de-AT de de-DE'],
  ['iw', 'he he-IL'],
  ['tlh', 'tlh'],
])('%s tries %s', (locale, chain) => {
  expect(localeChain(locale).join(' ')).toBe(chain);
});

/** The file of the nearest language, as messages, variants of templates, partials and catalogs have it. */
async function nearest(locale: string, languages: readonly string[]): Promise<unknown> {
  const files = languages.flatMap((tag) => [
    [`page.${tag}.hbs`, tag],
    [`partials/name.${tag}.hbs`, tag],
    [`locales/${tag}.json`, `{"name":"${tag}"}`],
  ]);
  const renderer = await loaded(
    {
      ...Object.fromEntries(files),
      'page.hbs': 'none',
      'partials/name.hbs': 'none',
      'locales/en-ZZ.json': '{"name":"none"}',
      'message.hbs': '{{t "name"}}',
    },
    { defaultLocale: 'en-ZZ' },
  );
  const [page, message] = [
    await renderOf(renderer, 'page', {}, { locale }),
    await renderOf(renderer, 'message', {}, { locale }),
  ];
  return [page.html, message.html];
}

test.each([
  ['nb-NO', ['no', 'da'], 'no'],
  ['no-NO', ['nb'], 'nb'],
  ['nn', ['nb', 'nn'], 'nn'],
  ['es-MX', ['es', 'es-419'], 'es-419'],
  ['es-ES', ['es', 'es-419'], 'es'],
  ['pt-MZ', ['pt', 'pt-PT'], 'pt-PT'],
  ['en-NZ', ['en', 'en-GB'], 'en-GB'],
  ['zh-TW', ['zh', 'zh-Hant'], 'zh-Hant'],
  ['zh-Hant-HK', ['zh', 'zh-TW'], 'zh-TW'],
  ['zh-CN', ['zh-Hant', 'zh-Hans'], 'zh-Hans'],
  ['sr-ME', ['sr', 'sr-Latn'], 'sr-Latn'],
  ['de-AT', ['de-DE'], 'de-DE'],
  ['pt', ['pt-BR', 'pt-PT'], 'pt-BR'],
  // Another script is another language.
  ['sr-Latn', ['sr'], 'none'],
  ['zh-TW', ['zh'], 'none'],
  ['zh', ['zh-Hant'], 'none'],
  ['de', ['de-AT'], 'none'],
])('a reader of %s with %j gets %s, template and messages alike', async (locale, languages, expected) => {
  expect(await nearest(locale, languages)).toEqual([expected, expected]);
});

test('a partial, a layout and inherited front matter follow the same languages', async () => {
  const renderer = await loaded({
    'page.hbs': '---\nlayout: outer\n---\nbase',
    'page.es-419.hbs': '{{> name}}',
    'layouts/outer.es.hbs': '<es>{{> @partial-block}}',
    'layouts/outer.hbs': '<base>{{> @partial-block}}',
    'partials/name.es-ES.hbs': 'nombre',
    'partials/name.hbs': 'name',
  });
  expect((await renderOf(renderer, 'page', {}, { locale: 'es-MX' })).html).toBe('<es>nombre');
});

test('a source is asked in these languages, except for likeliest regions', async () => {
  const source = new MemorySource();
  source.put('news', 'zh', 'zh-Hant');
  const renderer = await loaded({}, { sources: [source] });
  expect((await renderOf(renderer, 'news', {}, { locale: 'zh-HK' })).html).toBe('zh');
  expect(source.asked.map(({ locale }) => locale)).toEqual([...localeParents('zh-HK'), undefined]);
  expect(localeParents('zh-HK')).toEqual(['zh-HK', 'zh-Hant-HK', 'zh-Hant']);
});

test('an error for a missing message names the languages tried, without all their spellings', async () => {
  const error = await failure(
    loaded({ 'page.es-MX.hbs': '{{t "a"}}', 'page.hbs': 'x', 'locales/en.json': '{}' }),
  );
  expect(error.message).toContain('message "a" does not exist in es-MX, es-419, es, en');
});

const run = promisify(execFile);

// `Intl` has no Klingon: it takes the language of the server where none of a list is known to it.
test.each(['de_DE.UTF-8', 'C', 'ja_JP.UTF-8'])(
  'numbers and dates are never in the language of the server: %s',
  async (LANG) => {
    const dir = await folder({
      'page.text.hbs':
        '{{formatDate at "long"}} {{formatNumber 1234.5}} {{formatList names}} {{t "a" n=1 at=at}}',
      'locales/en.json': '{"a":"{n, plural, one {one} other {more}} {at, date, long}"}',
    });
    const context = { at: '2026-03-01', names: ['a', 'b'] };
    const requests = ['tlh', 'tlh-DE', 'nb-NO'].map((locale) => ({
      template: 'page',
      timeZone: 'UTC',
      date: 0,
      locale,
      context,
    }));
    const script = join(__dirname, '..', 'rendering-process.mjs');
    const env = { ...process.env, LANG, LC_ALL: LANG };
    const { stdout } = await run(process.execPath, [script, COMPILED, dir, JSON.stringify(requests)], {
      env,
    });
    const english = 'March 1, 2026 1,234.5 a and b one March 1, 2026';
    expect(JSON.parse(stdout)).toEqual([
      english,
      english,
      '1. mars 2026 1\u00a0234,5 a og b one March 1, 2026',
    ]);
  },
);
