import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCssEngine } from '../../src/render/css/css-engine.js';
import { CssInliner } from '../../src/render/css/css-inliner.js';
import { deriveText } from '../../src/render/text/derived-text.js';
import { SafeString, type TemplateHelper } from '../../src/render/helpers/helper.js';
import { idleSelectors, withoutIdleRules } from './idle-rules.js';
import { normalHtml } from './normal-html.js';
import { loaded, renderOf } from './templates.js';

type Files = Readonly<Record<string, string>>;

const CSS = `<style>
  p, td { margin: 0; color: #333 } .lead { font-size: 18px } #top > a { color: red } table tr td { padding: 4px }
  a { color: blue; text-decoration: none } a:hover { color: green } div p a { font-weight: bold }
  ul li { margin-left: 2px } h1 { font: 20px/1.2 "Arial", sans-serif } span { color: gray }
  @media (max-width: 600px) { p { margin: 9px } }
</style>`;

const page = (body: string, head = CSS): string =>
  `<!DOCTYPE html>\n<html lang="en"><head><title>{{title}}</title>${head}</head>\n<body>${body}</body></html>`;

const layout = (inside = '{{> @partial-block}}'): string =>
  `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta charset="utf-8"/><title>{{title}}</title>${CSS}</head><body><div id="top">${inside}</div></body></html>\n`;

const inLayout = (body: string): string => `---\nlayout: main\n---\n${body}`;

const HELPERS: Readonly<Record<string, TemplateHelper>> = {
  shout: (value: string) => value.toUpperCase(),
  bold: (value: string) => new SafeString(`<p class="lead">${value}</p>`),
  twice: function twice(this: unknown, options: { fn: (context: unknown) => string }) {
    return options.fn(this) + options.fn(this);
  },
};

