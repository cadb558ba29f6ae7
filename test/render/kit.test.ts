import { Parser } from 'htmlparser2';
import { loadCssEngine } from '../../src/render/css/css-engine.js';
import { CssInliner } from '../../src/render/css/css-inliner.js';
import { deriveText } from '../../src/render/text/derived-text.js';
import type { HandlebarsRendererOptions } from '../../src/render/handlebars-renderer.js';
import { themeOf, type ThemeOptions } from '../../src/render/components/theme.js';
import type { RenderedBody, RenderRequest } from '../../src/render/renderer.js';
import { withoutIdleRules } from './idle-rules.js';
import { normalHtml } from './normal-html.js';
import { failure, folder, loaded, rendererOf, renderOf } from './templates.js';

const LINK = 'https://example.test/confirm?token=1&user=2';

const page = (body: string, front = ''): string =>
  `---\nsubject: Hello {{name}}\n${front}layout: mail/layout\n---\n${body}\n`;

const EVERYTHING = `<h1>Hello {{name}}</h1>
<p>One click and you are in. <a href="https://example.test">Read more</a></p>
{{#> mail/button href=link}}Confirm{{/mail/button}}
{{#each tones}}
  {{#> mail/panel tone=this title=../name}}<p>A {{this}} of {{../name}}</p>{{/mail/panel}}
{{/each}}
{{#> mail/panel}}Your code is <code>{{code}}</code>{{/mail/panel}}
{{> mail/table rows=facts}}
{{#> mail/table}}
  <tr><th scope="col">Item</th><th scope="col" class="mail-end">Amount</th></tr>
  {{#each facts}}<tr><td>{{label}}</td><td class="mail-end">{{value}}</td></tr>{{/each}}
{{/mail/table}}
{{#if more}}{{#> mail/button href=link tone="quiet"}}More{{/mail/button}}{{/if}}
{{#> mail/button href=link tone=look}}Delete <strong>{{name}}</strong>{{/mail/button}}
{{> mail/divider}}
{{> mail/image src="https://example.test/harbour.png" alt="The harbour"}}
{{> mail/image src="cid:map" alt=name width=200 href=link}}
{{#> mail/footer}}<p>You get this because you signed up.</p>{{/mail/footer}}`;

const FACTS = [
  { label: 'Order', value: 'A-1 <b>' },
  { label: 'Total', value: 12 },
];
const CONTEXTS = [
  { tones: ['info', 'success', 'warning', 'danger', 'else'], facts: FACTS, more: true, look: 'danger' },
  { tones: [], facts: [], more: false, look: 'quiet' },
  { tones: ['danger'], facts: [FACTS[0]], more: null, look: '"<&' },
].map((context) => Object.assign(context, { name: `Ada & "Co" 'x' <b>`, link: LINK, code: '{{1}}' }));

const BRAND = { name: 'Tidemark', url: 'https://example.test', address: '4 Harbour Row, Saltmouth' };

type Options = Partial<HandlebarsRendererOptions>;

async function mailOf(
  files: Readonly<Record<string, string>>,
  context: object = { name: 'Ada', link: LINK },
  options: Options = {},
  rest: Partial<RenderRequest> = {},
): Promise<RenderedBody & { readonly html: string }> {
  const renderer = await loaded(files, { inlineCss: true, ...options });
  const body = await renderOf(renderer, 'page', context, rest);
  return { ...body, html: body.html ?? '' };
}

const themed = (theme: ThemeOptions): Options => ({ theme: themeOf(theme) });

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inside: string[];
}

/** The elements of a mail, each with the names of what is in it. */
function elementsOf(html: string): readonly Element[] {
  const [found, open]: [Element[], Element[]] = [[], []];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      for (const parent of open) parent.inside.push(name);
      const element = { name, attributes, inside: [] };
      found.push(element);
      open.push(element);
    },
    onclosetag: () => void open.pop(),
  });
  parser.end(html);
  return found;
}

