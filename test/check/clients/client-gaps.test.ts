import { clientGaps, type UsedGap } from '../../../src/check/clients/client-gaps.js';
import { markupUses } from '../../../src/check/clients/markup-uses.js';

const gapsIn = (html: string, feature?: string): readonly UsedGap[] =>
  clientGaps(markupUses(html), html).filter((gap) => feature === undefined || gap.feature === feature);
const told = (html: string, feature?: string): readonly string[] =>
  gapsIn(html, feature).map(({ client, support }) => `${client}: ${support}`);
const styled = (css: string, tag = 'p'): string => `<${tag} style="${css}">`;

/** Notes of the data that exclude a part of a feature: the rest is no gap. */
test.each<[what: string, html: string, feature: string, gaps: readonly string[]]>([
  [
    'grid, which Gmail has learnt',
    styled('display:grid'),
    'display: grid',
    ['Gmail: partial', 'Outlook (Windows): no', 'GMX: partial'],
  ],
  [
    'inline-flex',
    styled('display:inline-flex'),
    'display: flex',
    ['Gmail: partial', 'Outlook (Windows): no', 'Yahoo Mail: no', 'GMX: partial'],
  ],
  [
    'text-align: start',
    styled('text-align:start'),
    'text-align: start or end',
    ['Outlook (Windows): no', 'Yahoo Mail: no', 'GMX: partial'],
  ],
  ['text-align: center', styled('text-align:center'), 'text-align: start or end', []],
  [
    'relative',
    styled('position:relative'),
    'position',
    ['Gmail: no', 'Outlook (Windows): no', 'Outlook.com: no', 'GMX: partial'],
  ],
  [
    'sticky',
    styled('position:sticky'),
    'position',
    ['Gmail: no', 'Outlook (Windows): no', 'Apple Mail: no', 'Outlook.com: partial', 'Yahoo Mail: no'],
  ],
  ['margin to the center', styled('margin:0 auto'), 'margin', ['Outlook (Windows): no']],
  [
    'margin below zero',
    styled('margin-top:-4px'),
    'margin',
    ['Gmail: no', 'Outlook (Windows): no', 'Outlook.com: no', 'Yahoo Mail: no'],
  ],
  ['margin of a span', styled('margin:4px', 'span'), 'margin', ['Outlook (Windows): no']],
  ['margin of a paragraph', styled('margin:0 0 16px'), 'margin', []],
  ['padding of a cell', styled('padding:4px', 'td'), 'padding of anything but a cell', []],
  [
    'padding of a link',
    styled('padding:4px', 'a'),
    'padding of anything but a cell',
    ['Outlook (Windows): no'],
  ],
  [
    'a logical side',
    styled('margin-inline-start:4px'),
    'margin-inline-start-end',
    [
      'Gmail: no',
      'Outlook (Windows): no',
      'Apple Mail: partial',
      'Outlook.com: no',
      'Yahoo Mail: no',
      'GMX: partial',
    ],
  ],
  [
    'gap of columns in a flex box',
    styled('column-gap:4px'),
    'gap',
    ['Outlook (Windows): no', 'Yahoo Mail: no', 'GMX: no'],
  ],
  ['a thick border', styled('border:9px solid red'), 'border', ['Outlook (Windows): no']],
  ['a thin border', styled('border:1px solid red'), 'border', []],
  ['rgb() with commas', styled('color:rgb(0,0,0)'), 'rgb()', []],
  [
    'rgb() with spaces',
    styled('color:rgb(0 0 0)'),
    'rgb()',
    ['Gmail: no', 'Outlook (Windows): no', 'Yahoo Mail: no', 'GMX: partial'],
  ],
  [
    'several backgrounds',
    styled('background-image:url(a.png),url(b.png)'),
    'background image',
    ['Outlook (Windows): no', 'Yahoo Mail: no', 'GMX: partial'],
  ],
  ['one background', styled('background-image:url(a.png)'), 'background image', ['Outlook (Windows): no']],
  [
    'a query for widths',
    '<style>@media only screen and (max-width:600px){a{color:red}}</style>',
    '@media',
    ['Outlook (Windows): no'],
  ],
  [
    'a query for print',
    '<style>@media print{a{color:red}}</style>',
    '@media',
    ['Outlook (Windows): no', 'Yahoo Mail: no'],
  ],
  [
    'a query for heights',
    '<style>@media (max-height:600px){a{color:red}}</style>',
    '@media',
    ['Gmail: no', 'Outlook (Windows): no'],
  ],
  [
    'hover of a tag',
    '<style>a:hover{color:red}</style>',
    ':hover',
    ['Gmail: partial', 'Outlook (Windows): no', 'Outlook.com: partial', 'Yahoo Mail: partial'],
  ],
  [
    'hover of a class',
    '<style>.a:hover{color:red}</style>',
    ':hover',
    ['Gmail: partial', 'Outlook (Windows): no', 'Outlook.com: partial', 'Yahoo Mail: partial'],
  ],
  [
    'an attribute by its value',
    '<style>td[width="1"]{color:red}</style>',
    'attribute selector',
    ['Gmail: no', 'Outlook (Windows): no'],
  ],
  [
    'an attribute by its end',
    '<style>td[width$="1"]{color:red}</style>',
    'attribute selector',
    ['Gmail: no', 'Outlook (Windows): no', 'Outlook.com: no', 'Yahoo Mail: no'],
  ],
  ['a hook of a mail program', '<style>[data-ogsc] .a{color:red}</style>', 'attribute selector', []],
  [
    'a style sheet in the body',
    '<body><style>a{color:red}</style>',
    '<style>',
    ['Gmail: no', 'GMX: partial'],
  ],
  [
    'a time',
    '<time>1</time>',
    '<section> and the like',
    ['Outlook (Windows): no', 'Yahoo Mail: no', 'GMX: partial'],
  ],
  [
    'a section',
    '<section>1</section>',
    '<section> and the like',
    ['Outlook (Windows): no', 'Outlook.com: no', 'Yahoo Mail: no', 'GMX: partial'],
  ],
  [
    'a hidden paragraph',
    '<p hidden>',
    'hidden attribute',
    ['Gmail: no', 'Outlook (Windows): no', 'Outlook.com: no', 'Yahoo Mail: no', 'GMX: no'],
  ],
  [
    'a picture in a data: URL',
    '<img src="data:image/png;base64,AA==">',
    'image in a data: URL',
    ['Gmail: no'],
  ],
  [
    'a GIF in a data: URL',
    '<img src="data:image/gif;base64,AA==">',
    'image in a data: URL',
    ['Gmail: no', 'Outlook (Windows): no', 'GMX: partial'],
  ],
])('%s', (_what, html, feature, gaps) => {
  expect(told(html, feature)).toEqual(gaps);
});