/** Templates that take the fast path. */
const FAST: Readonly<Record<string, string | Files>> = {
  'values in text and attributes': page(
    '<p class="lead">{{name}}</p><a href="{{link}}?a=1&b={{name}}">{{link}}</a>',
  ),
  'no html, head or body': `${CSS}<p>{{name}}</p>{{#if more}}<p>{{more}}</p>{{/if}}`,
  'no styles at all': '<p>{{name}}</p>{{#each items}}<b>{{name}}</b>{{/each}}',
  'only rules that stay':
    '<style>a:hover{color:red}</style><p>{{name}}<p>{{#each items}}<li>{{name}}{{/each}}',
  'if, else if, else': page(
    '<div>{{#if more}}<p>{{more}}</p>{{else if name}}<span>{{name}}</span>{{else}}<p>none</p>{{/if}}</div>',
  ),
  unless: page('{{#unless more}}<p class="lead">no more</p>{{/unless}}<p>x</p>'),
  'an inverted block': page('{{^if more}}<p>no more</p>{{/if}}'),
  'each with @data, parents and else': page(
    '<ul>{{#each items}}<li class="lead">{{@index}} {{name}} of {{../name}} {{#if @first}}<span>first</span>{{/if}}</li>{{else}}<li>nothing</li>{{/each}}</ul>',
  ),
  'block parameters': page(
    '{{#each items as |item index|}}<p>{{index}}: {{item.name}} {{../title}}</p>{{/each}}',
  ),
  with: page('{{#with items.[0]}}<p>{{name}}</p>{{else}}<p>-</p>{{/with}}'),
  'helpers that come with the package': page(
    '<p>{{default more "none"}} {{formatNumber count}} {{#if (eq count 2)}}<span>two</span>{{/if}}</p>',
  ),
  messages: {
    'page.hbs': page(
      '<p title="{{t "hi" name=name}}">{{t "hi" name=name}}{{t "n" n=count}}</p><p>{{concat (t "hi" name=name) "!"}}</p>',
    ),
    'locales/en.json':
      '{"hi":" <b>Hi</b>\\n\\u0000 {name} & co ","n":"{n, plural, one {#} other {#\\r things}}"}',
  },
  'whitespace control': page(
    '<div>\n  {{~#if more~}}\n  <p> {{~more~}} </p>\n  {{~else~}} <p>b</p> {{~/if~}}\n</div>',
  ),
  'standalone tags': page('<div>\n  {{#each items}}\n    <p>{{name}}</p>\n  {{/each}}\n</div>'),
  'escaped mustaches': page('<p>\\{{name}} {{name}} \\\\{{name}}</p>'),
  comments: page('{{! a }}<p>{{!-- {{b}} --}}x</p><!-- {{name}} {{#if more}}<p>{{more}}</p>{{/if}} -->'),
  'conditional comments': page(
    '<!--[if mso]><table><tr><td>{{name}}</td></tr></table><![endif]--><!--[if !mso]><!--><p>{{name}}</p><!--<![endif]-->{{#if more}}<!--[if mso]><p>x</p><![endif]-->{{/if}}<![if !mso]><p>{{title}}</p><![endif]>',
  ),
  'blocks in attributes': page(
    '<a href="{{link}}{{#if more}}?m={{more}}{{else}}#none{{/if}}" title="{{#each items}}{{name}} {{/each}}">x</a>',
  ),
  'single quotes': page("<a href='{{link}}' title='it is {{name}}'>x</a>"),
  'a marked class when no rule asks for one': page('<p class="{{name}}">x</p>', '<style>p{margin:0}</style>'),
  'a style with a tag that no rule touches': page('<b style="color: {{color}}">x</b>'),
  'textarea, title and script': page(
    '<textarea>a {{name}}</textarea><script>var a = "{{name}}";{{#if more}}b(){{/if}}</script>',
  ),
  'blocks in head': page('<p>x</p>', `${CSS}{{#if more}}<meta name="more" content="{{more}}">{{/if}}`),
  'rows without tbody': page(
    '<table width="100%">\n{{#each items}}\n<tr><td>{{name}}</td></tr>\n{{/each}}\n</table>',
  ),
  'rows with tbody': page('<table><tbody>{{#each items}}<tr><td>{{name}}</td></tr>{{/each}}</tbody></table>'),
  'rows behind a head': page(
    '<table><thead><tr><th>N</th></tr></thead>{{#each items}}<tr><td>{{name}}</td></tr>{{/each}}</table>',
  ),
  'rows before and behind': page(
    '<table><tr><td>a</td></tr>{{#each items}}<tr><td>{{name}}</td></tr>{{/each}}<tr><td>z</td></tr></table>',
  ),
  'cells in a block': page('<table><tr>{{#each items}}<td>{{name}}</td>{{/each}}</tr></table>'),
  'a comment before rows': page(
    '<table><!-- a --><tr><td>a</td></tr>{{#each items}}<tr><td>{{name}}</td></tr>{{/each}}</table>',
  ),
  'tables in tables': page(
    '<table>{{#if more}}<tr><td><table>{{#each items}}<tr><td>{{name}}</td></tr>{{/each}}</table></td></tr>{{/if}}</table>',
  ),
  'a structural selector without blocks': page(
    '<p>{{name}}</p><p>b</p>',
    '<style>p:first-child{color:red}p+p{margin:1px}</style>',
  ),
  'the root of a page': page('<p>{{name}}</p>{{#if more}}<p>x</p>{{/if}}', '<style>:root{color:red}</style>'),
  'the root of a piece': '<style>:root{color:red}</style>{{#if more}}<p>x</p>{{/if}}<p>{{name}}</p>',
  'a layout': { 'page.hbs': inLayout('<p>{{name}}</p>'), 'layouts/main.hbs': layout() },
  'a layout whose block is printed twice alike': {
    'page.hbs': inLayout('<p>{{name}}</p>'),
    'layouts/main.hbs': layout(
      '<div>{{> @partial-block}}</div>{{#if more}}<div>{{> @partial-block}}</div>{{/if}}',
    ),
  },
  'a layout with optional parts': {
    'page.hbs': inLayout('{{#*inline "foot"}}<p class="lead">{{name}}, bye</p>{{/inline}}<p>{{name}}</p>'),
    'layouts/main.hbs': layout(
      '{{> @partial-block}}{{#> foot}}<p>default</p>{{/foot}}{{#> side}}<span>{{title}}</span>{{/side}}',
    ),
  },
  'partials in different places': {
    'page.hbs': inLayout(
      '{{> a/link link=link}}<p>{{> a/link link="https://x.test/?a=b&c"}}</p>{{#each items}}{{> a/row this n=@index}}{{/each}}',
    ),
    'layouts/main.hbs': layout(),
    'partials/a/link.hbs': '<a href="{{link}}">{{default name "-"}}</a>',
    'partials/a/row.hbs': '<p>{{n}} {{name}} {{> a/link link="https://r.test"}}</p>',
  },
  'partials that open and close': {
    'page.hbs': '{{> start}}<p>{{name}}</p>{{> end}}',
    'partials/start.hbs': `<html><head>${CSS}</head><body><div>`,
    'partials/end.hbs': '<p>bye {{name}}</p></div></body></html>',
  },
  'partial blocks in partial blocks': {
    'page.hbs': inLayout(
      '{{#> panel title="A"}}<p>{{name}}</p>{{#> panel title=name}}<p>{{title}}</p>{{/panel}}{{/panel}}',
    ),
    'layouts/main.hbs': layout(),
    'partials/panel.hbs': '<div class="lead"><h1>{{title}}</h1>{{> @partial-block}}</div>',
  },
  'partial blocks in a loop with block parameters': {
    'page.hbs': inLayout(
      '{{#each items as |row|}}{{#> panel title=row.name}}<p>{{row.name}} {{../name}}</p>{{/panel}}{{/each}}',
    ),
    'layouts/main.hbs': layout(),
    'partials/panel.hbs':
      '{{#each (lookup @root "items") as |row|}}<h1>{{row.name}}</h1>{{/each}}{{> @partial-block}}',
  },
  'spaces that are text': page(
    [
      '&#8202;',
      '&emsp;',
      '&thinsp;',
      '\u2003',
      '&#32;',
      '&#x20;&Tab;',
      '&nbsp;',
      ' &hairsp; ',
      '&#8203;',
      '&#10;',
    ]
      .map((space) => `<div>${space}</div><table><tr><td>${space}</td><td>{{name}}</td></tr></table>`)
      .join(''),
  ),
  'spaces that are none between rows': page(
    '<table>&#32;<tr><td>{{name}}</td></tr>&#x9;{{#each items}}&NewLine;<tr><td>{{name}}</td></tr>{{/each}}</table>',
  ),
  'preformatted text': page('<pre>x {{name}} {{concat name "!"}}</pre>'),
  'indented partials': {
    'page.hbs': inLayout('<ul>\n  {{> item}}\n</ul>'),
    'layouts/main.hbs': layout('\n    {{> @partial-block}}\n'),
    'partials/item.hbs': '<li>\n{{name}}\n</li>\n{{#if more}}\n<li title="a\nb">c</li>\n{{/if}}\n',
  },
  'linked sheets': {
    'page.hbs': page('<p>{{name}}</p>', '<link rel="stylesheet" href="css/m.css">'),
    'css/m.css': 'p{top:0}',
  },
  'inline partials used twice': page(
    '{{#*inline "x"}}<a href="{{link}}">{{name}}</a>{{/inline}}<p>{{> x}}</p><p>{{> x}}</p>',
  ),
  'an inline partial of two meanings': page(
    '{{#if more}}{{#*inline "x"}}<p>1</p>{{/inline}}{{> x}}{{else}}{{#*inline "x"}}<p class="lead">2</p>{{/inline}}{{> x}}{{/if}}',
  ),
  'partials whose parts the page defines': {
    'page.hbs': inLayout(
      '{{#*inline "foot"}}<p>{{title}}</p>{{/inline}}{{#> card}}{{#*inline "head"}}<a href="{{link}}">{{name}}</a>{{/inline}}<p>{{name}}</p>{{/card}}{{#each items}}{{#> card}}{{#*inline "head"}}<span class="lead">{{name}}</span>{{/inline}}{{/card}}{{/each}}',
    ),
    'layouts/main.hbs': layout('{{> @partial-block}}<div>{{> foot}}</div>'),
    'partials/card.hbs': '<div><h1>{{> head}}</h1>{{#if @partial-block}}{{> @partial-block}}{{/if}}</div>',
  },
  'a user helper in an attribute': page('<p title="{{shout name}}">x</p>'),
  'a safe string in a context enters at run time': page('<p>{{html}}</p><p title="{{name}}">x</p>'),
};