const named = (html: string, name: string): readonly Element[] =>
  elementsOf(html).filter((element) => element.name === name);

describe('a page that uses every component', () => {
  it.each(CONTEXTS)('is inlined when it is compiled, to the same mail (%#)', async (context) => {
    const files = { 'page.hbs': page(EVERYTHING, 'preheader: For {{name}}\n') };
    const renderer = await loaded(files, { inlineCss: true, theme: themeOf({ brand: BRAND }) });
    expect(renderer.fastPaths()).toEqual([
      { template: 'page', fastPath: { ok: true }, textPath: { ok: true } },
    ]);

    const plain = await mailOf(files, context, { inlineCss: false, ...themed({ brand: BRAND }) });
    const inlined = new CssInliner(await loadCssEngine()).inline(plain.html, () => undefined).html;
    const { html } = await renderOf(renderer, 'page', context);
    expect(normalHtml(withoutIdleRules(html ?? ''))).toBe(normalHtml(withoutIdleRules(inlined)));
    expect(html).not.toContain('$');
  });

  it('is sound html for mail clients and screen readers', async () => {
    const { html } = await mailOf({ 'page.hbs': page(EVERYTHING) }, CONTEXTS[0], themed({ brand: BRAND }));
    for (const { attributes, inside } of named(html, 'table')) {
      const data = attributes['role'] === undefined;
      expect([attributes['role'], inside.includes('th')]).toEqual(
        data ? [undefined, true] : ['presentation', expect.anything()],
      );
      expect(attributes['cellpadding']).toBe('0');
    }
    expect(named(html, 'th').every(({ attributes }) => /^(?:row|col)$/.test(attributes['scope'] ?? ''))).toBe(
      true,
    );
    expect(named(html, 'img').map(({ attributes }) => attributes['alt'])).toEqual([
      'The harbour',
      CONTEXTS[0]?.name,
    ]);
    expect(named(html, 'a').every(({ attributes }) => attributes['href'] && attributes['style'])).toBe(true);
    expect(html).toContain('max-width: 600px');
    expect(html).toContain(
      '<!--[if mso]><table align="center" role="presentation" cellpadding="0" cellspacing="0" border="0" width="600">',
    );
    expect(Buffer.byteLength(html)).toBeLessThan(102 * 1024);
    expect(html.match(/<style/g)).toHaveLength(2);
  });

  it.each([
    ['mail/button', '{{#> mail/button href=link tone=name}}{{name}}{{/mail/button}}'],
    ['mail/panel', '{{#> mail/panel title=name}}<p>{{name}}</p>{{/mail/panel}}'],
    ['mail/table', '{{> mail/table rows=facts}}'],
    ['mail/divider', '{{> mail/divider}}'],
    ['mail/image', '{{> mail/image src=link alt=name width=100}}'],
    ['mail/footer', '{{#> mail/footer}}{{name}}{{/mail/footer}}'],
    ['nothing', '<p>{{name}}</p>'],
  ])('%s alone is inlined when it is compiled', async (_, body) => {
    const renderer = await loaded({ 'page.hbs': page(body) }, { inlineCss: true });
    expect(renderer.fastPaths()).toEqual([
      { template: 'page', fastPath: { ok: true }, textPath: { ok: true } },
    ]);
  });
});

