import { deriveText } from '../../src/render/text/derived-text.js';
import { SafeString, textHelper, type TemplateHelper } from '../../src/render/helpers/helper.js';
import { failure, loaded, renderOf } from './templates.js';

type Files = Readonly<Record<string, string>>;

let calls = 0;
const HELPERS: Readonly<Record<string, TemplateHelper>> = {
  shout: textHelper((value: string) => value.toUpperCase()),
  bold: (value: string) => new SafeString(`<b>${value}</b><p>x</p>`),
  plain: (value: string) => value,
  lying: textHelper(() => new SafeString('<p>x</p>')),
  ticket: textHelper(() => `no ${(calls += 1)}`),
};

/** Templates whose text is read when they are compiled. */
const FAST: Readonly<Record<string, string | Files>> = {
  'values between words': 'a{{name}}b {{name}} c{{more}}<b>{{name}}</b>{{name}}<br>{{name}}',
  'nothing but a value': '{{name}}',
  'values beside each other': '{{count}}{{yes}}{{name}}{{empty}}{{count}}',
  'white space around values':
    '<p> {{name}} </p>\n<p>\n{{name}}&nbsp;{{empty}}\t x</p>{{empty}} <i> {{more}}</i>',
  'blocks without words': '<p>a</p>{{#if more}} {{/if}}<p>b</p>{{#each items}}{{/each}}c',
  'blocks in blocks': '<div><p>{{name}}</p></div>{{name}}<div><p></p></div>a<b>b</b> c',
  'references around values': '&lt;{{name}}&gt; &amp;{{name}}&#33;{{name}}&nbsp {{name}}',
  'rows, lists and quotes':
    '<table>{{#each items}}<tr><th>{{@index}}</th><td>{{name}}</td></tr>{{/each}}</table><ul>{{#each items}}<li>{{name}}</li>{{/each}}</ul><blockquote>{{#each items}}<p>{{name}}</p>{{/each}}</blockquote>',
  'numbered lists':
    '<ol start="{{count}}">{{#each items}}<li>{{name}}<br>x</li>{{/each}}</ol><ol start="7"><li>{{name}}</li></ol>',
  'a start beside other attributes':
    '<ol class="{{name}}" start="{{count}}" title="{{more}}"><li>a</li></ol>',
  links:
    '<a href="{{link}}">{{name}}</a><a href="{{link}}?a=1&amp;b={{name}}&c={{count}}" title="{{name}}">{{link}}</a><a title="{{name}}">{{name}}</a><a href="{{empty}}">{{name}}</a>',
  'links with blocks in them': `<a href='x{{#if more}}?m={{more}}{{else}}#{{/if}}'>{{#each items}}{{name}} {{/each}}</a>`,
  'a link that is written twice': '<a href="{{link}}" href="{{name}}">{{name}}</a>',
  images:
    '<img alt="{{name}}"><img alt="a {{#each items}}{{name}} {{/each}}" src="{{link}}"><img src="{{link}}">x',
  'an href and a start that say nothing': '<p href="{{link}}" start="{{count}}" alt="{{name}}">{{name}}</p>',
  'what a style hides':
    '<p style="color: {{color}}">{{name}}</p><img style="{{color}}" alt="{{name}}">{{name}}',
  'rows of one and of several lines':
    '<table><tr><th>Item</th><th></th><th>{{count}}</th></tr>{{#each items}}<tr><td>{{name}}<br>{{@index}}</td><td>{{#if @first}}x{{/if}}</td><td>{{name}}</td></tr>{{/each}}<tr><td colspan="{{count}}">{{name}}</td><td>{{empty}}</td><td>{{more}}</td></tr></table>',
  'a layout of tables':
    '<table><tr><td>{{empty}}</td><td><h1>{{name}}</h1></td></tr><tr><td><p>{{more}}</p></td><td>&nbsp;</td></tr>{{#each items}}<tr><td><p>{{name}}</p></td></tr>{{/each}}</table>',
  'images and links beside values':
    '{{name}}<img alt="{{more}}">{{name}}<img alt="{{name}}"><img alt="x">{{more}}<a href="{{link}}"><img alt="{{name}}"></a><a href="{{link}}"><div>{{more}}</div></a>{{name}}',
  'items with numbers of their own':
    '<ol type="{{tag}}">{{#each items}}<li value="{{../count}}">{{name}}</li><li>{{name}}</li>{{/each}}</ol><ol type="i" start="{{count}}"><li value="9">{{name}}</ol>',
  'words that are too small':
    '<div style="font-size:1px;width:{{count}}px">{{name}}<a href="{{link}}">{{more}}</a></div><td style="font-size:0;background:{{color}}"><p style="font:12px {{name}}">{{name}}</p></td>',
  'sizes and colours that are values':
    '<p style="font-size:{{count}}4px">{{name}}</p><p style="color:#fff;background:{{color}}">{{name}}</p><p style="{{more}}">{{name}}</p>',
  'a style that is a value, where words are too small':
    '<td style="font-size:0">{{name}}<p style="{{color}}">{{name}}</p></td>{{name}}',
  'what a style hides in any case':
    '<p style="display:none;color:{{color}}">{{name}}</p><div hidden="{{name}}">{{name}}</div>{{more}}',
  'hidden and skipped':
    '<head><title>{{name}}</title></head><div hidden>{{name}}<div>{{#if more}}x{{/if}}</div></div><textarea>{{name}}</textarea>{{name}}',
  'blocks in skipped elements':
    '<head>{{#if more}}<meta name="a" content="{{more}}">{{/if}}</head>{{name}}<script>{{#if more}}a{{/if}}</script>',
  comments:
    '<!doctype html {{name}}>a<!-- {{name}} {{#if more}}x{{/if}} -->{{name}}<!--[if mso]>{{name}}<![endif]--><?x {{name}}?>b',
  'preformatted text': '<pre>\n a {{name}}  b\r\n{{#each items}}\n{{name}}{{/each}}</pre>{{name}}',
  'misnested, but the same in every branch': '<b><p>{{name}}</b>{{#if more}}x{{/if}}</p><i>{{name}}',
  'an end tag that opens what it closes': '{{#if more}}</p>{{more}}</p>{{/if}}{{name}}</br>{{name}}',
  'a paragraph exchanged in a branch': '<p>a{{#if more}}</p>{{more}}<p>{{/if}}b</p>',
  'an implied end, the same in every branch':
    '<ul><li>a<li>{{#if more}}{{more}}{{else}}n{{/if}}</ul>{{name}}',
  'indented partials': {
    'page.hbs': '<div>\n  {{> a}}\n</div>',
    'partials/a.hbs': '\n<p>\n{{name}}\n\n</p>\n  {{> b}}\n\n',
    'partials/b.hbs':
      '<img alt="a\n{{name}}\nb"\n title="x\n{{more}}"><p style="color:\n{{color}}"\n>{{name}}</p>\n<!-- \n{{name}}\n -->\n<a href="{{link}}">\n{{name}}</a>\n',
  },
  'indented layouts': {
    'page.hbs': '---\nlayout: main\n---\n{{#if more}}\n  {{more}}\n{{/if}}\n<p>{{name}}</p>\n\n',
    'layouts/main.hbs': '<body>\n    {{> @partial-block}}\n</body>',
  },
  'partials in several places': {
    'page.hbs': '{{> a}}<p>{{> a}}</p><ul>{{#each items}}<li>{{> a}}</li>{{/each}}</ul>{{#> b}}{{> a}}{{/b}}',
    'partials/a.hbs': '<i>{{default name "x"}}</i>',
    'partials/b.hbs': '[{{> @partial-block}}]<p>{{> @partial-block}}</p>',
  },
  'inline partials': '{{#*inline "x"}}<a href="{{link}}">{{name}}</a>{{/inline}}{{> x}}<p>{{> x}}</p>',
  'a helper that is declared text':
    '<p>{{shout name}}</p><a href="{{shout link}}">{{default (shout name) "-"}}</a>',
  'a helper that is not, in an attribute': '<a href="{{plain link}}" title="{{bold name}}">x</a>',
  'a helper that is not, where nobody reads': '<head><title>{{plain name}}</title></head>{{name}}',
  'safe strings enter at run time': '<p>{{html}}</p>{{name}}',
};

