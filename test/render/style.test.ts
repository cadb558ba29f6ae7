import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadCssEngine } from '../../src/render/css-inliner.js';
import { partStyleRules } from '../../src/render/style-rules.js';
import { failure, folder, loaded, rendererOf, renderOf } from './templates.js';

async function styled(source: string, files: Readonly<Record<string, string>> = {}, context: object = {}) {
  const warnings: string[] = [];
  const renderer = await loaded(
    { 'p.hbs': source, ...files },
    { inlineCss: true, onWarning: (line) => warnings.push(line) },
  );
  return { html: (await renderOf(renderer, 'p', context)).html ?? '', warnings };
}

describe('CSS', () => {
  test('rules go into style attributes; at-rules and states stay, in their order', async () => {
    const { html } = await styled(
      `<html><head><style type="text/css">
        @import url("https://x.test/a;b.css"); /* { */
        @font-face { font-family: "X"; src: url(x.woff) }
        p, a:hover, td:first-child { color: red } a { color: blue }
        @media (max-width: 600px) { p { color: green !important } .x { a: b } }
        a::before { content: "}" } a:not(:hover) { top: 0 } a[href$=":x"] { left: 0 }
      </style></head><body><p>x</p><a href="a:x">y</a></body></html>`,
    );
    expect(html).toContain('<p style="color: red;">');
    expect(html).toContain('style="color: blue;left: 0;"');
    const kept = /<style type="text\/css">([^]*)<\/style>/.exec(html)?.[1] ?? '';
    expect(kept.split(/\n(?=[@a])/).map((rule) => rule.slice(0, 9))).toEqual(
      ['@import u', '@font-fac', 'a:hover{ ', '@media (m', 'a::before', 'a:not(:ho'].map((start) =>
        expect.stringContaining(start.slice(0, 7)),
      ),
    );
    expect(kept).toContain('.x { a: b }');
    expect(kept).not.toContain('/*');
  });

  test('a style that says it all goes away, one for print stays whole', async () => {
    const { html } = await styled('<style>p{margin:0}</style><style media="print">p{top:0}</style><p>x</p>');
    expect(html).toBe('<style media="print">p{top:0}</style><p style="margin: 0;">x</p>');
  });

  test('doctype, comments, conditional comments, entities and characters survive', async () => {
    const parts = [
      '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
      '<!--[if mso]><style>p{x:1}</style><xml><o:p/></xml><![endif]-->',
      '<!--[if !mso]><!-->',
      '<!--<![endif]-->',
      '<![if !mso]>',
      '<![endif]>',
      '&nbsp;',
      '&lt;b&gt; &amp;amp;',
      '"q" é 😀',
      'href="?a=1&amp;b=2"',
    ];
    const { html } = await styled(
      `${parts[0]}\n<html><head><style>p{margin:0}</style>${parts[1]}</head><body>${parts[2]}<p>${parts[6]}${parts[7]}${parts[8]}</p>${parts[3]}${parts[4]}r${parts[5]}<a ${parts[9]}>l</a></body></html>`,
    );
    for (const part of parts) expect(html).toContain(part);
    expect(html).toContain('<p style="margin: 0;">');
  });

  test('a piece without html and body stays a piece', async () => {
    expect((await styled('<style>p{top:0}</style><p>a</p>b')).html).toBe('<p style="top: 0;">a</p>b');
  });

  test('a page without styles is left as it is', async () => {
    const source = "<html><body ><p class='x' >a<br/>&copy;</p></body></html>";
    expect((await styled(source)).html).toBe(source);
    expect((await styled(source, { 'q.hbs': '<style>p{top:0}</style>' })).html).toBe(source);
  });

  test('a value cannot bring rules in through the shelter of comments', async () => {
    const { html } = await styled(
      '<style>p{top:0}</style><!--a--><p>{{x}}</p>',
      {},
      { x: '<!--sheltered:0-->' },
    );
    expect(html).toContain('&lt;!--sheltered:0--&gt;');
  });

  test('linked local sheets are inlined, remote ones left alone with a warning', async () => {
    const { html, warnings } = await styled(
      '<head><link rel="stylesheet" href="css/a.css"><link href=/css/b.css?v=1 rel=stylesheet media=screen />' +
        '<link rel="icon" href="css/a.css"><link rel="stylesheet" href="https://x.test/c.css"></head><body><p>x</p></body>',
      { 'css/a.css': 'p{color:red}a:hover{top:0}', 'css/b.css': 'p{margin:0}' },
    );
    expect(html).toContain('<p style="color: red;margin: 0;">');
    expect(html).toContain('<style>a:hover{top:0}</style>');
    expect(html).toContain('<link rel="icon" href="css/a.css">');
    expect(html).toContain('<link rel="stylesheet" href="https://x.test/c.css">');
    expect(warnings).toEqual([expect.stringContaining('https://x.test/c.css')]);
  });

  test.each(['css/gone.css', '../secret.css', '/etc/passwd', 'css/../../x.css'])(
    'a link to %s is a fault',
    async (href) => {
      const error = await failure(styled(`a\n <link rel="stylesheet" href="${href}">`));
      expect(error).toMatchObject({ code: 'template-invalid', at: { line: 2, column: 2 } });
      expect(error.message).toContain(`"${href}" is not in the templates folder`);
    },
  );

  test('a namespace’s own sheet comes first', async () => {
    const app = await folder({
      'a.css': 'p{color:red}',
      'p.hbs': '<link rel="stylesheet" href="a.css"><p></p>',
    });
    const own = await folder({
      'a.css': 'p{color:blue}',
      'p.hbs': '<link rel="stylesheet" href="a.css"><p></p>',
    });
    const renderer = rendererOf({
      inlineCss: true,
      roots: [
        { dir: app, required: true },
        { dir: own, namespace: 'n', required: true },
      ],
    });
    await renderer.load();
    expect((await renderOf(renderer, 'n/p')).html).toContain('blue');
    expect((await renderOf(renderer, 'p')).html).toContain('red');
  });

  test('off means off', async () => {
    const source = '<style>p{margin:0}</style><link rel="stylesheet" href="gone.css"><p>x</p>';
    expect((await renderOf(await loaded({ 'p.hbs': source }), 'p')).html).toBe(source);
  });

  test('an inliner that does not load is a config error that says what to install', async () => {
    const cause = new Error('no binary');
    const error = await failure(loadCssEngine(() => Promise.reject(cause)));
    expect(error.code).toBe('config');
    expect(error.message).toContain('npm install @css-inline/css-inline-wasm');
    expect(error.cause).toMatchObject({ errors: [cause, expect.anything()] });
  });

  test.each<[string, string, string]>([
    ['a{b:c}', 'a{b:c}', ''],
    ['a,b:focus{c:d}', 'a{c:d}', 'b:focus{c:d}'],
    ['@charset "x";a{b:c}', 'a{b:c}', '@charset "x";'],
    ['<!-- a{b:url("}")} -->', 'a{b:url("}")}', ''],
    ['a:is(:hover,b),c:is(d,e){f:g}', 'c:is(d,e){f:g}', 'a:is(:hover,b){f:g}'],
    ['.a\\:b{c:d}', '.a\\:b{c:d}', ''],
    ['@supports (x:y){a{b:c}@media d{e{f:g}}}', '', '@supports (x:y){a{b:c}@media d{e{f:g}}}'],
    ['a{b:c', '', ''],
    ['', '', ''],
  ])('%s is parted', (css, inlinable, kept) => {
    expect(partStyleRules(css)).toEqual({ inlinable, kept });
  });
});