/** Those of them whose text is made for each mail, and what is said about it. */
const SLOW_TEXT: ReadonlyMap<string, string> = new Map([
  ['only rules that stay', '{{#each}} opens elements it does not close'],
]);

/** Templates that do not, and what is said about it. */
const SLOW: Readonly<Record<string, readonly [reason: string, template: string | Files]>> = {
  'an element opened in a block': [
    'opens elements it does not close',
    page('<div>{{#if more}}<p>{{/if}}x{{#if more}}</p>{{/if}}</div>'),
  ],
  'a branch out of balance': [
    'opens elements it does not close',
    page('{{#if more}}<p>{{else}}a</p><p>{{/if}}x</p>'),
  ],
  'an implied end tag': ['has to be fixed', page('<ul>{{#each items}}<li>{{name}}{{/each}}</ul>')],
  'a block in a block it closes': ['has to be fixed', page('<p>a{{#if more}}<div>b</div>{{/if}}c</p>')],
  'misnested elements': ['has to be fixed', page('<b><p>{{name}}</b>{{title}}</p>')],
  'text in a table': ['cannot hold text', page('<table>{{name}}<tr><td>x</td></tr></table>')],
  'literal text in a table': [
    'has to be fixed',
    page('<table><tr><td>x</td></tr>{{#if more}}text{{/if}}</table>'),
  ],
  'a comment before a row in a block': [
    '',
    page('<table>{{#each items}}<!-- a --><tr><td>{{name}}</td></tr>{{/each}}</table>'),
  ],
  'rows and bodies mixed': [
    '',
    page(
      '<table>{{#if more}}<thead><tr><th>x</th></tr></thead>{{/if}}{{#each items}}<tr><td>{{name}}</td></tr>{{/each}}</table>',
    ),
  ],
  ...Object.fromEntries(
    ['p:first-child', 'p + p', 'p ~ span', 'p:nth-of-type(2n+1)', 'p:not(:last-child)', 'div:empty'].map(
      (selector) => [
        `the selector ${selector}`,
        [
          'asks what stands',
          page(
            '<div>{{#if more}}<p>{{more}}</p>{{/if}}</div><div><p>a</p><span>x</span></div>',
            `<style>${selector}{color:red}</style>`,
          ),
        ],
      ],
    ),
  ),
  ':empty around a value': [
    'asks what stands',
    page('<p>{{empty}}</p>', '<style>p:empty{color:red}</style>'),
  ],
  'a class that a rule asks for': [
    'asks for the attribute class',
    page('<p class="lead{{#if more}}x{{/if}}">x</p>'),
  ],
  'an id that a rule asks for': [
    'asks for the attribute id',
    page('<p id="{{color}}">x</p>', '<style>#red{top:0}</style>'),
  ],
  'an attribute that a rule asks for': [
    'asks for the attribute align',
    page('<p align="{{color}}">x</p>', '<style>p[ALIGN|="red"]{top:0}</style>'),
  ],
  'an attribute the inliner asks for': ['data-css-inline', page('<p data-css-inline="{{ignore}}">x</p>')],
  'a style that rules add to': ['style attribute', page('<p style="color: {{empty}}">x</p>')],
  'style in a block': [
    '<style> stands inside a block',
    page('<p>x</p>', '{{#if more}}<style>p{top:0}</style>{{/if}}'),
  ],
  'link in a block': [
    '<link> stands inside a block',
    {
      'page.hbs': page('<p>x</p>', '{{#if more}}<link rel="stylesheet" href="m.css">{{/if}}'),
      'm.css': 'p{top:0}',
    },
  ],
  'style with a tag': ['a tag stands in <style>', page('<p>x</p>', '<style>p{color:{{color}} }</style>')],
  'style attribute with a tag': [
    'a tag stands in <style>',
    page('<p>x</p>', '<style media="{{all}}">p{top:0}</style>'),
  ],
  'a user helper in text without styles': [
    'the helper "bold" may print HTML',
    { 'page.hbs': '<p>{{bold name}}</p>', 'other.hbs': '<style>p{top:0}</style>' },
  ],
  'a script ended by a value and what stands before it': [
    'follows a "<" in <script>',
    page('<script>"</scr{{rest}}></script><p>x</p>'),
  ],
  'triple-stash': ['triple-stash', page('{{{markup}}}')],
  'ampersand stash': ['triple-stash', page('{{&markup}}')],
  'a user helper in text': ['the helper "bold" may print HTML', page('{{bold name}}')],
  'a user block helper': ['the block helper "twice"', page('{{#twice}}<p>x</p>{{/twice}}')],
  'an unquoted attribute': ['outside of a quoted attribute value', page('<a href={{link}}>x</a>')],
  'an attribute in a block': [
    'outside of a quoted attribute value',
    page('<a {{#if more}}class="lead"{{/if}}>x</a>'),
  ],
  'an element by name': ['', page('<{{tag}}>x</{{tag}}>')],
  'a dynamic partial': [
    'depends on a value',
    { 'page.hbs': page('{{> (default which "a")}}'), 'partials/a.hbs': '<p>a</p>' },
  ],
  'a recursive partial': [
    'includes itself',
    {
      'page.hbs': page('{{> a depth=0}}'),
      'partials/a.hbs': '<p>{{depth}}</p>{{#unless (gt depth 0)}}{{> a depth=1}}{{/unless}}',
    },
  ],
  'an inline partial in the place of a file at times': [
    'in a file at one time',
    {
      'page.hbs': page(
        '{{#*inline "p"}}{{> x}}{{/inline}}{{> p}}{{#if more}}{{#*inline "x"}}<p>1</p>{{/inline}}{{> p}}{{/if}}',
      ),
      'partials/x.hbs': '<p class="lead">2</p>',
    },
  ],
  'a block printed in two places': [
    'several places',
    {
      'page.hbs': inLayout('<a href="{{link}}">x</a>'),
      'layouts/main.hbs': layout('{{> @partial-block}}<div><p>{{> @partial-block}}</p></div>'),
    },
  ],
  'a reference completed by a value': ['follows an "&"', page('<p>&{{entity}};</p>')],
  'a tag completed by a value': ['', page('<p>a <{{empty}} b</p>')],
  'a script ended by a value': ['follows a "<"', page('<script>"<{{end}}></script><p>x</p>')],
  'a tag that never ends': ['this is no HTML tag', page('<p>{{name}}</p><b "{{name}}')],
  'a comment of nothing but a value': ['all there is in a comment', page('<!--{{name}}--><p>x</p>')],
  'such a comment without styles, beside a template that has some': [
    'all there is in a comment',
    { 'page.hbs': '<p>x</p><!--{{name}}-->', 'styled.hbs': page('<p>x</p>') },
  ],
  'a comment ended by a value': ['comment it may end', page('<!-- {{dashes}}><p>x</p><!-- -->')],
  'body in a block': [
    '<body> stands inside a block',
    '<html><head><style>p{top:0}</style></head><body>{{#if more}}</body><body class="x"><p>a</p>{{/if}}</body></html>',
  ],
  'a value outside of head and body': [
    'outside of <head> and <body>',
    `<html>${CSS}{{#if more}}<p>x</p>{{/if}}<p>y</p></html>`,
  ],
  'a line break first in pre': ['first in <pre>', page('<pre>{{lines}}</pre>')],
  'a partial first in pre': [
    'first in <pre>',
    { 'page.hbs': page('<pre>{{> a}}</pre>'), 'partials/a.hbs': '\n\nx' },
  ],
  'a tag in svg': ['inside <svg>', page('<svg><text>{{name}}</text></svg>')],
  'pre in an indented partial': [
    'spaces count',
    { 'page.hbs': page('<div>\n  {{> a}}\n</div>'), 'partials/a.hbs': '<pre>\nx {{name}}\ny</pre>\n' },
  ],
  'a carriage return': ['carriage return', page('<p>a\r{{name}}</p>')],
};

