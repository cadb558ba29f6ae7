import { codesIn } from '../../../src/message/extract/codes.js';
import { linksIn } from '../../../src/message/extract/links.js';

describe('links', () => {
  test('are those of the html in its order, then those only of the text, each once', () => {
    const html = `<a href="https://shop.test/confirm?a=1&amp;b=2"><b>Confirm</b>
      your address</a> or <a href=" https://shop.test/confirm?a=1&amp;b=2 ">https://shop.test</a>
      <a href="mailto:help@shop.test"><img alt="Help" src="cid:x"></a>`;
    const text = 'Confirm (https://shop.test/confirm?a=1&b=2), or read https://shop.test/terms.';
    expect(linksIn({ html, text })).toEqual([
      { url: 'https://shop.test/confirm?a=1&b=2', text: 'Confirm your address' },
      { url: 'mailto:help@shop.test', text: 'Help' },
      { url: 'https://shop.test/terms', text: 'https://shop.test/terms' },
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '#top',
    '/relative',
    'cid:logo',
    'file:///etc',
    'https://',
  ])('%s is none', (href) => expect(linksIn({ html: `<a href="${href}">x</a>` })).toEqual([]));

  test.each([
    ['(see https://a.test/x_(y))', 'https://a.test/x_(y)'],
    ['[https://a.test/b]', 'https://a.test/b'],
    ['<https://a.test/b>', 'https://a.test/b'],
    ['Go to "https://a.test/b?c=d#e"!', 'https://a.test/b?c=d#e'],
    ['https://a.test/b...', 'https://a.test/b'],
  ])('in text: %s', (text, url) => expect(linksIn({ text })).toEqual([{ url, text: url }]));

  test('none in comments, none where there is nothing', () => {
    expect(linksIn({ html: '<!--[if mso]><a href="https://a.test">x</a><![endif]-->' })).toEqual([]);
    expect(linksIn({})).toEqual([]);
  });
});

describe('codes', () => {
  test.each([
    ['Your code is 4821.', ['4821']],
    ['Code: 48213765', ['48213765']],
    ['483201 is your verification code', ['483201']],
    ['Use this one-time code to sign in to your account: 483 201', ['483201']],
    ['Your PIN: 123-456, valid for 10 minutes', ['123-456']],
    ['Enter the code A1B2-C3D4 at https://a.test/48213', ['A1B2-C3D4']],
    ['OTP 4 8 3 2 0 1', ['483201']],
    ['Your code is 2024', ['2024']],
    ['Order confirmation code: 48213', ['48213']],
    ['Ihr Code lautet 48213', ['48213']],
    ['Tu código es 48213', ['48213']],
    ['Hello\n\n  483201\n\nBye', ['483201']],
    ['Your code:\n4821 (valid for ten minutes)', ['4821']],
  ])('%j', (text, codes) => expect(codesIn({ text })).toEqual(codes));

  test.each([
    'Copyright © 2026 Shop',
    'Since 1999 we do this',
    'Your code expires in 2026',
    'You paid $4821 with code X',
    'You paid 4821 € with code X',
    'The code costs 1,234.50',
    'Order 10442: your code follows',
    'Order number: 10442',
    'Invoice No. 10442',
    'Order #10442 with code X',
    'Call +1 555 123 4567 for a code',
    'Call 555-0199 for a code',
    'Tel. 0800 123456 for your code',
    'https://a.test/code/483201',
    'We moved 4821 boxes',
    'Zip code 48213',
    'code 123 and code 123456789',
    'Mail code483201@a.test',
    'It was on 2026-11-24, your code',
    'Order\n10442',
  ])('none in %j', (text) => expect(codesIn({ text })).toEqual([]));

  test('a code alone in an element', () => {
    const html =
      '<head><title>1111</title></head><p>Hello</p><td><b>48</b>32<span>01</span></td><p>© 2026</p>';
    expect(codesIn({ html })).toEqual(['483201']);
  });

  test('counts a link of both parts once', () => {
    expect(codesIn({ html: '<p>Code</p><p>483 201</p>', text: 'Code: 483201' })).toEqual(['483201']);
  });

  test('long input takes no longer than it is long', () => {
    const text = `${'1 '.repeat(50_000)}${'1234, '.repeat(50_000)} ${'A1-'.repeat(50_000)} ${'9'.repeat(100_000)}`;
    expect(codesIn({ text, html: text })).toEqual([]);
    expect(linksIn({ text: `https://a.test/${')'.repeat(200_000)}` })).toHaveLength(1);
  });
});