describe('the text part', () => {
  it('made from the html names each button’s address once', async () => {
    const { html, text } = await mailOf({
      'page.hbs': page('{{#> mail/button href=link}}Confirm{{/mail/button}}'),
    });
    expect(text).toBe(`Confirm (${LINK})`);
    expect(deriveText(html)).toBe(text);
  });

  it('made from the html reads from top to bottom', async () => {
    const context = { ...CONTEXTS[0], name: 'Ada', tones: ['info'], code: '483 201' };
    const { text } = await mailOf(
      { 'page.hbs': page(EVERYTHING, 'preheader: Hidden\n') },
      context,
      themed({ brand: BRAND }),
    );
    expect(text?.split(/\n+/)).toEqual([
      'Tidemark (https://example.test)',
      'Hello Ada',
      'One click and you are in. Read more (https://example.test)',
      `Confirm (${LINK})`,
      'Ada',
      'A info of Ada',
      'Your code is 483 201',
      'Order  A-1 <b>',
      'Total  12',
      'Item  Amount',
      'Order  A-1 <b>',
      'Total  12',
      `More (${LINK})`,
      `Delete Ada (${LINK})`,
      'The harbour',
      `Ada (${LINK})`,
      'You get this because you signed up.',
      'Tidemark',
      '4 Harbour Row, Saltmouth',
    ]);
  });

  it('written by hand has the same components and layout, in text', async () => {
    const source = `Hello {{name}}

{{#> mail/button href=link}}Confirm{{/mail/button}}
{{#> mail/panel title="Before you go"}}
Write it down.
{{/mail/panel}}
{{> mail/table rows=facts}}
{{> mail/image src=link alt="The harbour" href=link}}
{{> mail/divider}}
{{#> mail/footer}}
You signed up.
{{/mail/footer}}`;
    const files = { 'page.hbs': page('<p>{{name}}</p>'), 'page.text.hbs': source };
    const { text } = await mailOf(files, { name: 'Ada', link: LINK, facts: FACTS }, themed({ brand: BRAND }));
    expect(text?.split(/\n+/).filter(Boolean)).toEqual([
      'Hello Ada',
      `Confirm (${LINK})`,
      'Before you go',
      'Write it down.',
      'Order: A-1 <b>',
      'Total: 12',
      `The harbour (${LINK})`,
      '---',
      'You signed up.',
      '-- ',
      'Tidemark, 4 Harbour Row, Saltmouth',
    ]);
  });
});

