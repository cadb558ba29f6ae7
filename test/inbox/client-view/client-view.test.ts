import { asShownIn } from '../../../src/inbox/client-view/client-view.js';
import type { MailClient } from '../../../src/check/clients/mail-client.js';

const style = (css: string, tag = 'p'): string => `<${tag} style="${css}">x</${tag}>`;
const sheet = (css: string): string => `<head><style>${css}</style></head>x`;

test.each<[what: string, client: MailClient, html: string, shown: string]>([
  // Declarations
  [
    'what is shown stays as it is written',
    'Gmail',
    style('color : RED ; margin:0'),
    style('color : RED ; margin:0'),
  ],
  ['a property that is dropped', 'Gmail', style('color:red;position:absolute;top:1px'), style('color:red;')],
  ['a style of which nothing is left', 'Gmail', style('position:absolute'), '<p>x</p>'],
  ['a value that is dropped', 'Yahoo Mail', style('text-align:start;color:red'), style('color:red;')],
  [
    'the fallback before it',
    'Yahoo Mail',
    style('background:#333;background:linear-gradient(red,blue)'),
    style('background:#333;'),
  ],
  ['a value that costs the whole attribute', 'Gmail', style('color:red;background:rgb(0 0 0)'), '<p>x</p>'],
  ['the same where it does not', 'Yahoo Mail', style('color:red;background:rgb(0 0 0)'), style('color:red;')],
  ['a flex box', 'GMX', style('display:flex;gap:4px;color:red', 'div'), style('color:red;', 'div')],
  ['a flex box, elsewhere', 'Outlook.com', style('display:flex', 'div'), style('display:flex', 'div')],
  ['a shadow', 'Outlook.com', style('text-shadow:0 0 4px red;color:red'), style('color:red;')],
  ['padding of a link', 'Outlook (Windows)', style('padding:4px;color:red', 'a'), style('color:red;', 'a')],
  [
    'the padding that Word is given',
    'Outlook (Windows)',
    '<td style="mso-padding-alt:4px 8px">x</td>',
    '<td style="padding:4px 8px;">x</td>',
  ],
  ['what is hidden from Word', 'Outlook (Windows)', style('mso-hide:all'), style('display:none;')],
  [
    'the color of a background',
    'Outlook (Windows)',
    style('background:#eee url(a.png) no-repeat', 'td'),
    style('background-color:#eee;', 'td'),
  ],
  [
    'quotes in what is left',
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
  ['rules that stay', 'Gmail', sheet('.a{color:red;top:1px}'), sheet('.a{color:red;}')],
  ['a selector that is dropped', 'Gmail', sheet('a:visited,.a{color:red}'), sheet('.a{color:red;}')],
  [
    'a rule of which no selector is left',
    'Gmail',
    sheet('a::before{content:"x"}.a{color:red}'),
    sheet('.a{color:red;}'),
  ],
  [
    'a query that is dropped',
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
    'a semicolon in an address',
    'Gmail',
    sheet('@import url(https://a.test/?a;b);.a{color:red}'),
    sheet('.a{color:red;}'),
  ],
  ['a client without style sheets', 'GMX', sheet('a{color:red}'), '<head></head>x'],
  ['a style sheet in the body', 'Gmail', '<body><style>a{color:red}</style>x</body>', '<body>x</body>'],
  ['a style sheet over 16 KB', 'Gmail', sheet('a{color:red}'.repeat(1400)), sheet('')],
  ['a value that costs the whole sheet', 'Gmail', sheet('a{color:rgb(0 0 0)}b{color:red}'), sheet('')],
  // Tags and attributes
  [
    'a tag that is taken away from around its content',
    'Yahoo Mail',
    '<section><h1>x</h1></section>',
    '<h1>x</h1>',
  ],
  ['a tag whose content is no text', 'Gmail', '<p>a<svg><text>b</text><g/></svg>c</p>', '<p>ac</p>'],
  [
    'what stands in for a video',
    'Gmail',
    '<video controls><source src="a.mp4"><img src="a.png"></video>',
    '<source src="a.mp4"><img src="a.png">',
  ],
  ['a field', 'GMX', '<form><input type="text">x<br></form>', 'x<br>'],
  ['a tag that nobody closed', 'Yahoo Mail', '<main><p>x', '<p>x'],
  ['a tag that its parent closes', 'Yahoo Mail', '<div><main>x</div>y', '<div>x</div>y'],
  ['a script', 'Outlook.com', 'a<script>if (a < b) "</p>"</script>b', 'ab'],
  [
    'a linked style sheet',
    'Gmail',
    '<link rel="stylesheet" href="https://a.test/x.css"><p>x</p>',
    '<p>x</p>',
  ],
  ['an attribute', 'Gmail', '<p hidden class="a">x</p>', '<p class="a">x</p>'],
  [
    'a picture that is not shown',
    'Gmail',
    '<img alt="Logo" src="data:image/png;base64,AA==">',
    '<img alt="Logo">',
  ],
  ['a picture that Word does not show', 'Outlook (Windows)', '<img alt="a" src="a.webp"/>', '<img alt="a"/>'],
  // Conditional comments
  ['what is for Word alone', 'Outlook (Windows)', '<!--[if mso]><b>x</b><![endif]-->y', '<b>x</b>y'],
  ['the same elsewhere', 'Gmail', '<!--[if mso]><b>x</b><![endif]-->y', '<!--[if mso]><b>x</b><![endif]-->y'],
  ['what is for all but Word', 'Outlook (Windows)', '<!--[if !mso]><!-->x<!--<![endif]-->y', 'y'],
  ['the same in the other notation', 'Outlook (Windows)', '<![if !mso]>x<![endif]>y', 'y'],
  [
    'a version',
    'Outlook (Windows)',
    '<!--[if (gte mso 9)|(IE)]>x<![endif]--><!--[if lt mso 12]>y<![endif]-->',
    'x',
  ],
  ['a condition that nobody ends', 'Outlook (Windows)', 'x<!--[if mso]>y', 'x<!--[if mso]>y'],
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

test('without a client, html is as it was sent', () => {
  expect(asShownIn(undefined, style('position:absolute'))).toBe(style('position:absolute'));
});

test('what a view has left, it leaves again', () => {
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
])('the work grows with the html: %s', (_what, piece) => {
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
  // Others that use the machine make a measurement worse, never better.
  const exponents = Array.from({ length: 3 }, () => Math.log(work(8_000) / work(2_000)) / Math.log(4));
  expect(Math.min(...exponents)).toBeLessThan(1.3);
});
