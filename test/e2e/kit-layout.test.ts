import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { themeOf } from '../../src/render/components/theme.js';
import { launchBrowser } from '../support/browser.js';
import { loaded, renderOf } from '../render/templates.js';

const WORDS = 'Pocket notebook of recycled paper, dotted, with two bookmarks';
const WORD = 'Donaudampfschifffahrtsgesellschaftskapitaenspatentpruefungen';
const AMOUNT = '€1,072.50';
const ADDRESS = '4 Harbour Row, Saltmouth';
const LINK = `https://example.test/confirm?token=${'0123456789abcdef'.repeat(8)}`;

const TEMPLATES = join(import.meta.dirname, '../../examples/signup/src/templates');
const theme = themeOf({ brand: { name: 'Tidemark', address: ADDRESS, url: 'https://example.test' } });

const TABLE = `---
layout: mail/layout
---
<h1>{{word}}</h1>
{{> mail/table rows=rows}}
{{#> mail/table}}
  <tr><th scope="col">Item</th><th scope="col" class="mail-end">Qty</th><th scope="col" class="mail-end">Amount</th></tr>
  <tr><td>{{words}}</td><td class="mail-end">2</td><td class="mail-end">{{amount}}</td></tr>
  <tr><td>{{word}}</td><td class="mail-end">12</td><td class="mail-end">{{amount}}</td></tr>
  <tr class="mail-total"><th scope="row">Total</th><td class="mail-end"></td><td class="mail-end">{{amount}}</td></tr>
{{/mail/table}}
{{#> mail/panel tone="info" title=address}}<p>{{words}} <a href="{{url link}}">{{link}}</a></p><p class="mail-small">{{word}}</p>{{/mail/panel}}
<ul><li>{{words}}</li></ul>
<blockquote>{{word}}</blockquote>
{{#> mail/button href=link}}{{words}}{{/mail/button}}
{{#> mail/button href=link tone="quiet"}}{{word}}{{/mail/button}}
<p>{{link}}</p>
{{#> mail/footer}}{{word}} <a href="{{url link}}">{{link}}</a>{{/mail/footer}}
`;

const ROWS = [
  { label: WORDS, value: AMOUNT },
  { label: WORDS, value: '14 September 2026' },
  { label: WORD, value: AMOUNT },
  { label: 'Account', value: `${WORD}@example.test` },
  { label: 'Deliver to', value: ADDRESS },
  { label: 'Note', value: WORDS },
];

const items = [
  { name: WORDS, quantity: 2, total: 1072.5 },
  { name: WORD, quantity: 1, total: 34.5 },
];
const order = { number: '8F3C21A9', date: '2026-09-14T09:30:00Z', customer: WORD, items, total: 1107 };
const MAILS = [
  ['receipt', { order }],
  ['welcome', { user: { name: WORD }, link: LINK }],
  ['table', { rows: ROWS, words: WORDS, word: WORD, amount: AMOUNT, address: ADDRESS, link: LINK }],
] as const;

async function source(name: string): Promise<string> {
  return name === 'table' ? TABLE : readFile(join(TEMPLATES, `${name}.hbs`), 'utf8');
}

async function htmlOf(name: string, context: object, locale: string): Promise<string> {
  const footer = await readFile(join(TEMPLATES, 'partials', 'footer.hbs'), 'utf8');
  const files = { 'page.hbs': await source(name), 'partials/footer.hbs': footer };
  const renderer = await loaded(files, { inlineCss: true, theme });
  expect(renderer.fastPaths()[0]?.fastPath).toEqual({ ok: true });
  return (await renderOf(renderer, 'page', context, { locale })).html ?? '';
}

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage();
}, 60_000);
afterAll(async () => {
  await browser.close();
});

interface Edges {
  readonly left: number;
  readonly right: number;
}

interface Line extends Edges {
  readonly text: string;
  readonly lines: number;
}

/** Runs in the page, whose types are not those of this project. */
function inPage<Result>(script: string, argument: unknown = null): Promise<Result> {
  return page.evaluate<Result>(`(${script})(${JSON.stringify(argument)})`);
}

/** Every text of these elements as it is laid out. */
function textsIn(selector: string): Promise<readonly Line[]> {
  return inPage(
    `(selector) => [...document.querySelectorAll(selector)].map((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const rects = [...range.getClientRects()];
      return {
        text: element.textContent.trim(),
        lines: new Set(rects.map(({ top }) => Math.round(top))).size,
        left: Math.min(...rects.map(({ left }) => left)),
        right: Math.max(...rects.map(({ right }) => right)),
      };
    })`,
    selector,
  );
}

/** Computed styles of each of these elements. */
function stylesOf(selector: string, ...names: readonly string[]): Promise<ReadonlyArray<readonly string[]>> {
  return inPage(
    `([selector, names]) => [...document.querySelectorAll(selector)].map((element) => {
      const style = getComputedStyle(element);
      return names.map((name) => style.getPropertyValue(name));
    })`,
    [selector, names],
  );
}

const SHORT = 20;

