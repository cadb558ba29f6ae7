import { appliedSelectors, styleRules, type SheetRule } from '../../../src/render/css/style-rules.js';

const PARTS = ['inlinable', 'kept'] as const;

/** A sheet as it is parted: what the engine is asked for, and what stays whatever the page has. */
function parted(css: string) {
  const rules = styleRules(css);
  const of = (part: (typeof PARTS)[number], rule: SheetRule): string[] => {
    if (rule.kind === 'at-rule') return part === 'kept' ? [rule.text] : [];
    const inlinable = appliedSelectors(rule);
    const selectors = rule.selectors.filter(
      (selector) => inlinable.includes(selector) === (part === 'inlinable'),
    );
    const texts = selectors.map(({ text, match }) => (part === 'inlinable' ? (match ?? '') : text));
    return texts.length > 0 ? [texts.join(', ') + rule.body] : [];
  };
  const [inlinable, kept] = PARTS.map((part) => rules.flatMap((rule) => of(part, rule)).join('\n'));
  return { inlinable, kept };
}

describe('a style sheet', () => {
  test.each<[css: string, inlinable: string, kept: string]>([
    ['a{b:c}', 'a{b:c}', ''],
    ['a,b:focus{c:d}', 'a{c:d}', 'b:focus{c:d}'],
    ['@charset "x";a{b:c}', 'a{b:c}', '@charset "x";'],
    ['<!-- a{b:url("}")} -->', 'a{b:url("}")}', ''],
    ['.a\\:b{c:d}', '.a\\:b{c:d}', ''],
    ['@supports (x:y){a{b:c}@media d{e{f:g}}}', '', '@supports (x:y){a{b:c}@media d{e{f:g}}}'],
    ['', '', ''],
    // An address without quotes may hold what structures a sheet, but for the bracket that ends it.
    [
      '@import url(https://f.test/css2?family=Inter:wght@400;500&display=swap);.lead{color:#111}',
      '.lead{color:#111}',
      '@import url(https://f.test/css2?family=Inter:wght@400;500&display=swap);',
    ],
    ['@import url( "a;b" ) screen;a{b:c}', 'a{b:c}', '@import url( "a;b" ) screen;'],
    ['@namespace svg url(http://x.test/;{});a{b:c}', 'a{b:c}', '@namespace svg url(http://x.test/;{});'],
    ['a{b:url(data:image/svg+xml;utf8,{x}/*y*/)}', 'a{b:url(data:image/svg+xml;utf8,{x}/*y*/)}', ''],
    ['a{b:url(//x.test/*/a.png)}c{d:e}', 'a{b:url(//x.test/*/a.png)}\nc{d:e}', ''],
    ['a::after{b:"\\"}"}c{d:\'\\\'}\'}', "c{d:'\\'}'}", 'a::after{b:"\\"}"}'],
    ['a{b:"x\\\ny;}"}c{d:e}', 'a{b:"x\\\ny;}"}\nc{d:e}', ''],
    ['a[b="]{"]{c:d}', 'a[b="]{"]{c:d}', ''],
    ['@layer a,b;@layer a{c{d:e}}f{g:h}', 'f{g:h}', '@layer a,b;\n@layer a{c{d:e}}'],
    ['@font-face{a:b}@page :first{c:d}@media x{}', '', '@font-face{a:b}\n@page :first{c:d}\n@media x{}'],
    ['@media(width>1px){a{b:c}}', '', '@media(width>1px){a{b:c}}'],
    // Rules in rules.
    ['a{b:c;&:hover{d:e}}f{g:h}', 'f{g:h}', 'a{b:c;&:hover{d:e}}'],
    ['a{b:c;@media x{d:e}}', '', 'a{b:c;@media x{d:e}}'],
    ['a{b{c:d}e:f}', '', 'a{b{c:d}e:f}'],
    ['a{--b:{c:d};e:f}', 'a{--b:{c:d};e:f}', ''],
    // Comments count for nothing, and part tokens all the same.
    ['a/*,x*/,/*{*/b{c:d/*}*/}', 'a, b{c:d}', ''],
    ['a/**/.b{c:0/**/auto}', 'a.b{c:0/**/auto}', ''],
    ['@media/**/x{a/*y*/ b{}}', '', '@media/**/x{a b{}}'],
    // What a sheet leaves open, its end closes.
    ['a{b:c', 'a{b:c}', ''],
    ['a:hover{b:c', '', 'a:hover{b:c}'],
    ['@media x{a{b:(c', '', '@media x{a{b:(c)}}'],
    ['a{b:"c', 'a{b:"c"}', ''],
    ['a{b:url(c', 'a{b:url(c)}', ''],
    ['a{b:c}/* d{e:f}', 'a{b:c}', ''],
    ['@import "a"', '', '@import "a";'],
    // What browsers pass over.
    ['a{b:c} d ', 'a{b:c}', 'd'],
    ['}a{b:c}', '', '}a{b:c}'],
    ['{b:c}d{e:f}', 'd{e:f}', '{b:c}'],
    ['a:is({b:c}', '', 'a:is({b:c})'],
  ])('%j is split into rules', (css, inlinable, kept) => {
    expect(parted(css)).toEqual({ inlinable, kept });
  });

  test('brackets without end cost no more than their number', () => {
    expect(parted(`${'('.repeat(20_000)}a{b:c}`)).toMatchObject({ inlinable: '' });
    expect(parted(`a{b:${'('.repeat(20_000)}}`).inlinable).toMatch(/^a\{b:\(+/);
  });
});

describe('a selector', () => {
  test.each([
    '*',
    'p',
    'P.x#y',
    'p > a + b ~ c d',
    '[a]',
    '[a=b]',
    'p[a~="b c"]',
    ':not(.a, b > c)',
    ':nth-child(2n + 1)',
    ':nth-last-of-type(even)',
    'li:nth-child(-n+3)',
    ':first-child:last-of-type:only-child',
    'div:empty',
    ':root',
    '.\\31 0',
    '.é',
  ])('%s is the engine’s', (selector) => {
    expect(parted(`${selector}{b:c}`)).toEqual({ inlinable: `${selector}{b:c}`, kept: '' });
  });

  test.each([
    [':link', '[href]'],
    ['a:link', 'a[href]'],
    ['A:LINK', 'A[href]'],
    ['a.x:any-link', 'a.x[href]'],
    ['area:link', 'area[href]'],
    ['.nav a:link > b', '.nav a[href] > b'],
    ['a:not(:link)', 'a:not([href])'],
    ['*:link', '*[href]'],
  ])('%s is the engine’s as %s', (selector, match) => {
    expect(parted(`${selector}{b:c}`)).toEqual({ inlinable: `${match}{b:c}`, kept: '' });
  });

  test.each([
    'a:visited',
    'a:link:hover',
    'p:link',
    'link:any-link',
    'a:active',
    ':focus-within a',
    'input:checked',
    'p::first-line',
    'a:before',
    ':is(a, b)',
    'p:is(a b, c)',
    ':where(.a) b',
    ':not(:hover)',
    ':not(a, :is(b))',
    ':not()',
    ':has(> img)',
    ':nth-child(2 of .x)',
    ':nth-child(2n+1 of a, b)',
    ':nth-child()',
    ':lang(en)',
    ':dir(rtl)',
    ':scope',
    ':host',
    'svg|a',
    '*|a',
    'a || b',
    '[a=b i]',
    '[a="b" s]',
    '[a|b]',
    '[style*="margin: 16px 0"]',
    '& a',
    '> a',
    'a >',
    'a > > b',
    '%a',
    '.1a',
    '#1a',
    ':-moz-any(a)',
    ':-webkit-full-screen',
  ])('%s stays', (selector) => {
    expect(parted(`${selector}{b:c}`)).toEqual({ inlinable: '', kept: `${selector}{b:c}` });
  });
});