const SPECIAL = `& < > " ' \` = {{x}} {} \\ é 😀`;
const item = (name: string) => ({ name });
const base = {
  name: 'Ada',
  title: 'A title',
  link: 'https://example.test/a?b=c&d=e',
  color: 'red',
  count: 2,
  empty: '',
  ignore: 'ignore',
  all: 'all',
  tag: 'p',
  which: 'a',
  entity: 'lt',
  end: '/script',
  rest: 'ipt',
  dashes: '--',
  lines: '\nx',
  markup: '<p class="lead">m</p>',
};
const CONTEXTS: readonly object[] = [
  { ...base, html: 'plain', items: [] },
  { ...base, html: new SafeString('<p class="lead">safe</p>'), more: 'more', items: [item('one')] },
  {
    ...base,
    name: SPECIAL,
    title: SPECIAL,
    html: SPECIAL,
    more: SPECIAL,
    items: ['a', SPECIAL, '<p>'].map(item),
    count: 3,
  },
  { ...base, name: 'a\r\nb\rc\0', html: '', items: [item('\r')] },
  { ...base, name: '', title: '', html: null, more: 0, items: [{ name: ' ' }, { name: '\n' }] },
];

const filesOf = (template: string | Files): Files =>
  typeof template === 'string' ? { 'page.hbs': template } : template;