const corpus = join(__dirname, '..', '..', '..', 'shared', 'corpus', 'postmark');
// Beside a checkout in CI; everything else has cases of its own.
if (existsSync(corpus))
  test('real templates compile or say why not, and render with CSS inlined', async () => {
    const names = ['basic', 'plain'].flatMap((style) =>
      readdirSync(join(corpus, style)).map((name) => `${style}/${name}`),
    );
    const counts = { rendered: 0, refused: 0 };
    for (const name of names) {
      const read = (file: string) => readFileSync(join(corpus, name, file), 'utf8');
      const files = { 'p.hbs': read('content.html'), 'p.text.hbs': read('content.txt') };
      const text = Object.values(files).join('');
      const fields = [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, field = '']) => [
        field,
        `[${field} & co]`,
      ]);
      const item = Object.fromEntries(fields);
      const context = {
        ...item,
        receipt_details: [item, item],
        invoice_details: [item],
        attachment_details: item,
      };
      try {
        const mail = await renderOf(await loaded(files, { inlineCss: true }), 'p', context);
        expect(mail.html).toContain('style="');
        expect(mail.html).toContain('@media');
        expect(mail.text).toContain('[Product Name]');
        counts.rendered += 1;
      } catch (error) {
        expect(String(error)).toMatch(/\{\{#attachment_details\}\} is a Mustache section/);
        counts.refused += 1;
      }
    }
    process.stdout.write(`postmark corpus: ${JSON.stringify(counts)}\n`);
    expect(counts).toEqual({ rendered: 20, refused: 2 });
  });
