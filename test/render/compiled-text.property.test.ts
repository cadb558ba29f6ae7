import * as fc from 'fast-check';
import { deriveText } from '../../src/render/text/derived-text.js';
import { loaded, renderOf } from './templates.js';

const value = fc.constantFrom(
  '{{a}}',
  '{{b}}',
  '{{n}}',
  '{{default missing a}}',
  '{{#each rows}}{{@index}}{{a}}{{/each}}',
);
const words = fc.constantFrom('word', ' ', '  ', '\n', '&nbsp;', '&lt;', 'a b', '&#13;', '\r\n');
const inside = fc
  .array(
    fc.oneof(value, fc.constantFrom('x', ' ', '&amp;', '?q=', '#', ';', '{{#if c}}{{a}}{{else}}y{{/if}}')),
    { maxLength: 3 },
  )
  .map((pieces) => pieces.join(''));
const attribute = fc.oneof(
  fc.constantFrom('', ' hidden', ' style="display:none"', ' style="display:none;color:{{b}}"', ' class=x'),
  fc.constantFrom(
    ' style="font-size:0"',
    ' style="font-size:{{n}}px"',
    ' style="font-size:9px;color:transparent"',
    ' style="color:#fff;background:{{a}}"',
  ),
  fc
    .tuple(fc.constantFrom('href', 'alt', 'start', 'type', 'value', 'colspan', 'style', 'title'), inside)
    .map(([name, text]) => ` ${name}="${text}"`),
  fc.tuple(inside, inside).map(([one, other]) => ` href='${one}' title="${other}"`),
);
const head = fc.constantFrom('if c', 'unless c', 'each rows', 'with rows.[0]', 'each rows as |row|');
const element = fc.constantFrom(
  'p',
  'div',
  'b',
  'a',
  'ul',
  'ol',
  'li',
  'table',
  'tr',
  'td',
  'th',
  'pre',
  'blockquote',
  'title',
  'span',
);
/** Pieces that may leave a page out of balance. */
const stray = fc.constantFrom(
  '<p>',
  '</p>',
  '<li>',
  '</div>',
  '<br/>',
  '<hr>',
  '<td>',
  '<head>',
  '<body>',
  '<!-- {{a}} -->',
  '<?x {{b}}>',
  '&',
);
const call = fc.constantFrom(
  '\n  {{> part}}\n',
  '{{> part}}',
  '{{> part a=b}}',
  '{{#> wrap}}<p>{{a}}</p>{{/wrap}}',
  '\n\t{{> flat}}\n',
);

const { body } = fc.letrec<{ body: string; node: string }>((tie) => ({
  body: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.oneof(value, words) },
    { weight: 1, arbitrary: stray },
    { weight: 2, arbitrary: call },
    { weight: 1, arbitrary: attribute.map((text) => `<img${text}>`) },
    {
      weight: 8,
      arbitrary: fc
        .tuple(element, attribute, tie('body'))
        .map(([name, attributes, content]) => `<${name}${attributes}>${content}</${name}>`),
    },
    {
      weight: 5,
      arbitrary: fc.tuple(head, tie('body'), fc.option(tie('body'))).map(([opening, content, other]) => {
        const end = opening.split(' ', 1).join('');
        return `{{#${opening}}}${content}${other === null ? '' : `{{else}}${other}`}{{/${end}}}`;
      }),
    },
  ),
}));

const text = fc.constantFrom(
  '',
  'x',
  ' ',
  ' a  b ',
  '& < > " \' `',
  '{{a}}',
  '#',
  'mailto:a@x.test',
  'display:none',
  '\n',
  '\u00a0',
  '3',
  '-->',
);
const row = fc.record({ a: text, b: text });
const context = fc.record(
  {
    a: text,
    b: text,
    n: fc.constantFrom<unknown>(0, 1, true, null),
    c: fc.constantFrom<unknown>(true, '', 'yes'),
    rows: fc.array(row, { maxLength: 3 }),
  },
  { requiredKeys: ['a', 'b', 'n', 'rows'] },
);
const withoutCalls = (source: string): string => source.replaceAll(/\{\{#?> .*?\}\}|\{\{\/wrap\}\}/g, '');

test('for any page and context, text derived at compile time is the text of the html', async () => {
  const counts = { fast: 0, slow: 0, refused: 0, mails: 0 };
  const property = fc.asyncProperty(
    body,
    fc.tuple(body, body, body),
    fc.array(context, { minLength: 1, maxLength: 3 }),
    async (page, [part, wrap, flat], contexts) => {
      const files = {
        'page.hbs': page,
        'partials/part.hbs': `${withoutCalls(part)}\n{{> flat}}`,
        'partials/wrap.hbs': `${withoutCalls(wrap)}\n  {{> @partial-block}}\n`,
        'partials/flat.hbs': `\n${withoutCalls(flat)}\n`,
      };
      const renderer = await loaded(files);
      const written = await loaded({ ...files, 'page.text.hbs': '' });
      counts[renderer.fastPaths()[0]?.textPath?.ok ? 'fast' : 'slow'] += 1;
      for (const values of contexts) {
        const plain = await renderOf(written, 'page', values).catch(() => undefined);
        const mail = await renderOf(renderer, 'page', values).catch(() => undefined);
        expect(mail?.html).toBe(plain?.html);
        expect(mail?.text).toBe(plain?.html === undefined ? undefined : deriveText(plain.html));
        counts[mail ? 'mails' : 'refused'] += 1;
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
  process.stdout.write(`compiled text property: ${JSON.stringify(counts)}\n`);
  expect(counts.fast).toBeGreaterThan(100);
  expect(counts.mails).toBeGreaterThan(200);
}, 120_000);