/** Templates whose text is made for each mail: the reason, and the line and column of what it is about. */
const SLOW: Readonly<Record<string, readonly [reason: string, at: string, template: string | Files]>> = {
  'a branch that opens': ['{{#if}} opens elements', '1:2', 'a{{#if more}}<p>{{/if}}b'],
  'a branch that closes': ['{{#if}} opens elements', '1:6', '<ul>a{{#if more}}</ul>{{/if}}b<li>c'],
  'an else that opens': ['{{#if}} opens elements', '1:1', '{{#if more}}a{{else}}<blockquote>{{/if}}b'],
  'a loop without end tags': [
    '{{#each}} opens elements',
    '2:3',
    '<ul>\n  {{#each items}}<li>{{name}}{{/each}}</ul>',
  ],
  'a branch that ends what is hidden': [
    '{{#if}} opens elements',
    '1:14',
    '<div hidden>a{{#if more}}</div><div>{{/if}}{{name}}</div>',
  ],
  'a branch that hides': [
    '{{#if}} opens elements',
    '1:10',
    '<div>a<p>{{#if more}}</p><p hidden>{{/if}}{{name}}</p></div>',
  ],
  'a branch that makes words small': [
    '{{#if}} opens elements',
    '1:10',
    '<div>a<p>{{#if more}}</p><p style="font-size:0">{{/if}}{{name}}</p></div>',
  ],
  'a branch that makes what is around it small': [
    '{{#if}} opens elements',
    '1:40',
    '<div><p style="font-size:9px">a{{name}}{{#if more}}</p></div><div style="font-size:0"><p style="font-size:9px">{{/if}}b</p>{{name}}</div>',
  ],
  'a branch that makes spaces count': [
    '{{#if}} opens elements',
    '1:11',
    '<pre>a<i> {{#if more}}</i></pre><pre hidden><i>{{/if}}\n{{name}}</i></pre>',
  ],
  'a branch that does so where a head was never closed': [
    '{{#if}} opens elements',
    '1:18',
    '<head><pre><body>{{#if more}}</pre><pre><body>{{/if}}\n{{name}}\n x',
  ],
  'a branch from one attribute to the next': [
    '{{#if}} opens elements',
    '1:11',
    '<a href="a{{#if more}}" title="{{/if}}b">c</a>',
  ],
  'an attribute in a branch': [
    'between attributes',
    '1:4',
    '<a {{#if more}}title="{{more}}"{{/if}}>{{name}}</a>',
  ],
  'an attribute by name': ['between attributes', '1:4', '<a {{attribute}}="{{link}}">{{name}}</a>'],
  'an attribute without quotes': ['without quotes, href', '1:9', '<a href={{link}}>{{name}}</a>'],
  'a tag in an end tag': ['where no text is read', '1:9', 'a<i></i {{name}}>b'],
  'such a tag before others': ['where no text is read', '1:9', 'a<i></i {{name}}>b{{name}}'],
  'an element by name': ['name of an element', '1:4', '<o:{{tag}}>a</o:{{tag}}>'],
  'a tag completed': ['follows "<"', '1:2', '<{{tag}}>a'],
  'an end tag completed': ['follows "</"', '1:9', '<div>a</{{tag}}>b<p>c'],
  'a comment begun': ['follows "<!-"', '1:5', 'a<!-{{dashes}} b>c-->'],
  'character data begun': ['follows "<!["', '1:5', 'a<![{{cdata}}b>c]]>'],
  'a reference completed': ['follows "&"', '1:2', '&{{entity}};'],
  'a numeric reference completed': ['follows "&#"', '1:3', '&#{{count}}5;'],
  'a comment ended': ['a comment it may end', '1:6', '<!-- {{dashes}}> a --> b'],
  'a comment ended by two tags': ['a comment it may end', '1:6', '<!-- {{name}}-{{empty}}-> a --> b'],
  'a comment of nothing but a value': ['all there is in a comment', '1:1', '<!--{{name}}-->a'],
  'character data': ['in CDATA', '1:11', '<![CDATA[ {{brackets}}> a ]]> b'],
  'text that is not decoded': ['in <xmp>', '1:6', '<xmp>{{name}}</xmp>'],
  'a drawing': ['it has <svg>', '1:12', '<svg/>a<b/>{{name}}'],
  'a formula': ['it has <math>', '1:8', '<math/>{{name}}'],
  'a title that closes itself': ['it has <title/>', '1:9', '<title/>{{name}}<p>x</p></title>y'],
  'a carriage return': ['carriage return', '2:7', '{{! a }}\n<pre>a\r{{lines}}</pre>'],
  'a helper that may print HTML': ['"bold" may print HTML', '1:4', '<p>{{bold name}}</p>'],
  'a helper that does not say it is text': ['"plain" may print HTML', '1:1', '{{plain name}}'],
  'a block helper': ['the block helper "plain"', '2:1', 'a\n{{#plain name}}b{{/plain}}'],
  'a triple-stash': ['triple-stash', '1:1', '{{{markup}}}'],
  'preformatted text in an indented partial': [
    'spaces count',
    '',
    { 'page.hbs': '<div>\n  {{> a}}\n</div>', 'partials/a.hbs': '<pre>\nx {{name}}\ny</pre>\n' },
  ],
  'an address of several lines in an indented partial': [
    'several lines',
    '',
    { 'page.hbs': '<div>\n  {{> a}}\n</div>', 'partials/a.hbs': '<a href="{{link}}\nb">x</a>\n' },
  ],
  'a block read in two ways': [
    'several places',
    '3:6',
    {
      'page.hbs': '---\nlayout: main\n---\n<p>\n {{name}}\n</p>',
      'layouts/main.hbs': '{{> @partial-block}}\n\n<pre>{{> @partial-block}}</pre>',
    },
  ],
};

