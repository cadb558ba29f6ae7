import * as fc from 'fast-check';
import { loadCssEngine } from '../../src/render/css/css-engine.js';
import { CssInliner } from '../../src/render/css/css-inliner.js';
import { deriveText } from '../../src/render/text/derived-text.js';
import { idleSelectors, withoutIdleRules } from './idle-rules.js';
import { normalHtml } from './normal-html.js';
import { loaded, renderOf } from './templates.js';

const value = fc.constantFrom(
  '{{a}}',
  '{{b}}',
  '{{default missing a}}',
  '{{#each rows}}{{@index}}{{../a}}{{/each}}',
);
const words = fc.constantFrom('word', ' ', '&nbsp;', '&amp', '&', 'a < b', '\n');
const attribute = fc.constantFrom(
  '',
  ' class="x"',
  ' class="x {{a}}"',
  ' id="i"',
  ' title="{{a}}"',
  ' title={{b}}',
  ' style="top: 1px"',
  ' style="top: {{b}}"',
  ' title="{{#if c}}{{a}}{{else}}&{{/if}}"',
);
/** Pieces that may leave a page out of balance. */
const stray = fc.constantFrom(
  '<p>',
  '</p>',
  '<li>',
  '</div>',
  '<b>',
  '</b>',
  '<br/>',
  '<td>',
  '<tr>',
  '<!-- {{a}} -->',
  '<!--[if mso]><p>{{b}}</p><![endif]-->',
  '{{> part}}',
  '{{> part a=b}}',
  '{{#> wrap}}<p>{{a}}</p>{{/wrap}}',
);

const { body } = fc.letrec<{ body: string; node: string }>((tie) => ({
  body: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: fc.oneof(value, words) },
    { weight: 1, arbitrary: stray },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom('p', 'div', 'b', 'a', 'ul', 'li', 'table', 'tr', 'td', 'span'),
          attribute,
          tie('body'),
        )
        .map(([name, attributes, inside]) => `<${name}${attributes}>${inside}</${name}>`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('if c', 'unless c', 'each rows', 'with rows.[0]'),
          tie('body'),
          fc.option(tie('body')),
        )
        .map(([head, inside, other]) => {
          const end = head.split(' ', 1).join('');
          return `{{#${head}}}${inside}${other === null ? '' : `{{else}}${other}`}{{/${end}}}`;
        }),
    },
    {
      weight: 1,
      arbitrary: tie('body').map(
        (inside) => `<table>{{#each rows}}<tr><td class="x">${inside}</td></tr>{{/each}}</table>`,
      ),
    },
  ),
}));

const selector = fc.constantFrom(
  ...'p|.x|#i|div > p|ul li|td|tbody tr td|p a|*|:root|p:first-child|b + p|p ~ p|div:empty|[title]|[class~="x"]|a:hover|li:not(.x)'.split(
    '|',
  ),
);
const sheet = fc
  .uniqueArray(selector, { minLength: 1, maxLength: 4 })
  .map((selectors) => selectors.map((name, index) => `${name} { margin: ${index}px }`).join('\n'));
const text = fc.constantFrom('', 'x', ' ', '& < > " \' `', '{{a}}', 'lt', '-', '\n', '/p');
const row = fc.record({ a: text, b: text });
const context = fc.record(
  { a: text, b: text, c: fc.constantFrom<unknown>(true, '', 'yes'), rows: fc.array(row, { maxLength: 3 }) },
  { requiredKeys: ['a', 'b', 'rows'] },
);
const frame = fc.constantFrom<(inside: string, css: string) => string>(
  (inside, css) => `<!DOCTYPE html><html><head><style>${css}</style></head><body>${inside}</body></html>`,
  (inside, css) => `<style>${css}</style>${inside}`,
  (inside, css) => `<body><style>${css}</style>${inside}</body>`,
);

test('for any page, style sheet and context, the fast path gives the same mail as the slow one', async () => {
  const inliner = new CssInliner(await loadCssEngine());
  const counts = { fast: 0, fastText: 0, slow: 0, refused: 0, mails: 0 };
  const property = fc.asyncProperty(
    fc.tuple(frame, body, sheet).map(([around, inside, css]) => around(inside, css)),
    fc.tuple(body, body),
    fc.array(context, { minLength: 1, maxLength: 3 }),
    async (source, [part, wrap], contexts) => {
      const files = {
        'page.hbs': source,
        'partials/part.hbs': part.replaceAll(/\{\{#?> .*?\}\}|\{\{\/wrap\}\}/g, ''),
        'partials/wrap.hbs': `${wrap.replaceAll(/\{\{#?> .*?\}\}|\{\{\/wrap\}\}/g, '')}{{> @partial-block}}`,
      };
      const renderer = await loaded(files, { inlineCss: true });
      const unstyled = await loaded(files);
      const [path] = renderer.fastPaths();
      if (path?.fastPath.ok) counts.fast += 1;
      else counts.slow += 1;
      if (path?.textPath?.ok) counts.fastText += 1;
      for (const values of contexts) {
        const plain = await renderOf(unstyled, 'page', values).catch(() => undefined);
        const chosen = await renderOf(renderer, 'page', values).catch(() => undefined);
        expect(chosen === undefined).toBe(plain === undefined);
        if (plain?.html === undefined || chosen === undefined) {
          counts.refused += 1;
          continue;
        }
        const expected = inliner.inline(plain.html, () => undefined).html;
        const html = chosen.html ?? '';
        expect(normalHtml(withoutIdleRules(html))).toBe(normalHtml(withoutIdleRules(expected)));
        expect(idleSelectors(expected)).toEqual(expect.arrayContaining([...idleSelectors(html)]));
        expect(chosen.text).toBe(deriveText(expected));
        counts.mails += 1;
      }
    },
  );
  await fc.assert(property, { numRuns: 150 });
  process.stdout.write(`differential property: ${JSON.stringify(counts)}\n`);
  expect(counts.fast).toBeGreaterThan(15);
  expect(counts.fastText).toBeGreaterThan(15);
  expect(counts.mails).toBeGreaterThan(100);
}, 120_000);
