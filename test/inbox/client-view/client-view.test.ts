import { asShownIn } from '../../../src/inbox/client-view/client-view.js';
import type { MailClient } from '../../../src/check/clients/mail-client.js';

const style = (css: string, tag = 'p'): string => `<${tag} style="${css}">x</${tag}>`;
const sheet = (css: string): string => `<head><style>${css}</style></head>x`;

test.each<[what: string, client: MailClient, html: string, shown: string]>([
  // Declarations
  [
    'supported styles stay unchanged',
    'Gmail',
    style('color : RED ; margin:0'),
    style('color : RED ; margin:0'),
  ],
  ['an unsupported property', 'Gmail', style('color:red;position:absolute;top:1px'), style('color:red;')],
  ['a style without any supported property', 'Gmail', style('position:absolute'), '<p>x</p>'],
  ['an unsupported value', 'Yahoo Mail', style('text-align:start;color:red'), style('color:red;')],
  [
    'the fallback before it',
    'Yahoo Mail',
    style('background:#333;background:linear-gradient(red,blue)'),
    style('background:#333;'),
  ],
  [
    'a value that makes the client drop the whole attribute',
    'Gmail',
    style('color:red;background:rgb(0 0 0)'),
    '<p>x</p>',
  ],
  [
    'the same value in a client that drops it alone',
    'Yahoo Mail',
    style('color:red;background:rgb(0 0 0)'),
    style('color:red;'),
  ],
  ['a flex box', 'GMX', style('display:flex;gap:4px;color:red', 'div'), style('color:red;', 'div')],
  ['a flex box, elsewhere', 'Outlook.com', style('display:flex', 'div'), style('display:flex', 'div')],
  ['a shadow', 'Outlook.com', style('text-shadow:0 0 4px red;color:red'), style('color:red;')],
  ['padding of a link', 'Outlook (Windows)', style('padding:4px;color:red', 'a'), style('color:red;', 'a')],
  [
    'a padding for Word only',
    'Outlook (Windows)',
    '<td style="mso-padding-alt:4px 8px">x</td>',
    '<td style="padding:4px 8px;">x</td>',
  ],
  ['content hidden from Word', 'Outlook (Windows)', style('mso-hide:all'), style('display:none;')],
  [
    'the color of a background',
    'Outlook (Windows)',
    style('background:#eee url(a.png) no-repeat', 'td'),
    style('background-color:#eee;', 'td'),
  ],
  [
    'quotes in a rewritten attribute',
    'Gmail',
    `<p title="a&quot;b" style="top:1px;font-family:'A &amp; B'">x</p>`,
    `<p title="a&quot;b" style="font-family:'A &amp; B';">x</p>`,
  ],
  [
    'a semicolon in a string',
    'Gmail',
    `<p style="top:1px;font-family:'a;top:1px'">x</p>`,
    `<p style="font-family:'a;top:1px';">x</p>`,
  ],
  // Style sheets
  ['supported rules', 'Gmail', sheet('.a{color:red;top:1px}'), sheet('.a{color:red;}')],
  ['an unsupported selector', 'Gmail', sheet('a:visited,.a{color:red}'), sheet('.a{color:red;}')],
  [
    'a rule without any supported selector',
    'Gmail',
    sheet('a::before{content:"x"}.a{color:red}'),
    sheet('.a{color:red;}'),
  ],
  [
    'an unsupported media query',
    'Yahoo Mail',
    sheet('@media (prefers-color-scheme:dark){a{color:red}}b{color:red}'),
    sheet('b{color:red;}'),
  ],
  [
    'a query that stays',
    'Yahoo Mail',
    sheet('@media (max-width:600px){.a{color:red;opacity:1}}'),
    sheet('@media (max-width:600px){.a{color:red;opacity:1;}}'),
  ],
  [
    'a semicolon in a URL',
    'Gmail',
    sheet('@import url(https://a.test/?a;b);.a{color:red}'),
    sheet('.a{color:red;}'),
  ],
  ['a client without style sheets', 'GMX', sheet('a{color:red}'), '<head></head>x'],
  ['a style sheet in the body', 'Gmail', '<body><style>a{color:red}</style>x</body>', '<body>x</body>'],
  ['a style sheet over 16 KB', 'Gmail', sheet('a{color:red}'.repeat(1400)), sheet('')],
  [
    'a value that makes the client drop the whole sheet',
    'Gmail',
    sheet('a{color:rgb(0 0 0)}b{color:red}'),
    sheet(''),
  ],
  // Tags and attributes
  [
    'an unsupported tag around supported content',
    'Yahoo Mail',
    '<section><h1>x</h1></section>',
    '<h1>x</h1>',
  ],
  [
    'an unsupported tag whose content is not text',
    'Gmail',
    '<p>a<svg><text>b</text><g/></svg>c</p>',
    '<p>ac</p>',
  ],
  [
    'the fallback of a video',
    'Gmail',
    '<video controls><source src="a.mp4"><img src="a.png"></video>',
    '<source src="a.mp4"><img src="a.png">',
  ],
  ['a field', 'GMX', '<form><input type="text">x<br></form>', 'x<br>'],
  ['an unclosed tag', 'Yahoo Mail', '<main><p>x', '<p>x'],
  ['a tag that its parent closes', 'Yahoo Mail', '<div><main>x</div>y', '<div>x</div>y'],
  ['a script', 'Outlook.com', 'a<script>if (a < b) "</p>"</script>b', 'ab'],
  [
    'a linked style sheet',
    'Gmail',
    '<link rel="stylesheet" href="https://a.test/x.css"><p>x</p>',
    '<p>x</p>',
  ],
  ['an attribute', 'Gmail', '<p hidden class="a">x</p>', '<p class="a">x</p>'],
  ['an unsupported image', 'Gmail', '<img alt="Logo" src="data:image/png;base64,AA==">', '<img alt="Logo">'],
  [
    'an image that Word does not support',
    'Outlook (Windows)',
    '<img alt="a" src="a.webp"/>',
    '<img alt="a"/>',
  ],
  // Conditional comments
  ['content for Word only', 'Outlook (Windows)', '<!--[if mso]><b>x</b><![endif]-->y', '<b>x</b>y'],
  ['the same elsewhere', 'Gmail', '<!--[if mso]><b>x</b><![endif]-->y', '<!--[if mso]><b>x</b><![endif]-->y'],
  ['content for all clients but Word', 'Outlook (Windows)', '<!--[if !mso]><!-->x<!--<![endif]-->y', 'y'],
  ['the same in the other notation', 'Outlook (Windows)', '<![if !mso]>x<![endif]>y', 'y'],
  [
    'a version',
    'Outlook (Windows)',
    '<!--[if (gte mso 9)|(IE)]>x<![endif]--><!--[if lt mso 12]>y<![endif]-->',
    'x',
  ],
  ['a condition without an end', 'Outlook (Windows)', 'x<!--[if mso]>y', 'x<!--[if mso]>y'],
  [
    'VML',
    'Outlook (Windows)',
    '<!--[if mso]><v:roundrect><v:fill color="red"/><center>x</center></v:roundrect><![endif]-->',
    '<center>x</center>',
  ],
  ['settings of Office', 'Outlook (Windows)', '<!--[if mso]><xml><o:x>96</o:x></xml><![endif]-->y', 'y'],
])('%s: %s', (_what, client, html, shown) => {
  expect(asShownIn(client, html)).toBe(shown);
});