const SPECIAL = `& < > " ' \` = {{x}} {} \\ é 😀 &amp; <br> -->`;
const item = (name: string) => ({ name });
const base = {
  name: 'Ada',
  link: 'https://example.test/a?b=c&d=e',
  color: 'red',
  count: 2,
  yes: true,
  empty: '',
  more: '',
  attribute: 'href',
  tag: 'p',
  entity: 'lt',
  dashes: '--',
  cdata: 'CDATA[',
  brackets: ']]',
  lines: '\nx',
  markup: '<p>m</p><a href="x">y</a>',
};
const CONTEXTS: readonly object[] = [
  { ...base, html: 'plain', items: [] },
  { ...base, html: new SafeString('<p>safe</p><hr>'), more: 'more', items: [item('one')] },
  { ...base, name: SPECIAL, html: SPECIAL, more: SPECIAL, link: SPECIAL, items: ['a', SPECIAL].map(item) },
  {
    ...base,
    name: ' a\u00a0 b\n\n c ',
    html: ' ',
    more: '\n',
    link: ' mailto:a@x.test\n',
    items: [item(' \t')],
  },
  { ...base, color: 'red; DISPLAY :none', name: '#', link: '#top', html: '', count: 'x', items: [item('-')] },
  { ...base, name: '', html: null, link: '', more: 0, count: 0, items: [item(''), item('2')] },
  { ...base, name: 'a\r\nb\rc', html: '\0', more: '\r', items: [item('\0')] },
  {
    ...base,
    name: '---',
    link: 'https://example.test/',
    html: 1,
    more: 1n,
    items: [item('- a'), item('b\u2003')],
  },
];

