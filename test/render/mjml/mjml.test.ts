import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadMjml } from '../../../src/render/mjml/mjml-engine.js';
import { MjmlCompiler } from '../../../src/render/mjml/mjml-compiler.js';
import { TemplateFaults } from '../../../src/render/faults/template-fault.js';
import { readFolder } from '../../../src/render/compile/template-folder.js';
import { normalHtml } from '../normal-html.js';
import { failure, folder, loaded, renderOf, rendererOf, write } from '../templates.js';

const ORDER = `---
subject: Order {{order.number}}
preheader: It is {{order.state}}
---
<mjml lang="{{@locale}}" dir="{{@dir}}">
  <mj-head>
    <mj-title>{{@subject}}</mj-title>
    <mj-attributes>
      <mj-all font-family="Arial" />
      <mj-text color="{{@root.brand.text}}" />
      <mj-image alt="{{never.asked}}" />
    </mj-attributes>
    <mj-style>.strong { color: red } @media (max-width: 480px) { .strong { color: blue } }</mj-style>
  </mj-head>
  {{! written by hand }}
  <mj-body background-color="{{brand.page}}">
    {{#if paid}}
      <mj-section css-class="{{#if brand.wide}}wide{{else}}narrow{{/if}}">
        <mj-column>
          <mj-text>Thanks, <b class="strong">{{user.name}}</b>{{#if (eq user.name "}}")}}?{{else}}!{{/if}} \\{{as is}}</mj-text>
          <mj-button href="{{url
            link}}" background-color="{{brand.button}}">See "it"</mj-button>
          <mj-table>{{#each rows}}<tr><td>{{@index}}: {{name}}</td></tr>{{else}}<tr><td>none</td></tr>{{/each}}</mj-table>
          {{#each notes}}
            <mj-text>note {{this}}</mj-text>
            {{#unless @last}}<mj-divider />{{/unless}}
          {{/each}}
        </mj-column>
      </mj-section>
    {{else}}
      <mj-section><mj-column><mj-text>Please pay</mj-text></mj-column></mj-section>
    {{/if}}
    {{> sign who=user.name}}
    <mj-raw><p>{{{legal}}} {{missing}}</p></mj-raw>
  </mj-body>
</mjml>
`;
const FILES = { 'order.mjml.hbs': ORDER, 'partials/sign.hbs': '<i>{{who}}</i>' };
const CONTEXT = {
  order: { number: 'A-1', state: 'paid' },
  brand: { text: '#111111', page: '#eeeeee', button: 'green', wide: true },
  user: { name: '<Ada>' },
  paid: true,
  link: 'https://shop.test/?a=1&b="',
  rows: [{ name: 'Ink' }, { name: 'Pen' }],
  notes: ['one', 'two'],
  legal: '<b>Ltd</b>',
  missing: '',
};

const order = (context: object, options = {}): ReturnType<typeof renderOf> =>
  loaded(FILES, { inlineCss: true, ...options }).then((renderer) =>
    renderOf(renderer, 'order', context, { locale: 'en' }),
  );
const body = (inner: string): string => `<mjml><mj-body>${inner}</mj-body></mjml>`;
const text = (inner: string): string =>
  body(`<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`);