test('html stays unchanged without a client', () => {
  expect(asShownIn(undefined, style('position:absolute'))).toBe(style('position:absolute'));
});

test('viewing a view changes nothing more', () => {
  const html = `<head><style>.a{color:red;top:1px}@media (max-width:600px){.a{color:red}}</style></head><body><section dir="rtl"><p style="position:absolute;color:red">x</p></section></body>`;
  for (const client of ['Gmail', 'Yahoo Mail', 'GMX', 'Outlook.com', 'Outlook (Windows)'] as const) {
    const once = asShownIn(client, html);
    expect(asShownIn(client, once)).toBe(once);
  }
});

test.each([
  ['tags', '<section>'],
  ['comments', '<!--[if mso]>'],
  ['declarations', '<p style="top:1px;color:red">'],
  ['open rules', '<style>a{'],
])('time grows linearly with the html: %s', (_what, piece) => {
  const work = (count: number): number => {
    const html = piece.repeat(count);
    const runs = Array.from({ length: 5 }, () => {
      const from = process.cpuUsage();
      asShownIn('Outlook (Windows)', html);
      const { user, system } = process.cpuUsage(from);
      return user + system;
    });
    return runs.toSorted((a, b) => a - b)[2] ?? 0;
  };
  work(500);
  // Takes the best of several measurements: load on the machine only makes them slower.
  const exponents = Array.from({ length: 3 }, () => Math.log(work(8_000) / work(2_000)) / Math.log(4));
  expect(Math.min(...exponents)).toBeLessThan(1.3);
});
