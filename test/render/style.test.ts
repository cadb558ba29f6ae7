import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadCssEngine } from '../../src/render/css/css-engine.js';
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

  /** What the `<style>` of a page with this sheet holds, and the page. */
  async function kept(css: string, body: string, around = (style: string) => style) {
    const { html } = await styled(
      `<html><head>${around(`<style>${css}</style>`)}</head><body>${body}</body></html>`,
    );
    return { html, kept: /<style[^>]*>([^]*)<\/style>/.exec(html)?.[1] ?? '' };
  }

  // Hooks of mail programs, and whatever the engine cannot match: each by itself, and as one of a list.
  test.each([
    '[data-ogsc] .dark',
    '[data-ogsb] p',
    'a[x-apple-data-detectors]',
    'u + #body a',
    'u + .body .gmail',
    '#MessageViewBody a',
    '#MessageWebViewDiv > p',
    '.ExternalClass *',
    '.ReadMsgBody',
    '#outlook a',
    'body[data-outlook-cycle] p',
    '.moz-text-html p',
    '.yshortcuts a:link',
    'span.MsoHyperlink',
    'div[style*="margin: 16px 0"]',
    'a[href^="tel"]',
    ':is(p, .x)',
    ':where(p) b',
    'p:nth-child(2 of .x)',
    'p:has(> b)',
    'P:lang(en)',
    'p[class="LEAD" i]',
    'p:not(:is(.x))',
    '.nowhere',
    '#nowhere > p',
    'h6',
    'p.lead.nowhere',
    'table td',
  ])('%s matches nothing in the page and stays', async (selector) => {
    const body = '<p class="lead">x <b>y</b></p>';
    expect(await kept(`${selector}{top:0}`, body)).toMatchObject({ kept: `${selector}{top:0}` });
    const { html, kept: left } = await kept(`p, ${selector}, b:hover{top:0}`, body);
    expect(left).toBe(`${selector}, b:hover{top:0}`);
    expect(html).toContain('<p class="lead" style="top: 0;">');
  });

  test.each([
    '@supports (display:grid){p{top:0}}',
    '@layer base{p{top:0}}',
    '@layer a, b;',
    '@container (width > 1px){p{top:0}}',
    '@font-face{font-family:X;src:url(x)}',
    '@import url(https://f.test/css2?family=Inter:wght@400;500&display=swap);',
    'p{top:0;&:hover{left:0}}',
    'p{top:0;@media print{left:0}}',
    '@unknown x{p{top:0}}',
  ])('%s stays', async (rule) => {
    expect(await kept(`${rule}b{left:0}`, '<p><b>x</b></p>')).toMatchObject({
      kept: rule,
      html: expect.stringContaining('<p><b style="left: 0;">x</b></p>'),
    });
  });

  test('a rule for an element of the page and one that a mail program adds is both inlined and kept', async () => {
    const { html, kept: left } = await kept('a[href^=tel]{color:inherit}', '<a href="tel:1">1</a>');
    expect(html).toContain('<a href="tel:1" style="color: inherit;">');
    expect(left).toBe('a[href^=tel]{color:inherit}');
  });

  test.each(['bogus', 'color:red;;bogus;a:b', '{', '}', 'a:"', '/*', 'a:(', '&quot;'])(
    'an element keeps its own malformed style: %s',
    async (style) => {
      const { html } = await styled(`<style>p{top:0}</style><p style='${style}'>x</p>`);
      expect(html).toContain(`<p style="top: 0;${style.replace('"', '&quot;')}">`);
    },
  );

  test.each<[what: string, css: string, element: string, style: string]>([
    ['a link', 'a:link{color:#c00}', 'a href="x"', 'color: #c00;'],
    ['a link to what is only known later', 'a:link{color:#c00}', 'a href="{{x}}"', 'color: #c00;'],
    ['any link', '.x :any-link{top:0}', 'a href="x"', 'top: 0;'],
    ['a link, but for what is visited', 'a:link, a:visited{top:0}', 'a href="x"', 'top: 0;'],
    ['no link', 'a:link{color:#c00} a{top:0}', 'a name="x"', 'top: 0;'],
    [
      'a link with the weight of a class',
      'a:link{top:0} a{top:1px} a.c{top:2px}',
      'a href="x" class="c"',
      'top: 2px;',
    ],
    [
      'a fallback',
      'a{background:#333;background:linear-gradient(red,blue)}',
      'a',
      'background: #333;background: linear-gradient(red,blue);',
    ],
    ['words as fallbacks', 'a{display:block;display:flex}', 'a', 'display: block;display: flex;'],
    [
      'three of one',
      'a{width:9px;width:calc(1px + 1em);WIDTH:min(1px,2em)}',
      'a',
      'width: 9px;width: calc(1px + 1em);WIDTH: min(1px,2em);',
    ],
    [
      'a fallback of another rule',
      'a{color:#333} a{color:rgba(0,0,0,.5)}',
      'a',
      'color: #333;color: rgba(0,0,0,.5);',
    ],
    ['a fallback that a later rule overrules', 'a{top:1px;top:calc(1px)} a{top:2px}', 'a', 'top: 2px;'],
    [
      'a fallback that weightier rules come before',
      '#i{top:3px} a{top:1px;top:calc(1px)}',
      'a id="i"',
      'top: 3px;',
    ],
    ['a fallback of the element', 'a{color:#333}', 'a style="color:var(--x)"', 'color: #333;color:var(--x)'],
    [
      'fallbacks in the element',
      'a{top:0}',
      'a style="color:red;color:rgba(0,0,0,.5)"',
      'top: 0;color:red;color:rgba(0,0,0,.5)',
    ],
    ['what the element overrules', 'a{color:#333;top:0}', 'a style="COLOR : red"', 'top: 0;COLOR : red'],
    [
      'what the element cannot overrule',
      'a{color:#333 ! important}',
      'a style="color:red"',
      'color: #333 !important;color:red',
    ],
    ['what no rule can overrule', 'a{top:0!important} a{top:1px}', 'a', 'top: 0 !important;'],
    [
      'a shorthand between',
      'a{padding-left:1px} a{padding:2px} a{padding-left:3px}',
      'a',
      'padding: 2px;padding-left: 3px;',
    ],
    ['variables, which know case', 'a{--x:1;--X:2;color:var(--x)}', 'a', '--x: 1;--X: 2;color: var(--x);'],
    [
      'quotes',
      `a{font-family:"A B",'C "D"';content:"it's"}`,
      'a',
      `font-family: 'A B','C &quot;D&quot;';content: &quot;it's&quot;;`,
    ],
    [
      'an address with an ampersand',
      'a{background:url(x?a=1&lt=2)}',
      'a',
      'background: url(x?a=1&amp;lt=2);',
    ],
    [
      'quoted ones of the element',
      'a{font-family:X;top:0}',
      'a style="font-family:&quot;a;top:1px&quot;"',
      'top: 0;font-family:&quot;a;top:1px&quot;',
    ],
    ['lines and comments', 'a{font:\n 1px/1\n  x/*y*/;/*z*/top:0}', 'a', 'font: 1px/1 x;top: 0;'],
    ['what browsers pass over', 'a{bogus;top:0;:1;left:"x\n;right:)}', 'a', 'top: 0;'],
  ])('%s', async (_, css, element, style) => {
    const source = `<body class="x"><style>${css}</style><${element}>x</a></body>`;
    const { html } = await styled(source, {}, { x: 'https://x.test' });
    const [, found = ''] = / style="([^"]*)"/.exec(html) ?? [];
    expect(found).toBe(style);
  });

  test('a style for all media is removed, one for print stays whole', async () => {
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

  test('a fragment without html and body stays a fragment', async () => {
    expect((await styled('<style>p{top:0}</style><p>a</p>b')).html).toBe('<p style="top: 0;">a</p>b');
  });

  test('a page without styles is left as it is', async () => {
    const source = "<html><body ><p class='x' >a<br/>&copy;</p></body></html>";
    expect((await styled(source)).html).toBe(source);
    expect((await styled(source, { 'q.hbs': '<style>p{top:0}</style>' })).html).toBe(source);
  });

  test('a value cannot bring rules in through the masking of comments', async () => {
    const { html } = await styled(
      '<style>p{top:0}</style><!--a--><p>{{x}}</p>',
      {},
      { x: '<!--masked:0-->' },
    );
    expect(html).toContain('&lt;!--masked:0--&gt;');
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

  test('rules of a linked sheet are left out if the page has none of their classes and ids', async () => {
    const rules = [
      'p{left:0}',
      '.a{top:0}',
      '.b{top:1px}',
      '.a .b{top:2px}',
      '#c{top:3px}',
      'h6{top:4px}',
      '.b, .d{top:5px}',
      '[data-ogsc] .b{top:6px}',
      '.b:hover{top:7px}',
      '@media x{.b{top:8px}}',
      ':is(.b){top:9px}',
    ];
    const { html } = await styled(
      '<head><link rel="stylesheet" href="css/a.css"></head><body><p class="a">x</p><p id="d"></p></body>',
      { 'css/a.css': rules.join('') },
    );
    expect(html).toContain('<p class="a" style="left: 0;top: 0;">');
    expect(/<style>([^]*)<\/style>/.exec(html)?.[1]?.split('\n')).toEqual([
      '.a .b{top:2px}',
      '.d{top:5px}',
      '[data-ogsc] .b{top:6px}',
      '.b:hover{top:7px}',
      '@media x{.b{top:8px}}',
      ':is(.b){top:9px}',
    ]);
  });

  test('a style in another language than CSS stays as it is', async () => {
    const source = '<style type="text/less">p{top:0}</style><p>x</p>';
    expect((await styled(source)).html).toBe(source);
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

  test('without inlineCss nothing is inlined', async () => {
    const source = '<style>p{margin:0}</style><link rel="stylesheet" href="gone.css"><p>x</p>';
    expect((await renderOf(await loaded({ 'p.hbs': source }), 'p')).html).toBe(source);
  });

  test('a missing inliner is a config error that says what to install', async () => {
    const cause = new Error('no binary');
    const error = await failure(loadCssEngine(() => Promise.reject(cause)));
    expect(error.code).toBe('config');
    expect(error.message).toContain('npm install @css-inline/css-inline-wasm');
    expect(error.cause).toMatchObject({ errors: [cause, expect.anything()] });
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