describe.each(MAILS)('%s', (name, context) => {
  describe.each(['en', 'ar'])('in %s', (locale) => {
    let html = '';
    beforeAll(async () => {
      html = await htmlOf(name, context, locale);
    });

    it.each([320, 375, 480, 1024])('fits into %i pixels, and no amount wraps', async (width) => {
      await page.setViewportSize({ width, height: 800 });
      await page.setContent(html);
      expect(await inPage('() => document.documentElement.scrollWidth')).toBe(width);
      const card = await inPage<Edges>(
        "() => document.querySelector('.mail-card').getBoundingClientRect().toJSON()",
      );
      const texts = await textsIn(
        '.mail-card h1, .mail-card p, .mail-card th, .mail-card td.mail-end, li, a',
      );
      expect(texts.filter(({ left, right }) => left < card.left || right > card.right)).toEqual([]);

      const ends = (await textsIn('td.mail-end')).filter(({ text }) => text !== '');
      const short = ends.filter(({ text }) => text.length <= SHORT);
      expect(short.filter(({ lines }) => lines !== 1)).toEqual([]);
      if (name !== 'welcome') expect(short.length).toBeGreaterThan(2);
    });
  });
});

const shown = async (name: string, context: object, locale: string, width = 375): Promise<void> => {
  const html = await htmlOf(name, context, locale);
  await page.setViewportSize({ width, height: 800 });
  await page.setContent(html);
};

/** Where the first and the last letter of a text stand. */
function endsOf(selector: string, text: string): Promise<readonly [first: number, last: number]> {
  return inPage(
    `([selector, text]) => {
      for (const element of document.querySelectorAll(selector)) {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode;
          const start = node.data.indexOf(text);
          if (start < 0) continue;
          return [start, start + text.length - 1].map((at) => {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            return range.getBoundingClientRect().left;
          });
        }
      }
    }`,
    [selector, text],
  );
}

describe('a value written from left to right, in a mail from right to left', () => {
  it.each(['.mail-imprint', '.mail-panel-title', '.mail-table td', '.mail-table th'])(
    'keeps its order in %s',
    async (selector) => {
      const rows = [
        { label: 'Deliver to', value: ADDRESS },
        { label: ADDRESS, value: 1 },
      ];
      await shown('table', { ...MAILS[2][1], rows }, 'ar', 1024);
      const [first, last] = await endsOf(selector, ADDRESS);
      expect(first).toBeLessThan(last);
    },
  );
});

it.each([
  ['en', 'right', 'left', ['solid', 'none']],
  ['ar', 'left', 'right', ['none', 'solid']],
])('in %s amounts stand on the %s', async (locale, end, start, borders) => {
  await shown('table', MAILS[2][1], locale);
  const align = async (selector: string): Promise<ReadonlySet<string | undefined>> =>
    new Set((await stylesOf(selector, 'text-align')).map(([value]) => value));
  expect(await align('.mail-end')).toEqual(new Set([end]));
  expect(await align('th:not(.mail-end), .mail-card')).toEqual(new Set([start]));
  expect(await stylesOf('blockquote', 'border-left-style', 'border-right-style')).toEqual([borders]);
});

it.each(['light', 'dark'] as const)(
  'the total is the strongest line of a receipt, %s',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await shown('receipt', { order }, 'en');
    const [[text] = []] = await stylesOf('.mail-card', 'color');
    const totals = await stylesOf('.mail-total th, .mail-total td', 'font-size', 'font-weight', 'color');
    const others = await stylesOf('.mail-table tr:not(.mail-total) > *', 'font-size');
    expect(totals).toEqual([0, 1].map(() => [expect.any(String), '700', text]));
    const largest = Math.max(...others.map(([size]) => Number.parseFloat(size ?? '')));
    for (const [size] of totals) expect(Number.parseFloat(size ?? '')).toBeGreaterThan(largest);
    await page.emulateMedia({ colorScheme: null });
  },
);

/** As clients show a page that they take for an old one: no style sheet, no doctype, so tables inherit nothing. */
it('looks the same where tables inherit neither colour nor size', async () => {
  const html = await htmlOf('table', MAILS[2][1], 'en');
  const looks = async (content: string): Promise<readonly string[]> => {
    await page.setViewportSize({ width: 1024, height: 800 });
    await page.setContent(content);
    return inPage(`() => [...document.querySelectorAll('.mail-page *')]
      .filter(({ childNodes }) => [...childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
      .map((element) => {
        const { color, fontSize, lineHeight, textAlign } = getComputedStyle(element);
        return [color, fontSize, lineHeight, textAlign.replace('start', 'left')].join(' ');
      })`);
  };
  const bare = html.replace(/<!doctype html>/i, '').replace(/<style>[^]*?<\/style>/g, '');
  const loud = '<body style="color:#ff0000;font-size:40px;line-height:80px">';
  const old = await looks(bare.replace(/<body[^>]*>/, loud));
  expect(await inPage('() => document.compatMode')).toBe('BackCompat');
  expect(old.length).toBeGreaterThan(30);
  expect(old).toEqual(await looks(html));
});
