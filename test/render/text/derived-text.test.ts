import { deriveText } from '../../../src/render/text/derived-text.js';

test.each<[string, string, string]>([
  ['paragraphs', '<p>a\n  b</p><p>c</p>d', 'a b\n\nc\n\nd'],
  ['headings are not shouted', '<h1>Hello <b>World</b></h1>x', 'Hello World\n\nx'],
  ['long lines are not wrapped', `<p>${'word '.repeat(60)}</p>`, 'word '.repeat(60).trim()],
  ['blocks', '<div>a</div><div>b<div>c</div></div>', 'a\nb\nc'],
  ['line breaks', 'a<br>b<br/><br>c', 'a\nb\n\nc'],
  ['blank lines collapse', '<p>a</p><br><br><br><p></p><p>b</p>', 'a\n\nb'],
  [
    'a link',
    'see <a href="https://x.test/a?b&amp;c">the  site</a>, ok',
    'see the site (https://x.test/a?b&c), ok',
  ],
  ['a link with spaces inside', 'a<a href="https://x.test"> b </a>c', 'a b (https://x.test) c'],
  ['a link that is its own text', '<a href="https://x.test/">https://x.test</a>', 'https://x.test/'],
  [
    'a link to a mailbox',
    '<a href="mailto:a@x.test">a@x.test</a> <a href="mailto:b@x.test">us</a>',
    'a@x.test us (b@x.test)',
  ],
  ['a link without target or within the page', '<a>a</a><a href="#b">b</a>', 'ab'],
  [
    'a link around an image',
    '<a href="https://x.test"><img src="l" alt="Logo"></a>',
    'Logo (https://x.test)',
  ],
  ['a link around nothing', '<a href="https://x.test"><img src="l"></a>', 'https://x.test'],
  [
    'a link around a button table',
    '<a href="https://x.test"><table><tr><td>Go</td></tr></table></a>',
    'Go (https://x.test)',
  ],
  ['images', 'a <img alt="cat"> b <img alt=""><img>', 'a cat b'],
  ['lists', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>', '- a\n- b\n  - c'],
  ['numbered lists', '<ol start="9"><li>a<br>b</li><li>c</li></ol>', '9. a\n   b\n10. c'],
  ['list items in paragraphs', '<ul><li><p>a</p></li><li><p>b</p></li></ul>', '- a\n- b'],
  [
    'rows',
    '<table><tr><th>Item</th><th>Price</th></tr><tr><td><p>Tea</p></td><td>€ 3</td></tr></table>',
    'Item  Price\nTea  € 3',
  ],
  ['rows that lay out', '<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>', 'a\n\nb\n\nc'],
  ['nested tables', '<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>', 'a  b'],
  ['entities', '&lt;b&gt; &amp;amp; &nbsp;&euro;&#x2F;', '<b> &amp; €/'],
  [
    'what is hidden',
    '<p style="color:red; DISPLAY : none">x</p><div hidden>y<div>z</div></div><p>a</p>',
    'a',
  ],
  [
    'head, style and script',
    '<html><head><title>t</title><style>p{}</style></head><body>a<script>b</script><style>c</style></body></html>',
    'a',
  ],
  ['a head that is not closed', '<html><head><title>t</title><body>a</body></html>', 'a'],
  ['comments', 'a<!-- b --><!--[if mso]>c<![endif]-->d', 'ad'],
  ['quotes', '<blockquote>a<p>b</p></blockquote>c', '> a\n>\n> b\n\nc'],
  ['preformatted text', '<pre>a\n  b</pre>', 'a\n  b'],
  ['rules', 'a<hr>b', 'a\n\n---\n\nb'],
  ['what was never closed', '<ul><li>a<li>b <a href="https://x.test">c', '- a\n- b c (https://x.test)'],
  ['what was never opened', 'a</li></a></td>b', 'ab'],
  ['nothing', '', ''],
])('%s', (_, html, text) => {
  expect(deriveText(html)).toBe(text);
});

const table = (...rows: readonly string[]): string =>
  `<table>${rows.map((row) => `<tr>${row}</tr>`).join('')}</table>`;
const cells = (...texts: readonly string[]): string => texts.map((text) => `<td>${text}</td>`).join('');

describe('a row stays together', () => {
  test.each<[string, string, string]>([
    [
      'an amount stays with its item of two lines',
      table(cells('Notebook<br>Quantity 2', '€19'), cells('Pen<br>Quantity 1', '€34')),
      'Notebook\nQuantity 2  €19\n\nPen\nQuantity 1  €34',
    ],
    [
      'of one line and of more',
      table(
        '<th>Item</th><th>Amount</th>',
        cells('Notebook<br>A5', '€19'),
        cells('Pen', '€34'),
        cells('Total', '€53'),
      ),
      'Item  Amount\n\nNotebook\nA5  €19\n\nPen  €34\nTotal  €53',
    ],
    [
      'lines of divs',
      table(cells('<div>Notebook</div><div>A5</div>', '<div>€19</div>'), cells('Pen', '€34')),
      'Notebook\nA5  €19\n\nPen  €34',
    ],
    [
      'an item in paragraphs beside its amount',
      table(cells('<p><b>Notebook</b></p><p>Quantity 2</p>', '<p>€19</p>'), cells('Pen', '€34')),
      'Notebook\nQuantity 2  €19\n\nPen  €34',
    ],
    [
      'three columns, the second of two lines',
      table(cells('1', 'Notebook<br>A5', '€19')),
      '1  Notebook\nA5  €19',
    ],
    [
      'two cells of several lines',
      table(cells('Notebook<br>A5', '€19<br>with tax'), cells('Pen', '€34')),
      'Notebook\nA5\n€19\nwith tax\n\nPen  €34',
    ],
    [
      'addresses side by side',
      table(cells('Bill to<br>Ada<br>1 Row', 'Ship to<br>Bob<br>2 Row'), cells('a', 'b')),
      'Bill to\nAda\n1 Row\n\nShip to\nBob\n2 Row\n\na  b',
    ],
    [
      'a label beside an address',
      table('<th>Ship to</th><td>Ada<br>1 Row</td>', '<th>Date</th><td>May 1</td>'),
      'Ship to  Ada\n1 Row\n\nDate  May 1',
    ],
    [
      'a long text beside lines is a part of its own',
      table(cells('a<br>b', 'word '.repeat(20))),
      `a\nb\n${'word '.repeat(20).trim()}`,
    ],
    ['paragraphs beside a picture', table(cells('<p>a</p><p>b</p>', '<img alt="Boat">')), 'a\n\nb\n\nBoat'],
    ['a body of groups', '<table><thead><tr><th>A</table><table><tbody><tr><td>b</table>', 'A\n\nb'],
    ['a caption', `<table><caption>Order</caption><tr>${cells('a', 'b')}</tr></table>`, 'Order\na  b'],
    ['text that is in no cell', '<p>x</p><table>y<tr>z<td>a</td></tr></table>', 'x\n\ny\na  z'],
    ['rows without a table', `<tr>${cells('a', 'b')}</tr><tr>${cells('c', 'd')}</tr>`, 'a  b\nc  d'],
    ['cells without a row', '<p>x</p><td>a</td><td>b</td>', 'x\n\na\nb'],
  ])('%s', (_, html, text) => {
    expect(deriveText(html)).toBe(text);
  });
});

describe('an empty cell keeps its place', () => {
  test.each<[string, string, string]>([
    [
      'between others',
      table(cells('Item', 'Pieces', 'Amount'), cells('Post', '', '5')),
      'Item  Pieces  Amount\nPost    5',
    ],
    ['with nothing but a space', table(cells('a', 'b', 'c'), cells('d', '&nbsp;', 'e')), 'a  b  c\nd    e'],
    ['at the ends', table(cells('a', 'b', 'c', 'd'), cells('', 'e', 'f', '')), 'a  b  c  d\ne  f'],
    ['not where its column is empty', table(cells('a', '', 'b'), cells('c', '&nbsp;', 'd')), 'a  b\nc  d'],
    [
      'nor where one that spans columns stands above',
      table(cells('a', '', 'b'), '<td colspan="2">Total</td><td>c</td>'),
      'a  b\nTotal  c',
    ],
    [
      'a span that is none',
      table(cells('a', 'b', 'c'), '<td colspan="0">d</td><td colspan="x"></td><td>e</td>'),
      'a  b  c\nd    e',
    ],
    ['a row of none but empty cells', table(cells('a', 'b'), cells('', ''), cells('c', 'd')), 'a  b\nc  d'],
  ])('%s', (_, html, text) => {
    expect(deriveText(html)).toBe(text);
  });
});

/** The same page with its layout in tables, and in blocks. */
describe('a layout table leaves no trace', () => {
  test.each<[string, readonly string[]]>([
    ['heading and paragraph', ['<h1>a</h1>', '<p>b</p>', '<p>c</p>']],
    ['paragraphs and words', ['<p>a</p>', 'b', 'c', '<h2>d</h2>']],
    ['lists', ['<p>a</p>', '<ul><li>b</li></ul>', 'c']],
    ['line breaks', ['a<br>b', '<br>c', 'd<br>', 'e']],
    ['an empty line', ['a', '<br>', 'b']],
    ['rules and quotes', ['a', '<hr>', 'b', '<blockquote>c</blockquote>', 'd']],
    ['links and pictures', ['<a href="https://x.test">a</a>', '<img alt="b">', '<p>c</p>']],
    [
      'pictures in links',
      ['<a href="https://x.test"><img alt="a"></a>', '<a href="https://y.test"><img></a>'],
    ],
    ['text that is preformatted', ['<p>a</p>', '<pre> b\n\n\n c </pre>', 'd']],
  ])('%s', (_, parts) => {
    const blocks = parts.map((part) => `<div>${part}</div>`).join('');
    const expected = deriveText(blocks);
    expect(deriveText(table(...parts.map((part) => cells(part))))).toBe(expected);
    expect(deriveText(table(cells(table(...parts.map((part) => cells(part))))))).toBe(expected);
    expect(deriveText(table(...parts.map((part) => cells('', part, '&nbsp;'))))).toBe(expected);
  });
});

describe('images and addresses keep their distance', () => {
  test.each<[string, string, string]>([
    ['two images', '<img alt="a"><img alt="b">', 'a b'],
    ['marks', '<img alt="★"><img alt="★"><img alt="☆">', '★ ★ ☆'],
    ['an image between words', 'a<img alt="b">c', 'a b c'],
    ['an image before a full stop', 'Hello <img alt="👋">, Ada (<img alt="x">)', 'Hello 👋, Ada (x)'],
    ['an image without words', 'a<img alt=""><img>b', 'ab'],
    ['images with spaces', '<img alt=" a "><img alt=" b ">c', 'a b c'],
    [
      'linked images',
      '<a href="https://x.test"><img alt="X"></a><a href="https://y.test"><img alt="Y"></a>',
      'X (https://x.test) Y (https://y.test)',
    ],
    [
      'linked images without words',
      '<a href="https://x.test"><img></a><a href="https://y.test"><img></a>z',
      'https://x.test https://y.test z',
    ],
    ['a linked image behind a word', 'a<a href="https://x.test"><img alt="X"></a>', 'a X (https://x.test)'],
    ['words behind an address', '<a href="https://x.test">a</a>b', 'a (https://x.test) b'],
    ['a full stop behind an address', '(<a href="https://x.test">a</a>).', '(a (https://x.test)).'],
    [
      'a link over blocks',
      '<a href="https://x.test"><div>a</div></a><a href="https://y.test"><p>b</p></a>c',
      'a (https://x.test)\n\nb (https://y.test)\n\nc',
    ],
    ['a link that ends in a line break', '<a href="https://x.test">a<br></a>b', 'a (https://x.test)\nb'],
    ['an image in preformatted text', '<pre><img alt="a">\n b</pre>', 'a\n b'],
  ])('%s', (_, html, text) => {
    expect(deriveText(html)).toBe(text);
  });
});

describe('numbers of lists', () => {
  test.each<[string, string, string]>([
    ['an item with a number of its own', '<ol><li>a<li value="5">b<li>c</ol>', '1. a\n5. b\n6. c'],
    [
      'that counts down',
      '<ol start="3"><li>a<li value="2">b<li value="-1">c<li>d</ol>',
      '3. a\n2. b\n-1. c\n0. d',
    ],
    ['from zero', '<ol start="0"><li>a<li>b</ol>', '0. a\n1. b'],
    [
      'of what is no integer',
      '<ol start=" +2.9"><li>a<li value="x">b<li value="4th">c</ol>',
      '2. a\n3. b\n4. c',
    ],
    ['too long to be one', `<ol start="${'9'.repeat(30)}"><li>a</ol>`, '1. a'],
    ['in an unordered list', '<ul><li value="3">a</ul>', '- a'],
    ['as letters', '<ol type="a" start="26"><li>a<li>b</ol><ol type="A"><li>c</ol>', 'z. a\naa. b\n\nA. c'],
    [
      'as Roman numerals',
      '<ol type="i" start="3"><li>a<li>b</ol><ol type="I" start="1994"><li>c</ol>',
      'iii. a\niv. b\n\nMCMXCIV. c',
    ],
    [
      'of which there are no letters',
      '<ol type="a" start="0"><li>a</ol><ol type="i" start="4000"><li>b</ol>',
      '0. a\n\n4000. b',
    ],
    [
      'in an outer and an inner list',
      '<ol><li>a<ol type="a"><li>b<li>c</ol><li>d</ol>',
      '1. a\n   a. b\n   b. c\n2. d',
    ],
  ])('%s', (_, html, text) => {
    expect(deriveText(html)).toBe(text);
  });
});

describe('hidden words are left out', () => {
  test.each([
    'display:none',
    'display : none !important; display: block',
    'color:red;DISPLAY:NONE',
    'visibility:hidden',
    'opacity:0',
    'opacity: 0.0',
    'max-height:0;overflow:hidden',
    'height:0px; overflow:hidden; width:0',
    'font-size:0',
    'font-size:1px;line-height:1px',
    'font-size: 0.1em; font-size: 0px',
    'font:1px/1px Arial',
    'font: bold 0/0 serif',
    'color:transparent',
    'color:rgba(255, 255, 255, 0)',
    'color:#ffffff00',
    'color:#fff;background:#ffffff',
    'background-color:white;color:rgb(255,255,255)',
    'mso-hide:all',
    'color:#333;font-size:1px;max-width:0px;mso-hide:all',
  ])('%s', (style) => {
    const preheader = `Before <a href="https://x.test">you <b>go</b></a><ul><li>1</li></ul><table><tr><td>x</td></tr></table>`;
    expect(deriveText(`<div style="${style}">${preheader}</div><p>a</p>`)).toBe('a');
    expect(deriveText(`<p>a<span style="${style}">${preheader}</span></p>`)).toBe('a');
  });

  test.each([
    'display:none; display:block',
    'visibility:visible',
    'opacity:0.01',
    'max-height:0',
    'overflow:hidden;height:20px',
    'font-size:9px',
    'font-size:13',
    'font:400 12px/0 Arial',
    'font-size:100%',
    'color:#fff;background:#000',
    'color:#fff;background:url(x.png) #fff',
    'color:transparent;background:linear-gradient(red, blue);-webkit-background-clip:text',
    'color:rgba(0,0,0,0.5)',
    'color:inherit',
    'mso-hide:all;display:inline-block;padding:9px;background:#00f',
    'mso-hide:none',
  ])('but not for %s', (style) => {
    expect(deriveText(`<div style="${style}">x</div><p>a</p>`)).toMatch(/^x\n+a$/);
  });

  test.each<[string, string, string]>([
    [
      'words with a size of their own',
      '<td style="font-size:0"><div style="font-size:13px">a</div> b</td>',
      'a',
    ],
    ['a size that is relative', '<div style="font-size:0">x<b style="font-size:100%">y</b></div>a', 'a'],
    [
      'words with a colour of their own',
      '<p style="color:transparent">x<b style="color:#000">a</b></p>',
      'a',
    ],
    [
      'small and colourless in turn',
      '<p style="font-size:0">x<b style="color:transparent">y<i style="font-size:9px">z</i></b></p>a',
      'a',
    ],
    ['a picture', '<td style="font-size:0"><img alt="a" width="9"></td>', 'a'],
    ['a linked picture', '<td style="font-size:0"><a href="https://x.test"><img></a></td>', 'https://x.test'],
    [
      'a button that Word does not get',
      '<a href="https://x.test" style="mso-hide:all">a</a>',
      'a (https://x.test)',
    ],
    ['a table that Word does not get', '<table style="mso-hide:all"><tr><td>a</td></tr></table>', 'a'],
    ['preformatted', '<pre style="font-size:0">x\n y</pre>a', 'a'],
    ['a head that is not closed', '<head style="font-size:0"><title>x</title><body>a', 'a'],
  ])('%s', (_, html, text) => {
    expect(deriveText(html)).toBe(text);
  });
});

test('thousands of open elements are no trouble', () => {
  const started = performance.now();
  expect(deriveText(`${'<blockquote><a href="x"><ul><li>'.repeat(3000)}a`)).toContain('a (x)');
  expect(performance.now() - started).toBeLessThan(2000);
});