describe('mail/layout', () => {
  it.each([
    [undefined, 'en', 'ltr'],
    ['fr-CA', 'fr-CA', 'ltr'],
    ['ar', 'ar', 'rtl'],
    ['he-IL', 'he-IL', 'rtl'],
    ['az-Arab', 'az-Arab', 'rtl'],
    ['uz-Latn', 'uz-Latn', 'ltr'],
  ])('for the locale %s has lang=%s and dir=%s', async (locale, lang, dir) => {
    const { html } = await mailOf({ 'page.hbs': page('x') }, undefined, {}, locale ? { locale } : {});
    for (const { attributes } of [...named(html, 'html'), ...named(html, 'table').slice(0, 1)])
      expect(attributes).toMatchObject({ lang, dir });
    expect(html).toContain(`.mail-end{text-align:${dir === 'rtl' ? 'left' : 'right'} !important}`);
  });

  it('is titled by the subject', async () => {
    const { html } = await mailOf({ 'page.hbs': page('x') }, { name: '<Ada>' });
    expect(html).toContain('<title>Hello &lt;Ada&gt;</title>');
  });

  it('is titled by the brand where the template has no subject', async () => {
    const theme = themed({ brand: { name: 'Tide & "mark" {x}' } });
    const { html, text } = await mailOf({ 'page.hbs': '---\nlayout: mail/layout\n---\nx' }, {}, theme);
    expect(html).toMatch(/<title>Tide &amp; "mark" \{x}<\/title>/);
    expect(text?.split(/\n+/)).toEqual(['Tide & "mark" {x}', 'x', 'Tide & "mark" {x}']);
  });

  it('hides the preheader and pads it; without one there is nothing', async () => {
    const shown = await mailOf({ 'page.hbs': page('x', 'preheader: For {{name}}\n') });
    const hidden = /<div class="mail-preheader" style="[^"]*display: ?none[^"]*">For Ada(?:&#847;|\u034f)/;
    expect(shown.html).toMatch(hidden);
    expect(shown.html.match(/For Ada/g)).toHaveLength(1);
    expect(shown.text).toBe('x');
    expect((await mailOf({ 'page.hbs': page('x') })).html).not.toContain('<div');
  });

  it('shows the logo, else the brand’s name, else nothing', async () => {
    const logo = { src: 'https://example.test/logo.png', width: 120 };
    const shown = await mailOf({ 'page.hbs': page('x') }, undefined, themed({ brand: { ...BRAND, logo } }));
    expect(named(shown.html, 'img').map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({ src: logo.src, width: '120', alt: 'Tidemark' }),
    ]);
    expect((await mailOf({ 'page.hbs': page('x') })).html).not.toContain('mail-masthead"');
  });

  it('shows the dark logo on dark ground, and is read once', async () => {
    const logo = { src: 'https://example.test/logo.png', dark: 'https://example.test/light.png', width: 120 };
    const { html, text } = await mailOf(
      { 'page.hbs': page('x') },
      undefined,
      themed({ brand: { ...BRAND, logo } }),
    );
    const [light, other] = named(html, 'img').map(({ attributes }) => attributes);
    expect(light).toMatchObject({ src: logo.src, class: 'mail-logo', width: '120', alt: 'Tidemark' });
    expect(other).toMatchObject({ src: logo.dark, class: 'mail-logo-dark', width: '120', alt: 'Tidemark' });
    expect(other?.['style']).toMatch(/display: ?none/);
    expect(html).toMatch(
      /prefers-color-scheme:dark[^]*\.mail-logo\{display:none !important}\.mail-logo-dark\{display:inline-block !important}/,
    );
    expect(html).toContain('[data-ogsc] .mail-logo-dark{display:inline-block !important}');
    expect(html).toMatch(/<!--\[if !mso]><!--><img[^>]*mail-logo-dark[^>]*><!--<!\[endif]-->/);
    expect(text?.split('Tidemark (https://example.test)')).toHaveLength(2);
    const one = await mailOf(
      { 'page.hbs': page('x') },
      undefined,
      themed({ brand: { ...BRAND, logo: { ...logo, dark: undefined } } }),
    );
    expect(one.html).not.toContain('mail-logo-dark');
  });

  it.each(['en', 'he'])('says left and right, which every client knows, in %s', async (locale) => {
    const body = `${EVERYTHING}<blockquote>x</blockquote><ul><li>y</li></ul>`;
    for (const inlineCss of [true, false]) {
      const { html } = await mailOf({ 'page.hbs': page(body) }, CONTEXTS[0], { inlineCss }, { locale });
      expect(html).not.toMatch(/-inline-|text-align: ?(?:start|end)|kit-(?:start|end)/);
      expect(html).toMatch(locale === 'he' ? /padding-right: ?22px/ : /padding-left: ?22px/);
    }
  });

  it('says left and right where styles are inlined with each mail, too', async () => {
    const body = '{{#if name}}<style>p{color:red}</style>{{/if}}<ul><li>{{name}}</li></ul>';
    const renderer = await loaded({ 'page.hbs': page(body) }, { inlineCss: true });
    expect(renderer.fastPaths()[0]?.fastPath.ok).toBe(false);
    for (const [locale, side] of [
      ['en', 'left'],
      ['ar', 'right'],
    ] as const) {
      const { html } = await renderOf(renderer, 'page', { name: 'Ada' }, { locale });
      expect(html).toContain(`padding-${side}: 22px`);
    }
  });

  it('tells Word what it needs to be told', async () => {
    const { html } = await mailOf({ 'page.hbs': page(EVERYTHING) }, CONTEXTS[0], {}, { locale: 'ar' });
    const word = /<!--\[if mso]><xml>[^]*?<style>([^]*?)<\/style><!\[endif]-->/.exec(html)?.[1] ?? '';
    expect(word).toContain('.mail-quiet-cell{border:1px solid #e2e6ec}');
    expect(word).toContain(
      'ul,ol{margin:0 0 16px !important;margin-right:24px !important;padding:0 !important}',
    );
    expect(word).toMatch(/h1,h2,h3,li[^{]*\{mso-line-height-rule:exactly}/);
    expect(
      named(html, 'td').find(({ attributes }) => attributes['class'] === 'mail-footer')?.attributes['style'],
    ).toMatch(/border-top: 1px solid[^]*color: #5d6878/);
  });

  it('gives way to the styles of the page', async () => {
    const { html } = await mailOf({
      'page.hbs': page(
        '<style>.big { font-size: 40px } p { color: #123456 }</style><h1 class="big">x</h1><p>y</p>',
      ),
    });
    expect(named(html, 'h1')[0]?.attributes['style']).toMatch(/font-size: 40px/);
    expect(named(html, 'p')[0]?.attributes['style']).toMatch(/color: #123456/);
  });

  it('is left out of the names of templates and of where they were looked for', async () => {
    const renderer = await loaded({});
    expect(renderer.names()).toEqual([]);
    const error = await failure(renderOf(renderer, 'nothing'));
    expect(error.message).not.toContain('nest-mailroom');
  });
});

describe('the arguments of a component', () => {
  const faulty = async (body: string): Promise<string> =>
    (await failure(mailOf({ 'page.hbs': page(body) }))).message;

  it.each([
    [
      '{{#> mail/button}}Go{{/mail/button}}',
      '"mail/button" needs the argument "href": {{#> mail/button href=…}}…{{/mail/button}}',
    ],
    [
      '{{> mail/button href=link}}',
      '"mail/button" needs a block: {{#> mail/button href=…}}…{{/mail/button}}',
    ],
    [
      '{{#> mail/button hreff=link}}Go{{/mail/button}}',
      '"mail/button" takes no argument "hreff". Did you mean "href"?',
    ],
    ['{{#> mail/button user href=link}}Go{{/mail/button}}', '"mail/button" takes named arguments only'],
    [
      '{{#> mail/button href=link tone="dangr"}}Go{{/mail/button}}',
      'tone of "mail/button": expected one of primary, quiet, danger, got "dangr"',
    ],
    ['{{> mail/table}}', '"mail/table" needs the argument "rows": {{> mail/table rows=…}}'],
    ['{{#> mail/divider}}x{{/mail/divider}}', '"mail/divider" takes no block: {{> mail/divider}}'],
    ['{{> mail/image src=link}}', '"mail/image" needs the argument "alt": {{> mail/image src=… alt=…}}'],
  ])('%s stops the boot at its own line', async (body, what) => {
    const message = await faulty(`<p>x</p>\n${body}`);
    expect(message).toContain(what);
    expect(message).toMatch(/page\.hbs:6:1: /);
  });

  it.each([
    [{}, /page\.hbs:5:\d+: "link" is missing/],
    [
      { link: 'javascript:alert(1)' },
      /page\.hbs:5:18: url: expected an absolute http, https, mailto or tel URL/,
    ],
    [{ link: '/confirm' }, /page\.hbs:5:18: url: expected an absolute/],
    [{ link: 'cid:logo' }, /page\.hbs:5:18: url: expected an absolute http, https, mailto or tel URL/],
  ])('an address that is none is a fault at the caller’s line: %j', async (context, message) => {
    const body = '{{#> mail/button tone="quiet" href=link}}Go{{/mail/button}}'.replace(' tone="quiet"', '');
    const error = await failure(mailOf({ 'page.hbs': page(body) }, { name: 'Ada', ...context }));
    expect(error).toMatchObject({ code: 'context-invalid' });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('nest-mailroom/');
  });

  const IMAGE = 'an absolute http or https URL, or cid:… of an inline attachment, without spaces';

  it.each([
    '/harbour.png',
    'harbour.png',
    '//example.test/a.png',
    'javascript:alert(1)',
    'data:image/png;base64,AA==',
    'mailto:a@x.test',
    'https://example.test/a b.png',
    '',
  ])('an image is not shown from %j, written out or not', async (src) => {
    const written = page(`<p>x</p>\n{{> mail/image src="${src}" alt=""}}`);
    const error = await failure(mailOf({ 'page.hbs': written }));
    expect(error.message).toContain(`page.hbs:6:1: src of "mail/image": expected ${IMAGE}, got "${src}"`);
    const given = await failure(
      mailOf({ 'page.hbs': page('{{> mail/image src=src alt=""}}') }, { name: 'Ada', src }),
    );
    expect(given).toMatchObject({ code: 'context-invalid' });
    expect(given.message).toContain(`url: expected ${IMAGE}`);
  });

  it.each(['https://example.test/a.png?w=2&h=3', 'http://example.test/a.png', 'cid:map@example.test'])(
    'an image is shown from %j',
    async (src) => {
      const body = `{{> mail/image src="${src}" alt=""}}{{> mail/image src=src alt=""}}<img src="{{url src "image"}}" alt="">`;
      const { html } = await mailOf({ 'page.hbs': page(body) }, { name: 'Ada', src });
      expect(named(html, 'img').map(({ attributes }) => attributes['src'])).toEqual([src, src, src]);
    },
  );

  it('a link that is written out stops the boot', async () => {
    expect(await faulty('{{#> mail/button href="/confirm"}}Go{{/mail/button}}')).toContain(
      'href of "mail/button": expected an absolute http, https, mailto or tel URL without spaces, got "/confirm"',
    );
  });

  it('is not taken from the context, nor hidden from the block', async () => {
    const body =
      '{{#> mail/panel}}{{title}} {{tone}}{{#> mail/panel title="Inner"}}{{title}}{{/mail/panel}}{{/mail/panel}}' +
      '{{> mail/image src="https://example.test/i.png" alt=""}}';
    const { html, text } = await mailOf(
      { 'page.hbs': page(body) },
      { name: 'Ada', title: 'Mine', tone: 'danger', width: 7 },
    );
    expect(text).toMatch(/^Mine danger\n+Inner\n+Mine$/);
    expect(html).not.toContain('class="mail-accent');
    expect(named(html, 'img')[0]?.attributes['width']).toBe('504');
  });

  it('may have the name of one of the application’s helpers', async () => {
    const helpers = { label: () => 'helper', title: () => 'helper', href: () => 'helper' };
    const body = '{{> mail/table rows=facts}}{{#> mail/panel title="Mine"}}x{{/mail/panel}}';
    const { text } = await mailOf({ 'page.hbs': page(body) }, { name: 'Ada', facts: FACTS }, { helpers });
    expect(text).not.toContain('helper');
  });
});

describe('an application’s own file of the same name', () => {
  const BUTTON = '<a href="{{url}}">{{text}}</a>';
  const CALL = '{{> mail/button url="https://example.test" text="Own"}}';

  it('takes the place of a component, arguments and all', async () => {
    const { html } = await mailOf({ 'partials/mail/button.hbs': BUTTON, 'page.hbs': page(CALL) });
    expect(html).toContain('>Own</a>');
    expect(html).not.toContain('mail-button-link"');
  });

  it('takes the place of the layout', async () => {
    const { html } = await mailOf({
      'layouts/mail/layout.hbs': '<html lang="en"><body>{{> @partial-block}}</body></html>',
      'page.hbs': page('{{#> mail/button href=link}}Go{{/mail/button}}'),
    });
    expect(html).not.toContain('mail-card');
    expect(html).toContain('mail-button-link');
  });

  it('counts within its namespace alone', async () => {
    const roots = [
      {
        dir: await folder({ 'page.hbs': page('{{#> mail/button href=link}}Go{{/mail/button}}') }),
        required: true,
      },
      {
        dir: await folder({ 'partials/mail/button.hbs': BUTTON, 'page.hbs': page(CALL) }),
        namespace: 'shop',
        required: true,
      },
    ];
    const renderer = rendererOf({ roots, inlineCss: true });
    await renderer.load();
    const context = { name: 'Ada', link: LINK };
    expect((await renderOf(renderer, 'shop/page', context)).html).toContain('>Own</a>');
    expect((await renderOf(renderer, 'page', context)).html).toContain('mail-button-link');
  });
});