const filesOf = (template: string | Files): Files =>
  typeof template === 'string' ? { 'page.hbs': template } : template;

/** Renders for each context, and with a text of its own, where html is printed by itself. */
async function compare(files: Files, inlineCss: boolean) {
  const renderer = await loaded(files, { helpers: HELPERS, inlineCss });
  const written = await loaded({ ...files, 'page.text.hbs': '' }, { helpers: HELPERS, inlineCss });
  for (const context of CONTEXTS) {
    const { html, text } = await renderOf(renderer, 'page', context);
    const { html: expected = '' } = await renderOf(written, 'page', context);
    expect({ html, text }).toEqual({ html: expected, text: deriveText(expected) });
  }
  return renderer.fastPaths().find(({ template }) => template === 'page')?.textPath;
}

describe('text derived at compile time and at run time is the same', () => {
  const counts = { fast: 0, slow: 0, mails: 0 };
  afterAll(() => process.stdout.write(`compiled text: ${JSON.stringify(counts)}\n`));
  afterEach(() => {
    counts.mails += CONTEXTS.length;
  });

  test.each(Object.entries(FAST))('fast: %s', async (_, template) => {
    expect(await compare(filesOf(template), false)).toEqual({ ok: true });
    counts.fast += 1;
  });

  test.each(Object.entries(SLOW))('slow: %s', async (_, [reason, at, template]) => {
    const path = await compare(filesOf(template), false);
    expect(path).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
    const place = path?.ok === false ? path.place : undefined;
    expect(place ? `${place.line}:${place.column}` : '').toBe(at);
    counts.slow += 1;
  });
});

test('a value is computed once for both bodies', async () => {
  const renderer = await loaded({ 'page.hbs': '<p>{{ticket}}</p>' }, { helpers: HELPERS });
  const first = await renderOf(renderer, 'page');
  expect(first.html).toBe(`<p>${first.text}</p>`);
  expect((await renderOf(renderer, 'page')).text).not.toBe(first.text);
});

test('HTML from a helper that was declared text is a fault at its place', async () => {
  const files = { 'page.hbs': '<p>\n  {{lying}}</p>', 'page.fr.hbs': '<p>{{shout (lying)}}</p>' };
  const renderer = await loaded(files, { helpers: HELPERS });
  const error = await failure(renderOf(renderer, 'page'));
  expect(error).toMatchObject({ code: 'context-invalid', at: { line: 2, column: 3 } });
  expect(error.message).toMatch(/helper "lying" is declared with textHelper and returned HTML/);
  expect(await failure(renderOf(renderer, 'page', {}, { locale: 'fr' }))).toMatchObject({
    at: { line: 1, column: 12 },
  });
});