test('a program without style sheets is not judged by their content', () => {
  const css = 'a{opacity:.5}';
  expect(told(styled('opacity:.5'), 'opacity')).toContain('GMX: partial');
  expect(told(`<style>${css}</style>`, 'opacity')).not.toContainEqual(expect.stringContaining('GMX'));
});

test('a reason names the programs it is about, unless it is about all, and says what to do', () => {
  const reasons = (html: string, feature: string): readonly string[] =>
    gapsIn(html, feature).map(({ client, reason }) => `${client}: ${reason}`);
  expect(reasons(styled('display:flex'), 'display: flex')).toEqual([
    'Gmail: Gmail on iOS, Gmail on Android: Not supported with non Google accounts. Its parts stand below each other: use a table',
    'Outlook (Windows): Its parts stand below each other: use a table',
    'GMX: GMX on the web, WEB.DE on the web: not shown. Its parts stand below each other: use a table',
  ]);
  expect(reasons(styled('position:sticky'), 'position')).toContain(
    'Apple Mail: Supports relative, absolute but not sticky and fixed. It stands in the text, where it is written',
  );
});

test('each declaration knows the last few values before it', () => {
  const html = styled('color:red;'.repeat(20_000));
  expect(markupUses(html).flatMap((use) => (use.kind === 'property' ? use.fallbacks.length : []))).toContain(
    8,
  );
  expect(told(html)).toEqual([]);
});