/** Renders on the way the renderer chose and, apart from it, for this one mail; fails where they differ. */
async function compare(files: Files, contexts: readonly object[]) {
  const renderer = await loaded(files, { helpers: HELPERS, inlineCss: true });
  const unstyled = await loaded(files, { helpers: HELPERS });
  // With a text of its own, the html is printed by itself.
  const written = await loaded({ ...files, 'page.text.hbs': '' }, { helpers: HELPERS, inlineCss: true });
  const inliner = new CssInliner(await loadCssEngine());
  for (const context of contexts) {
    const [chosen, plain] = [
      await renderOf(renderer, 'page', context),
      await renderOf(unstyled, 'page', context),
    ];
    const expected = inliner.inline(plain.html ?? '', (href) => files[href]).html;
    expect(normalHtml(withoutIdleRules(chosen.html ?? ''))).toBe(normalHtml(withoutIdleRules(expected)));
    expect(idleSelectors(expected)).toEqual(expect.arrayContaining([...idleSelectors(chosen.html ?? '')]));
    expect(chosen.text).toBe(deriveText(expected));
    expect(chosen.html).toBe((await renderOf(written, 'page', context)).html);
  }
  return renderer.fastPaths().find(({ template }) => template === 'page');
}

describe('styles inlined at compile time and at run time give the same mail', () => {
  const counts = { fast: 0, fastText: 0, slow: 0, mails: 0 };
  afterAll(() => process.stdout.write(`differential: ${JSON.stringify(counts)}\n`));

  test.each(Object.entries(FAST))('fast: %s', async (name, template) => {
    const path = await compare(filesOf(template), CONTEXTS);
    expect(path?.fastPath).toEqual({ ok: true });
    const reason = SLOW_TEXT.get(name);
    expect(path?.textPath).toMatchObject(reason === undefined ? { ok: true } : { ok: false, reason });
    counts.fast += 1;
    if (path?.textPath?.ok) counts.fastText += 1;
    counts.mails += CONTEXTS.length;
  });

  test.each(Object.entries(SLOW))('slow: %s', async (_, [reason, template]) => {
    const path = await compare(filesOf(template), CONTEXTS);
    expect(path?.fastPath).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
    counts.slow += 1;
    counts.mails += CONTEXTS.length;
  });
});