describe('Handlebars in MJML', () => {
  test('stands in text, attributes and tables, around columns’ elements and whole sections', async () => {
    const { subject, html = '', text: plain } = await order(CONTEXT);
    expect(subject).toBe('Order A-1');
    expect(html).toMatch(/^<!doctype html>\s*<html lang="en" dir="ltr"/);
    expect(html).toContain('<title>Order A-1</title>');
    expect(html).toContain('Thanks, <b class="strong" style="color: red;">&lt;Ada&gt;</b>! {{as is}}');
    expect(html).toContain(
      '<a href="https://shop.test/?a=1&amp;b=&quot;" style="display:inline-block;background:green',
    );
    expect(html).toContain('bgcolor="green"');
    expect(html).toContain('See "it"');
    expect(html).toMatch(/<tr><td>0: Ink<\/td><\/tr><tr><td>1: Pen<\/td><\/tr>/);
    expect(html).toMatch(/note one<\/div>[^]*border-top:solid[^]*note two<\/div>/);
    expect(html).toMatch(/<div class="wide"/);
    expect(html).toContain('color:#111111');
    expect(html).toContain('background-color:#eeeeee');
    expect(html).not.toContain('Please pay');
    expect(html).toContain('<i>&lt;Ada&gt;</i><p><b>Ltd</b> </p>');
    expect(html.match(/It is paid/g)).toHaveLength(1);
    expect(html).not.toMatch(/mailtag|mj-raw|mj-style|data-css-inline|written by hand/);
    expect(plain).toContain('Thanks, <Ada>! {{as is}}');
  });

  test.each([
    ['<mjml>', 'ar', 'ar', 'rtl'],
    ['<mjml>', 'fr-CA', 'fr-CA', 'ltr'],
    ['<mjml lang="he">', 'en', 'he', 'ltr'],
    ['<mjml dir="rtl" lang="{{lang}}">', 'en', 'fa', 'rtl'],
    ['<mjml\n owa="desktop">', 'he', 'he', 'rtl'],
  ])('%s in %s speaks the language of the mail', async (tag, locale, lang, dir) => {
    const source = text('{{name}}').replace('<mjml>', tag);
    const renderer = await loaded({ 'page.mjml.hbs': source }, { inlineCss: true });
    const { html = '' } = await renderOf(renderer, 'page', { name: 'Ada', lang: 'fa' }, { locale });
    expect(html).toMatch(new RegExp(`<html lang="${lang}" dir="${dir}"`));
    expect(html).toMatch(new RegExp(`role="article" lang="${lang}" dir="${dir}"`));
    const error = await failure(renderOf(renderer, 'page', { lang: 'fa' }, { locale }));
    const lines = source.split('\n');
    expect(error.at).toMatchObject({
      line: lines.length,
      column: (lines.at(-1) ?? '').indexOf('name}}') + 1,
    });
  });

  test('chooses the other branch, with all of its section and nothing of the first', async () => {
    const { html = '' } = await order({ ...CONTEXT, paid: false, brand: { ...CONTEXT.brand, wide: false } });
    expect(html).toContain('Please pay');
    expect(html).not.toMatch(/Thanks|narrow|note/);
    expect(html.match(/<table/g)?.length).toBe(html.match(/<\/table>/g)?.length);
    expect(html.match(/<!--\[if/g)?.length).toBe(html.match(/<!\[endif\]-->/g)?.length);
  });

  test('prints nothing for an empty list', async () => {
    const { html = '' } = await order({ ...CONTEXT, rows: [], notes: [] });
    expect(html).toContain('<td>none</td>');
    expect(html).not.toMatch(/note|border-top:solid/);
  });

  test('works in groups, wrappers, heroes, links, icons and accordions', async () => {
    const each = (inner: string): string => `{{#each @root.xs}}${inner}{{/each}}`;
    const source = body(
      `<mj-wrapper>${each('<mj-section><mj-group>{{#if this}}<mj-column><mj-text>G{{this}}</mj-text></mj-column>{{/if}}</mj-group></mj-section>')}</mj-wrapper>
       <mj-hero>{{#if xs}}<mj-text>H</mj-text>{{/if}}</mj-hero>
       <mj-section>${each('<mj-column><mj-text>C{{this}}</mj-text></mj-column>')}<mj-column>
         <mj-social>${each('<mj-social-element name="web" href="{{url @root.link}}">S{{this}}</mj-social-element>')}</mj-social>
         <mj-navbar>${each('<mj-navbar-link href="{{url @root.link}}">N{{this}}</mj-navbar-link>')}</mj-navbar>
         <mj-accordion>${each('<mj-accordion-element><mj-accordion-title>A{{this}}</mj-accordion-title></mj-accordion-element>')}</mj-accordion>
       </mj-column></mj-section>`,
    );
    const renderer = await loaded({ 'page.mjml.hbs': source }, { inlineCss: true });
    const { html = '' } = await renderOf(renderer, 'page', { xs: [1, 2], link: 'https://a.test' });
    const shown = [...html.matchAll(/\b([GHCSNA]\d?)\s*</g)].map(([, name]) => name);
    expect(shown).toEqual(['G1', 'G2', 'H', 'C1', 'C2', 'S1', 'S2', 'N1', 'N2', 'A1', 'A2']);
    expect(html.match(/<td/g)?.length).toBe(html.match(/<\/td>/g)?.length);
  });

  test('its own styles are inlined, at compile time if possible; MJML’s stay for mail programs', async () => {
    const wide = ORDER.replace('{{#if brand.wide}}wide{{else}}narrow{{/if}}', 'wide');
    const fast = await loaded(
      { ...FILES, 'order.mjml.hbs': wide.replace('{{{legal}}}', '{{legal}}') },
      { inlineCss: true },
    );
    const slow = await loaded({ ...FILES, 'order.mjml.hbs': wide }, { inlineCss: true });
    expect([...fast.fastPaths(), ...slow.fastPaths()].map(({ fastPath }) => fastPath.ok)).toEqual([
      true,
      false,
    ]);
    const context = { ...CONTEXT, legal: 'Ltd' };
    const [one, other] = await Promise.all(
      [fast, slow].map((renderer) => renderOf(renderer, 'order', context)),
    );
    expect(one?.html).toContain('#outlook a { padding:0; }');
    expect(one?.html).toMatch(/@media \(max-width: 480px\)\s*\{ \.strong \{ color: blue \} \}/);
    expect(one?.html).toContain('<b class="strong" style="color: red;">');
    expect(normalHtml(one?.html ?? '')).toBe(normalHtml(other?.html ?? ''));
    expect(one?.text).toBe(other?.text);
  });

  // MJML's own inliner never ends on the first ones.
  test.each([
    ['.a:is(b c, b):not(:where(i, u))', ''],
    ['.a b:nth-child(1 of .c, b)', ''],
    ['.a b:has(> i)', ''],
    ['.a b:link::before', ''],
    ['.a b', ' style="top: 0;"'],
  ])('styles that MJML would inline by itself are inlined like all others: %s', async (selector, style) => {
    const source = text('<p class="a"><b>{{x}}</b></p>').replace(
      '<mjml>',
      `<mjml><mj-head><mj-style inline="inline">${selector}{top:0}</mj-style><mj-style>.a{left:0}</mj-style></mj-head>`,
    );
    const renderer = await loaded({ 'a.mjml.hbs': source }, { inlineCss: true });
    const { html = '' } = await renderOf(renderer, 'a', { x: 'x' });
    expect(html).toContain(`<b${style}>x</b>`);
    if (style === '') expect(html).toContain(`${selector}{top:0}`);
    expect(html).not.toMatch(/mj-style|inline="/);
  });

  test('without inlining, such styles are refused with their place, and only those', async () => {
    const source = (attributes: string): string =>
      text('x').replace(
        '<mjml>',
        `<mjml>\n<mj-head>\n  <mj-style ${attributes}>p{top:0}</mj-style></mj-head>`,
      );
    const error = await failure(loaded({ 'a.mjml.hbs': source('inline="inline"') }, { inlineCss: false }));
    expect(error.code).toBe('template-invalid');
    expect(error.message).toMatch(
      /a\.mjml\.hbs:3:3: these styles are to be inlined, .* Remove inline="inline"/,
    );
    await loaded({ 'a.mjml.hbs': source('') }, { inlineCss: false });
  });

  test('may have a comment before its front matter', async () => {
    const renderer = await loaded({
      'a.mjml.hbs': `{{! by hand }}\n\n---\nsubject: Hi\n---\n${text('{{x}}')}`,
    });
    expect(await renderOf(renderer, 'a', { x: 'y' })).toMatchObject({ subject: 'Hi', text: 'y' });
    expect((await failure(renderOf(renderer, 'a'))).at).toMatchObject({ line: 6 });
  });

  test('may stand around spacers, and be inlined when it is compiled', async () => {
    const source = body(
      '<mj-section><mj-column><mj-spacer height="9px" /><mj-text>{{x}}</mj-text></mj-column></mj-section>',
    );
    const head = '<mj-head><mj-style>div{top:0}</mj-style></mj-head>';
    const renderer = await loaded(
      { 'a.mjml.hbs': source.replace('<mj-body>', `${head}<mj-body>`) },
      { inlineCss: true },
    );
    expect(renderer.fastPaths()).toMatchObject([{ fastPath: { ok: true }, textPath: { ok: true } }]);
  });

  test('may stand in comments MJML drops', async () => {
    const source = text('x').replace(
      '<mjml>',
      '<mjml><!-- {{a}} --><mj-head><mj-attributes><!-- {{b}} --></mj-attributes></mj-head>',
    );
    expect((await renderOf(await loaded({ 'a.mjml.hbs': source }), 'a')).html).toContain('>x</div>');
  });

  test('links fonts without a warning, because MJML itself adds the links', async () => {
    const onWarning = jest.fn();
    const renderer = await loaded({ 'a.mjml.hbs': text('x') }, { inlineCss: true, onWarning });
    expect((await renderOf(renderer, 'a')).html).toContain('<link href="https://fonts.googleapis.com');
    expect(onWarning).not.toHaveBeenCalled();
  });

  test('without inlining, rules do not become style attributes', async () => {
    const { html } = await order(CONTEXT, { inlineCss: false });
    expect(html).toContain('<b class="strong">');
  });
});

describe('an MJML file', () => {
  test('has languages and a text part like any other', async () => {
    const renderer = await loaded({
      'a.mjml.hbs': `---\nsubject: base\n---\n${text('base')}`,
      'a.fr.mjml.hbs': `---\nsubject: fr\n---\n${text('français')}`,
      'a.fr.text.hbs': 'texte',
    });
    expect((await renderOf(renderer, 'a')).html).toContain('base');
    const french = await renderOf(renderer, 'a', {}, { locale: 'fr-CA' });
    expect(french).toMatchObject({ subject: 'fr', text: 'texte', locale: 'fr' });
    expect(french.html).toContain('français');
  });

  test('may be a layout around pages of HTML', async () => {
    const renderer = await loaded(
      {
        'layouts/shop.mjml.hbs': text('<h1>{{brand}}</h1>{{> @partial-block}}'),
        'a.hbs': '---\nlayout: shop\n---\n<p class="x">{{name}}</p><style>.x { color: red }</style>',
      },
      { inlineCss: true },
    );
    const { html } = await renderOf(renderer, 'a', { brand: 'Shop', name: 'Ada' });
    expect(html).toContain('<h1>Shop</h1><p class="x" style="color: red;">Ada</p>');
    const error = await failure(renderOf(renderer, 'a', { name: 'Ada' }));
    expect(error.at).toMatchObject({
      file: expect.stringContaining('shop.mjml.hbs') as string,
      line: 1,
      path: 'brand',
    });
  });

  test.each([
    ['missing', 'missing}}'],
    ['link', 'link}}'],
    ['brand', 'brand.page'],
    ['user', 'user.name}}</b>'],
    ['notes', 'notes'],
    ['order', 'order.number'],
  ])('names the place of a missing %s', async (key, written) => {
    const { [key]: _, ...rest } = CONTEXT as Readonly<Record<string, unknown>>;
    const context = key === 'notes' ? { ...rest, notes: [undefined] } : rest;
    const { code, at } = await failure(order(context));
    expect(code).toBe('context-invalid');
    const before = ORDER.slice(0, ORDER.indexOf(key === 'notes' ? 'this}}' : written)).split('\n');
    expect(at).toMatchObject({ line: before.length, column: (before.at(-1)?.length ?? 0) + 1 });
  });

  test('is compiled again after an edit, and only then', async () => {
    const dir = await folder({ 'a.mjml.hbs': text('one'), 'b.mjml.hbs': text('b') });
    const sources: string[] = [];
    const mjml = new MjmlCompiler(async (file) => {
      const engine = await loadMjml(file);
      return (source, options) => {
        sources.push(source);
        return engine(source, options);
      };
    });
    const read = (): Promise<unknown> =>
      readFolder({ dir, required: true }, { faults: new TemplateFaults(), mjml });
    await read();
    await read();
    expect(sources).toHaveLength(2);
    await write(dir, { 'a.mjml.hbs': text('two') });
    await read();
    expect(sources).toHaveLength(3);
  });

  test('shows an edit and its fault without a restart', async () => {
    const dir = await folder({ 'a.mjml.hbs': text('one') });
    let warned: (message: string) => void = () => undefined;
    const warning = new Promise<string>((resolve) => {
      warned = resolve;
    });
    const renderer = rendererOf({
      roots: [{ dir, required: true }],
      onWarning: (message) => warned(message),
    });
    await renderer.load();
    renderer.watch();
    await write(dir, { 'a.mjml.hbs': text('two') + '<!-- {{#if}} -->' });
    expect(await warning).toContain('a.mjml.hbs:1:');
    expect((await renderOf(renderer, 'a')).html).toContain('one');
    await rm(join(dir, 'a.mjml.hbs'));
  });
});

describe('faults of an MJML file', () => {
  const head = '---\nsubject: s\n---\n';
  const faulty: ReadonlyArray<readonly [string, string, string, string]> = [
    ['an unknown element', body('\n  <mj-sectoin></mj-sectoin>'), '5:3', "Element mj-sectoin doesn't exist"],
    [
      'an unknown attribute',
      body('\n<mj-section colour="red"></mj-section>'),
      '5:1',
      'Attribute colour is illegal',
    ],
    ['a misplaced element', body('\n<mj-text>x</mj-text>'), '5:1', 'mj-text cannot be used inside mj-body'],
    [
      'a tag in place of a size',
      body('\n<mj-section padding="{{p}}"></mj-section>'),
      '5:1',
      'Attribute padding has invalid value: {{p}}',
    ],
    [
      'a tag after lines of tags',
      body('{{#if\n a}}{{/if}}{{!\n\n}}<mj-section padding="{{p}}"></mj-section>'),
      '7:3',
      'Attribute padding has invalid value: {{p}}',
    ],
    [
      'an attribute that a tag may bring',
      body('\n<mj-section {{p}}="x"></mj-section>'),
      '5:1',
      'Attribute {{p}} is illegal',
    ],
    [
      'text between elements',
      body('\n  lost\n'),
      '5:3',
      'MJML prints no text between elements. Put it into <mj-text>',
    ],
    [
      'a tag in the head',
      `<mjml><mj-head>\n{{#if a}}<mj-title>x</mj-title>{{/if}}</mj-head><mj-body></mj-body></mjml>`,
      '5:1',
      'no tag can stand between the elements of <mj-head>',
    ],
    [
      'a tag beside the body',
      `<mjml>\n{{a}}<mj-body></mj-body></mjml>`,
      '5:1',
      'no tag can stand between the elements of <mjml>',
    ],
    [
      'a tag MJML does not print',
      body('\n<mj-section mj-class="{{c}}"></mj-section>'),
      '5:23',
      'MJML leaves {{c}} out of the mail',
    ],
    [
      'an element without end',
      body('\n<mj-section><mj-column></mj-section>'),
      '5:13',
      '<mj-column> is never closed',
    ],
    ['no MJML', '\n<p>{{a}}</p>', '4:1', 'MJML cannot read it'],
    ['nothing', '', '4:1', 'MJML cannot read it'],
    ['Handlebars that does not parse', text('\n {{#if a}}'), '5:2', '{{#if}} is never closed'],
    ['a partial that does not exist', text('\n {{> sgin}}'), '5:2', 'partial "sgin" does not exist'],
    ['an unknown helper', text('\n{{nope 1}}'), '5:1', 'unknown helper "nope"'],
  ];
  test.each(faulty)('%s', async (_title, source, place, what) => {
    const error = await failure(loaded({ 'a.mjml.hbs': head + source, 'x.mjml': '<mj-text>x</mj-text>' }));
    expect(error.code).toBe('template-invalid');
    expect(error.message).toContain(`a.mjml.hbs:${place}: ${what}`);
    expect(error.message).not.toContain('mailtag');
  });

  test('are reported together with those of other files', async () => {
    const error = await failure(
      loaded({ 'a.mjml.hbs': body('x<mj-foo/>'), 'b.mjml.hbs': body('<mj-bar/>'), 'c.hbs': '{{#if}}' }),
    );
    for (const what of ['a.mjml.hbs:1:16: MJML prints no text', 'mj-foo', 'mj-bar', 'c.hbs:1:1']) {
      expect(error.message).toContain(what);
    }
  });

  test.each([
    ['partials/a.mjml.hbs', 'MJML makes whole pages'],
    ['a.text.mjml.hbs', '"text" is no locale'],
  ])('%s', async (file, what) => {
    const error = await failure(loaded({ [file]: text('x') }));
    expect(error).toMatchObject({ code: 'template-invalid' });
    expect(error.message).toContain(what);
  });

  test('two files of one name', async () => {
    const error = await failure(loaded({ 'a.hbs': 'x', 'a.mjml.hbs': text('x') }));
    expect(error.message).toContain('has the same name and locale as');
  });
});

describe('MJML itself', () => {
  test('is not loaded if no template is written in it', async () => {
    const load = jest.fn();
    const dir = await folder({ 'a.hbs': 'x' });
    await readFolder({ dir, required: true }, { faults: new TemplateFaults(), mjml: new MjmlCompiler(load) });
    expect(load).not.toHaveBeenCalled();
  });

  test('fails the boot if it is missing, and says what to install', async () => {
    const cause = Object.assign(new Error("Cannot find package 'mjml'"), { code: 'ERR_MODULE_NOT_FOUND' });
    const error = await failure(loadMjml('templates/a.mjml.hbs', () => Promise.reject(cause)));
    expect(error).toMatchObject({ code: 'config', cause, at: { file: 'templates/a.mjml.hbs' } });
    expect(error.message).toContain('npm install mjml');
  });

  test('is found in every form of export', async () => {
    const engine = async (): Promise<{ html: string; errors: [] }> => ({ html: '', errors: [] });
    for (const module of [engine, { default: engine }, { default: { default: engine } }]) {
      expect(await loadMjml('a', async () => module)).toBe(engine);
    }
    expect((await failure(loadMjml('a', async () => ({ other: engine })))).code).toBe('config');
  });
});
