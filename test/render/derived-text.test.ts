import { deriveText } from '../../src/render/derived-text.js';

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

test('thousands of open elements are no trouble', () => {
  const started = performance.now();
  expect(deriveText(`${'<blockquote><a href="x"><ul><li>'.repeat(3000)}a`)).toContain('a (x)');
  expect(performance.now() - started).toBeLessThan(2000);
});
