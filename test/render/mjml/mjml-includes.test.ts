import { join } from 'node:path';
import { failure, folder, loaded, renderOf, rendererOf, write } from '../templates.js';

const column = (inner: string): string => `<mj-section><mj-column>${inner}</mj-column></mj-section>`;
const page = (body: string, head = ''): string => `<mjml>\n${head}<mj-body>\n${body}\n</mj-body>\n</mjml>`;

describe('mj-include', () => {
  test('includes files of the templates folder: fragments, pages, html and styles', async () => {
    const files = {
      'mails/order.mjml.hbs': `---\nsubject: x\n---\n${page(
        `<mj-include path="../parts/header" />
         ${column('<mj-include path="../parts/text.mjml"></mj-include>')}
         <mj-include path="../parts/foot.html" type="html"/>
         <!-- <mj-include path="none" /> -->{{! <mj-include path="none" /> }}`,
        `<mj-head>
           <mj-include path='../parts/head' />
           <mj-include path="../parts/mail.css" type="css" css-inline="inline" />
           <mj-include path="../parts/more.css" type="css" />
         </mj-head>`,
      )}`,
      'parts/header.mjml': `<mjml><mj-head><mj-title>T {{title}}</mj-title><mj-style>.h{top:1px}</mj-style></mj-head>
        <mj-body>${column('<mj-include path="deep/logo" /><mj-text><b class="h i">{{title}}</b></mj-text>')}</mj-body></mjml>`,
      'parts/deep/logo.mjml': '<mj-text>{{#if logo}}Logo {{logo}}{{/if}}</mj-text>',
      'parts/text.mjml': '{{#each rows}}<mj-text>row {{this}}</mj-text>{{/each}}',
      'parts/foot.html': '<p class="foot">{{foot}}</p>',
      'parts/head.mjml': '<mj-attributes><mj-text color="#abcdef" /></mj-attributes>',
      'parts/mail.css': '.i{left:1px}',
      'parts/more.css': '.foot:hover{color:red}',
    };
    const renderer = await loaded(files, { inlineCss: true });
    expect(renderer.names()).toEqual(['mails/order']);
    const context = { title: 'Order', logo: 'L', rows: [1, 2], foot: 'bye' };
    const { html = '', text } = await renderOf(renderer, 'mails/order', context);
    expect(html).toContain('<title>T Order</title>');
    expect(html).toContain('<b class="h i" style="left: 1px;top: 1px;">Order</b>');
    expect(html).toContain('color:#abcdef');
    expect(html).toContain('.foot:hover{color:red}');
    expect(html).toContain('<p class="foot">bye</p>');
    expect(html.replace('<!-- <mj-include path="none" /> -->', '')).not.toMatch(/mj-include|mj-style/);
    expect(text?.split(/\n+/)).toEqual(['Logo L', 'Order', 'row 1', 'row 2', 'bye']);
  });

  test('a page without a head of its own gets one', async () => {
    const files = {
      'a.mjml.hbs': page(`${column('<mj-text><i>x</i></mj-text>')}<mj-include path="a.css" type="css" />`),
      'a.css': 'i{top:0}',
    };
    const { html } = await renderOf(await loaded(files, { inlineCss: true }), 'a');
    expect(html).toContain('<i style="top: 0;">x</i>');
  });

  test.each<[what: string, include: string, message: RegExp]>([
    [
      'a file that is not there',
      '<mj-include path="none" />',
      /a\.mjml\.hbs:4:3: "none" is not in the templates folder/,
    ],
    [
      'a file above',
      '<mj-include path="../../etc/passwd" type="html" />',
      /a\.mjml\.hbs:4:3: .*is not in the templates folder/,
    ],
    [
      'an absolute path',
      '<mj-include path="/etc/passwd" type="html" />',
      /a\.mjml\.hbs:4:3: .*is not in the templates folder/,
    ],
    ['a template', '<mj-include path="a.mjml.hbs" />', /a\.mjml\.hbs:4:3: "a\.mjml\.hbs" includes itself/],
    ['no path', '<mj-include />', /a\.mjml\.hbs:4:3: "" is not in the templates folder/],
    [
      'a path of a value',
      '<mj-include path="{{x}}" />',
      /a\.mjml\.hbs:4:3: which file is included depends on a value/,
    ],
    [
      'a file that includes itself',
      '<mj-include path="loop" />',
      /loop\.mjml:2:1: "loop2" includes itself|loop2\.mjml:1:1: "loop" includes itself/,
    ],
    ['a fault in a file', '<mj-include path="bad" />', /a\.mjml\.hbs:4:3: unknown helper "nope"/],
    [
      'a block in a file that never ends',
      '<mj-include path="open" />',
      /open\.mjml:2:12: \{\{#if\}\} is never closed/,
    ],
    [
      'what MJML refuses in a file',
      '<mj-include path="wrong" />',
      /wrong\.mjml:2:1: Attribute colour is illegal/,
    ],
    [
      'text between elements of a file',
      '<mj-include path="text" />',
      /text\.mjml:1:1: MJML prints no text between elements/,
    ],
    [
      'a fault behind',
      `<mj-include path="fine" />\n  {{> gone}}`,
      /a\.mjml\.hbs:5:3: partial "gone" does not exist/,
    ],
  ])('names the file and the place of %s', async (_, include, message) => {
    const error = await failure(
      loaded({
        'a.mjml.hbs': page(`\n  ${include}`),
        'loop.mjml': '\n<mj-include path="loop2" />',
        'loop2.mjml': '<mj-include path="loop" />',
        'bad.mjml': `<mj-section><mj-column>\n<mj-text>{{nope 1}}</mj-text></mj-column></mj-section>`,
        'open.mjml': `<mj-section><mj-column>\n  <mj-text>{{#if x}}</mj-text></mj-column></mj-section>`,
        'wrong.mjml': `<mj-section><mj-column>\n<mj-text colour="red">x</mj-text></mj-column></mj-section>`,
        'text.mjml': 'lost',
        'fine.mjml': `\n\n${column('<mj-text>x\ny</mj-text>')}\n`,
      }),
    );
    expect(error.code).toBe('template-invalid');
    expect(error.message).toMatch(message);
  });

  test('a value missing from an included file is reported where it is included', async () => {
    const renderer = await loaded({
      'a.mjml.hbs': `---\nsubject: x\n---\n${page('\n  <mj-include path="b" />\n{{c}}')}`,
      'b.mjml': column('<mj-text>\n\n\n{{b}}</mj-text>'),
    });
    expect((await failure(renderOf(renderer, 'a', { c: 1 }))).at).toMatchObject({ line: 7, path: 'b' });
    expect((await failure(renderOf(renderer, 'a', { b: 1 }))).at).toMatchObject({
      line: 8,
      column: 3,
      path: 'c',
    });
  });

  test('an edit of an included file takes effect', async () => {
    const dir = await folder({
      'a.mjml.hbs': page('<mj-include path="b" />'),
      'b.mjml': column('<mj-text>one</mj-text>'),
    });
    const renderer = rendererOf({ roots: [{ dir, required: true }] });
    await renderer.load();
    expect((await renderOf(renderer, 'a')).text).toBe('one');
    await write(dir, { 'b.mjml': column('<mj-text>two</mj-text>') });
    await renderer.load();
    expect((await renderOf(renderer, 'a')).text).toBe('two');
  });

  test('other MJML and html in the folder is left alone', async () => {
    const dir = await folder({ 'a.hbs': 'x', 'b.mjml': '{{#if', 'c.html': 'x'.repeat(300_000) });
    const renderer = rendererOf({ roots: [{ dir, required: true }] });
    await renderer.load();
    expect(renderer.names()).toEqual(['a']);
    expect(renderer.folders()[0]?.files.map(({ path }) => path)).toEqual([join(dir, 'a.hbs')]);
  });
});
