import { show } from '../src/mail.report.js';

test.each([
  ['plain', '"plain"'],
  ['a\r\nb', String.raw`"a\r\nb"`],
  ['a\u2028b\u202ec\u0085d\u007f', String.raw`"a\u2028b\u202ec\u0085d\u007f"`],
  ['smtp://user:p@ss/word@mail.test:587', '"smtp://***@mail.test:587"'],
  [undefined, 'nothing'],
  [null, 'null'],
  [42, '42'],
  [[], 'an array'],
  [{ password: 'x' }, 'an object'],
])('%j is shown on one line, without a password', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('long text is cut, and a password in it does not survive the cut', () => {
  expect(show('x'.repeat(1_000_000))).toBe(`"${'x'.repeat(77)}..."`);
  expect(show(`smtps://user:${'p'.repeat(200)}@mail.test`)).toBe('"smtps://***@mail.test"');
});
