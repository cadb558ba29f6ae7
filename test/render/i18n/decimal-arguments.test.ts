import { Decimal } from 'decimal.js';
import { failure, loaded, renderOf } from '../templates.js';

async function written(message: string, n: unknown): Promise<string | undefined> {
  const files = { 'page.hbs': '{{t "m" n=n}}', 'locales/en.json': JSON.stringify({ m: message }) };
  return (await renderOf(await loaded(files), 'page', { n })).html;
}

const PLURAL = '{n, plural, =1 {one} other {# of them}}';

describe('a number of a message', () => {
  test.each<[string, unknown, string]>([
    ['{n, number}', new Decimal('12345678901234567.89'), '12,345,678,901,234,567.89'],
    ['{n, number}', '12345678901234567.89', '12,345,678,901,234,567.89'],
    ['{n, number}', 12345678901234567890n, '12,345,678,901,234,567,890'],
    ['{n, number, ::currency/EUR}', new Decimal('9.9'), '€9.90'],
    [PLURAL, '1.0', 'one'],
    [PLURAL, new Decimal(1), 'one'],
    [PLURAL, 1n, 'one'],
    [PLURAL, new Decimal(3), '3 of them'],
    [PLURAL, 20000000000000000n, '20,000,000,000,000,000 of them'],
  ])('%s of %s', async (message, n, expected) => {
    expect(await written(message, n)).toBe(expected);
  });

  test.each([Number.NaN, Infinity, 'many', [1], {}])('is not %p', async (n) => {
    expect((await failure(written('{n, number}', n))).code).toBe('context-invalid');
  });
});
