import type { MailTranslator, TranslationRequest } from 'nest-mailroom';
import { failure, loaded, renderOf } from '../templates.js';

async function text(
  source: string,
  translator: MailTranslator,
  locale = 'fr-CA',
): Promise<string | undefined> {
  const catalog = JSON.stringify({ a: 'catalog {x}' });
  const renderer = await loaded({ 'page.text.hbs': source, 'locales/en.json': catalog }, { translator });
  return (await renderOf(renderer, 'page', { x: 'X' }, { locale, timeZone: 'Asia/Tokyo' })).text;
}

test('is asked first, with the mail’s locale and time zone and the arguments', async () => {
  const asked: Array<readonly [string, TranslationRequest]> = [];
  const translate: MailTranslator['translate'] = (key, request) => {
    asked.push([key, request]);
    return 'from elsewhere';
  };
  expect(await text('{{t "a" x=x n=2}} {{t "not.in.the.catalog"}}', { translate })).toBe(
    'from elsewhere from elsewhere',
  );
  const request = { locale: 'fr-CA', timeZone: 'Asia/Tokyo' };
  expect(asked).toEqual([
    ['a', { ...request, args: { x: 'X', n: 2 } }],
    ['not.in.the.catalog', { ...request, args: {} }],
  ]);
});

test('a missing or empty text is looked up in the catalogs', async () => {
  expect(await text('{{t "a" x=x}}', { translate: () => undefined })).toBe('catalog X');
  expect(await text('[{{t "a" x=x}}]', { translate: () => '' })).toBe('[]');
});

test('its text is escaped in html', async () => {
  const renderer = await loaded(
    { 'page.hbs': '{{t "a"}}' },
    { translator: { translate: () => '<b> & {x}' } },
  );
  expect((await renderOf(renderer, 'page')).html).toBe('&lt;b&gt; &amp; {x}');
});

test('it is called as a method', async () => {
  class Texts implements MailTranslator {
    readonly #texts = new Map([['a', 'own']]);

    translate(key: string): string | undefined {
      return this.#texts.get(key);
    }
  }
  expect(await text('{{t "a" x=x}}', new Texts())).toBe('own');
});

/** As JavaScript would have it. */
function answering(answer: unknown): MailTranslator {
  const translator: MailTranslator = { translate: () => undefined };
  return Object.assign(translator, { translate: () => answer });
}

describe('the mail fails when it', () => {
  const throwing: MailTranslator = {
    translate: () => {
      throw new Error('no database');
    },
  };
  test.each<[string, MailTranslator, string]>([
    ['throws', throwing, 'templates.translator: it failed for "a": no database'],
    [
      'returns a promise',
      answering(Promise.resolve('x')),
      'it returned a promise for "a"; translators are synchronous',
    ],
    [
      'returns a promise that rejects',
      answering(Promise.reject(new Error('late'))),
      'it returned a promise for "a"',
    ],
    ['returns an object', answering({ b: 'x' }), 'expected text or undefined for "a", got object'],
    ['returns null', answering(null), 'expected text or undefined for "a", got null'],
    ['returns a number', answering(7), 'expected text or undefined for "a", got number'],
  ])('%s', async (_what, translator, message) => {
    const error = await failure(text('\n{{t "a" x=x}}', translator));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'page', line: 2, column: 1 } });
    expect(error.message).toContain(message);
  });

  test('does not have a key, and the catalogs do not either', async () => {
    const error = await failure(text('{{t "b"}}', { translate: () => undefined }));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'page', line: 1, column: 1 } });
    expect(error.message).toContain('message "b" does not exist in fr-CA, fr, en');
  });

  test('leaves a message that lacks an argument to the catalogs', async () => {
    const error = await failure(text('{{t "a"}}', { translate: () => undefined }));
    expect(error.code).toBe('context-invalid');
    expect(error.message).toMatch(/the message "a" in .*locales\/en\.json:1:7 needs the argument "x"/);
  });
});
