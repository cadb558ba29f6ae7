import Handlebars from 'handlebars';
import { MemorySource } from '../source/stores.js';
import { failure, loaded, renderOf } from '../templates.js';

type Files = Readonly<Record<string, string>>;

const P = { 'partials/p.hbs': '<div>{{> content}}</div>' };
const CARD = { 'partials/card.hbs': '<b>{{> head}}</b>{{#if on}}{{> body}}{{/if}}' };

const inline = (name: string, body: string): string => `{{#*inline "${name}"}}${body}{{/inline}}`;

/** The html of `page.hbs`, with its layout, on the fast path and apart from it. */
async function both(files: Files, context: object = { on: true }): Promise<unknown> {
  const fast = await loaded(files);
  expect(fast.fastPaths()).toMatchObject([{ fastPath: { ok: true }, textPath: { ok: true } }]);
  // With a text of its own and no styles to inline, html is printed as its template says.
  const plain = await loaded({ ...files, 'page.text.hbs': '' });
  const { html } = await renderOf(fast, 'page', context);
  expect((await renderOf(plain, 'page', context)).html).toBe(html);
  return html;
}

const CASES: ReadonlyArray<readonly [what: string, files: Files, expected: string]> = [
  [
    'in the block of its call',
    { ...P, 'page.hbs': `{{#> p}}${inline('content', 'Hi')}{{/p}}` },
    '<div>Hi</div>',
  ],
  ['in the page around its call', { ...P, 'page.hbs': `${inline('content', 'Hi')}{{> p}}` }, '<div>Hi</div>'],
  [
    'differently in two calls',
    {
      ...P,
      'page.hbs': `{{#> p}}${inline('content', 'One')}{{/p}}{{#> p}}${inline('content', '<i>Two</i>')}{{/p}}`,
    },
    '<div>One</div><div><i>Two</i></div>',
  ],
  [
    'for one call in place of the page’s',
    {
      ...P,
      'page.hbs': `${inline('content', 'All')}{{> p}}{{#> p}}${inline('content', 'One')}{{/p}}{{> p}}`,
    },
    '<div>All</div><div>One</div><div>All</div>',
  ],
  [
    'through another partial',
    {
      ...P,
      'partials/outer.hbs': '<section>{{> p}}</section>',
      'page.hbs': `{{#> outer}}${inline('content', 'Hi')}{{/outer}}`,
    },
    '<section><div>Hi</div></section>',
  ],
  [
    'with a call of the same partial in it',
    {
      ...CARD,
      'page.hbs': `{{#> card}}${inline('head', 'A')}${inline('body', `{{#> card}}${inline('head', 'B')}${inline('body', 'C')}{{/card}}`)}{{/card}}`,
    },
    '<b>A</b><b>B</b>C',
  ],
  [
    'with a call of the same partial before the rest of it',
    {
      'partials/twice.hbs': '{{#if on}}[{{> x}}]{{/if}}{{#if on}}({{> x}}){{/if}}',
      'page.hbs': `{{#> twice}}${inline('x', `o{{#> twice}}${inline('x', 'i')}{{/twice}}`)}{{/twice}}`,
    },
    '[o[i](i)](o[i](i))',
  ],
  [
    'that prints another one of the block',
    { ...P, 'page.hbs': `{{#> p}}${inline('word', 'Hi')}${inline('content', '<i>{{> word}}</i>')}{{/p}}` },
    '<div><i>Hi</i></div>',
  ],
  [
    'in the page, for its layout',
    {
      'layouts/main.hbs': '<nav>{{> side}}</nav>{{> @partial-block}}',
      'page.hbs': `---\nlayout: main\n---\n${inline('side', 'Side')}Page`,
    },
    '<nav>Side</nav>Page',
  ],
  [
    'in the page, for a partial of its layout',
    {
      ...P,
      'layouts/main.hbs': '{{> p}}{{> @partial-block}}',
      'page.hbs': `---\nlayout: main\n---\n${inline('content', 'Side')}Page`,
    },
    '<div>Side</div>Page',
  ],
  [
    'beside the block that the partial prints',
    {
      'partials/box.hbs': '<b>{{> head}}</b>{{> @partial-block}}',
      'page.hbs': `{{#> box}}${inline('head', 'Head')}<p>Rest</p>{{/box}}`,
    },
    '<b>Head</b><p>Rest</p>',
  ],
  [
    'for an inline partial',
    { 'page.hbs': `${inline('box', '<b>{{> slot}}</b>')}{{#> box}}${inline('slot', 'S')}{{/box}}` },
    '<b>S</b>',
  ],
  [
    'for an inline partial inside itself',
    {
      'page.hbs': `${inline('box', '<b>{{> slot}}</b>')}{{#> box}}${inline('slot', `A{{#> box}}${inline('slot', 'B')}{{/box}}`)}{{/box}}`,
    },
    '<b>A<b>B</b></b>',
  ],
  [
    'or not, where it has a default',
    {
      'partials/d.hbs': '[{{#> content}}default{{/content}}]',
      'page.hbs': `{{> d}}{{#> d}}${inline('content', 'given')}{{/d}}{{> d}}`,
    },
    '[default][given][default]',
  ],
  [
    'in the place of a file',
    {
      ...P,
      'partials/content.hbs': 'file',
      'page.hbs': `{{> p}}{{#> p}}${inline('content', 'given')}{{/p}}`,
    },
    '<div>file</div><div>given</div>',
  ],
  [
    'where a value decides',
    {
      ...P,
      'page.hbs': `{{#if on}}{{#> p}}${inline('content', 'on')}{{/p}}{{else}}{{#> p}}${inline('content', 'off')}{{/p}}{{/if}}`,
    },
    '<div>on</div>',
  ],
];

describe('a partial prints the inline partials of its callers', () => {
  test.each(CASES)('%s', async (_what, files, expected) => {
    expect(await both(files)).toBe(expected);
  });

  // Handlebars has no siblings in sight and no slots in inline partials; everything else is its own.
  const own = CASES.filter(([, files]) => !files['page.hbs']?.startsWith('---'))
    .filter(([what]) => !/another one|for an inline partial|before the rest/.test(what))
    .map(([what, files, expected]) => [what, files, expected] as const);
  test.each(own)('as Handlebars does: %s', (_what, files, expected) => {
    const handlebars = Handlebars.create();
    for (const [name, source] of Object.entries(files)) {
      const partial = /^partials\/(.+)\.hbs$/.exec(name)?.[1];
      if (partial !== undefined) handlebars.registerPartial(partial, source);
    }
    expect(handlebars.compile(files['page.hbs'])({ on: true })).toBe(expected);
  });

  test('context and arguments are those of the call that prints it', async () => {
    const files = {
      'partials/list.hbs': '<ul>{{#each items}}<li>{{> item n=@index}}</li>{{/each}}</ul>',
      'page.hbs': `{{#> list}}${inline('item', '{{n}}: {{name}}')}{{/list}}`,
    };
    const context = { items: [{ name: 'a' }, { name: 'b' }] };
    expect(await both(files, context)).toBe('<ul><li>0: a</li><li>1: b</li></ul>');
  });

  test('an inline partial that includes its own partial fails the mail, not the process', async () => {
    const renderer = await loaded({ ...P, 'page.hbs': `{{#> p}}${inline('content', '{{> p}}')}{{/p}}` });
    const error = await failure(renderOf(renderer, 'page'));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'page' } });
    expect(error.message).toContain('more than 100 levels deep');
  });

  test('a template of a source may define it', async () => {
    const source = new MemorySource();
    source.put('news', `{{#> p}}${inline('content', 'News')}{{/p}}`);
    source.put('bare', '\n{{> p}}');
    const files = { ...P, 'other.hbs': `{{#> p}}${inline('content', 'x')}{{/p}}` };
    const renderer = await loaded(files, { sources: [source] });
    expect((await renderOf(renderer, 'news')).html).toBe('<div>News</div>');
    const error = await failure(renderOf(renderer, 'bare'));
    expect(error).toMatchObject({ code: 'template-invalid', at: { line: 2, column: 1 } });
    expect(error.message).toContain('nothing here gives the partial "content"');
  });
});

describe('a missing inline partial fails the boot', () => {
  const known = { 'other.hbs': `{{#> p}}${inline('content', 'x')}{{/p}}`, ...P };
  test.each<[string, Files, string, number, string]>([
    [
      'a call without a block',
      { 'page.hbs': 'Hi\n{{> p}}' },
      'page.hbs',
      2,
      'nothing here gives the partial "content", which',
    ],
    [
      'a call whose block defines another',
      { 'page.hbs': `{{#> p}}${inline('contents', 'x')}{{/p}}` },
      'page.hbs',
      1,
      'nothing here gives',
    ],
    [
      'a second call',
      { 'page.hbs': `{{#> p}}${inline('content', 'x')}{{/p}}\n{{> p}}` },
      'page.hbs',
      2,
      'nothing here gives',
    ],
    [
      'a call through another partial',
      { 'partials/outer.hbs': '{{> p}}', 'page.hbs': 'Hi\n{{> outer}}' },
      'page.hbs',
      2,
      'nothing here gives',
    ],
    [
      'a call in an inline partial',
      { 'page.hbs': `${inline('a', '{{> p}}')}{{> a}}` },
      'page.hbs',
      1,
      'nothing here gives',
    ],
    [
      'in an inline partial that is handed on',
      { 'page.hbs': `{{#> p}}${inline('content', '\n{{> nowhere}}')}{{/p}}` },
      'page.hbs',
      2,
      'partial "nowhere" does not exist',
    ],
    [
      'a layout',
      {
        'layouts/main.hbs': '{{> side}}{{> @partial-block}}',
        'with.hbs': `---\nlayout: main\n---\n${inline('side', 'x')}`,
        'page.hbs': '---\nsubject: Hi\nlayout: main\n---\nHi',
      },
      'page.hbs',
      3,
      'nothing here gives the partial "side", which',
    ],
    [
      'the page itself',
      { 'page.hbs': 'Hi\n{{> content}}' },
      'page.hbs',
      2,
      'partial "content" does not exist',
    ],
    [
      'a name that no template defines',
      { 'partials/q.hbs': '\n{{> contnet}}' },
      'partials/q.hbs',
      2,
      'partial "contnet" does not exist',
    ],
  ])('%s', async (_what, files, file, line, message) => {
    const error = await failure(loaded({ ...known, ...files }));
    expect(error).toMatchObject({ code: 'template-invalid', at: { line } });
    expect(error.at?.file).toMatch(new RegExp(`${file}$`));
    expect(error.message).toContain(message);
    expect(error.message.split('\n')).toHaveLength(2);
  });

  test('with advice on how to define it, and the place that prints it', async () => {
    const { message } = await failure(loaded({ ...known, 'page.hbs': '{{> p}}' }));
    expect(message).toMatch(
      /which .*partials\/p\.hbs:1:6 prints\. Define it in the block of the call, \{\{#\*inline "content"\}\}…/,
    );
  });
});