const corpus = join(__dirname, '..', '..', '..', 'shared', 'corpus', 'postmark');
// Beside a checkout in CI; everything else has cases of its own.
if (existsSync(corpus))
  test('real templates take the fast path', async () => {
    const reasons: string[] = [];
    let fast = 0;
    for (const style of ['basic', 'plain']) {
      for (const name of readdirSync(join(corpus, style))) {
        const source = readFileSync(join(corpus, style, name, 'content.html'), 'utf8')
          // A Mustache section is refused aloud; this is what such a one is rewritten to.
          .replaceAll(
            /\{\{#attachment_details\}\}([^]*?)\{\{\/attachment_details\}\}/g,
            '{{#with attachment_details}}$1{{/with}}',
          );
        const fields = [...source.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(
          ([, field = '']): [string, string] => [field, `[${field} & "co"]`],
        );
        const row = Object.fromEntries(fields);
        const lists = [[], [row], [row, row, row]].map((rows) =>
          Object.assign({}, row, { receipt_details: rows, invoice_details: rows, attachment_details: rows }),
        );
        const { fastPath, textPath = fastPath } = (await compare({ 'page.hbs': source }, lists)) ?? {};
        if (textPath?.ok) fast += 1;
        else reasons.push(`${style}/${name}: ${textPath?.reason}`);
      }
    }
    process.stdout.write(`postmark: ${fast} fast, ${reasons.length} slow\n${reasons.join('\n')}\n`);
    expect(fast / (fast + reasons.length)).toBeGreaterThanOrEqual(0.8);
  });
