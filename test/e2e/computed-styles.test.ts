import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { loaded, renderOf } from '../render/templates.js';
import { launchBrowser } from '../support/browser.js';

const FIXTURES = join(__dirname, '..', 'fixtures', 'styles');
/** Beside a checkout in CI; every kind of rule has a page of its own here. */
const CORPUS = join(__dirname, '..', '..', '..', 'shared', 'corpus', 'postmark');
const WIDTHS = [1280, 375];

interface Difference {
  /** `p.lead`, after the page's name. */
  readonly element: string;
  readonly property: string;
  readonly original: string;
  readonly inlined: string;
}

/** Compares what the browser computes for the elements of both frames, one by one. */
const COMPARE = `(pseudos) => {
  const elements = (id) => [...document.getElementById(id).contentDocument.querySelectorAll('*')]
    .filter(({ localName }) => !/^(?:head|meta|title|style|link|script|base)$/.test(localName));
  const [original, inlined] = ['original', 'inlined'].map(elements);
  const differences = [];
  const name = (element) => element.localName + (element.id && '#' + element.id) + [...element.classList].map((name) => '.' + name).join('');
  if (original.length !== inlined.length || original.some((element, index) => element.localName !== inlined[index].localName))
    return [{ element: 'document', property: 'elements', original: original.map(name).join(), inlined: inlined.map(name).join() }];
  original.forEach((element, index) => {
    for (const pseudo of pseudos) {
      const [before, after] = [element, inlined[index]].map((one) => one.ownerDocument.defaultView.getComputedStyle(one, pseudo || null));
      for (const property of before) {
        const [one, other] = [before, after].map((style) => style.getPropertyValue(property));
        if (one !== other) differences.push({ element: name(element) + pseudo, property, original: one, inlined: other });
      }
    }
  });
  return differences;
}`;

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage();
  // Nothing of a mail is fetched.
  await page.route('**/*', (route) => route.abort());
});
afterAll(() => browser.close());

/** Written, not set as `srcdoc`: that knows no quirks mode. */
const WRITE = `(pages) => {
  for (const [id, html] of Object.entries(pages)) {
    const { contentDocument } = document.getElementById(id);
    contentDocument.open();
    contentDocument.write(html);
    contentDocument.close();
  }
}`;

async function differences(original: string, inlined: string, width: number): Promise<readonly Difference[]> {
  const frame = (id: string): string => `<iframe id="${id}" style="width:${width}px;height:800px"></iframe>`;
  await page.setContent(['original', 'inlined'].map(frame).join(''));
  await page.evaluate(`(${WRITE})(${JSON.stringify({ original, inlined })})`);
  const pseudos = ['', ...(original.includes('::') ? ['::before', '::first-letter'] : [])];
  return page.evaluate<readonly Difference[]>(`(${COMPARE})(${JSON.stringify(pseudos)})`);
}

/** A page as it is written, and with its styles inlined. */
async function rendered(
  source: string,
  context: object,
): Promise<readonly [original: string, inlined: string]> {
  const [original = '', inlined = ''] = await Promise.all(
    [false, true].map(async (inlineCss) => {
      const { html } = await renderOf(await loaded({ 'page.hbs': source }, { inlineCss }), 'page', context);
      return html;
    }),
  );
  return [original, inlined];
}

interface Source {
  readonly name: string;
  readonly source: string;
}

function fixtures(): readonly Source[] {
  return readdirSync(FIXTURES).map((name) => ({ name, source: readFileSync(join(FIXTURES, name), 'utf8') }));
}

function corpus(): readonly Source[] {
  if (!existsSync(CORPUS)) return [];
  return ['basic', 'plain'].flatMap((style) =>
    readdirSync(join(CORPUS, style)).map((name) => ({
      name: `${style}/${name}`,
      // A Mustache section is refused aloud; this is what such a one is rewritten to.
      source: readFileSync(join(CORPUS, style, name, 'content.html'), 'utf8').replaceAll(
        /\{\{#attachment_details\}\}([^]*?)\{\{\/attachment_details\}\}/g,
        '{{#with attachment_details}}$1{{/with}}',
      ),
    })),
  );
}

/** Whatever the fields of a template are, each printed by its name. */
function contextOf(source: string): object {
  const fields = [...source.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, field = '']) => [field, `[${field}]`]);
  const row = Object.fromEntries(fields) as object;
  return {
    ...row,
    receipt_details: [row, row],
    invoice_details: [row],
    attachment_details: [row],
  };
}

/** What may differ, and why; each has to. */
const EXPECTED: ReadonlyArray<{ readonly page: string; readonly element: RegExp; readonly reason: string }> =
  [
    {
      page: 'piece.html',
      element: /^p\.case\b/,
      reason: 'without a doctype, browsers take classes of any case for the same; the engine does not',
    },
    {
      page: 'responsive.html',
      element: /^(?:div\.column(?:\.last)?|h1|p|td)(?:::|$)/,
      reason: 'a rule that stays in its sheet counts less than what is inlined, unless it says !important',
    },
    {
      page: 'responsive.html',
      element: /^(?:table\.strong|tbody|tr|a\.button)(?:::|$)/,
      reason: 'and what is inlined with !important counts more than any of them',
    },
    {
      page: 'responsive.html',
      element: /^(?:html|body)(?:::|$)/,
      reason: 'they are as high as what is in them',
    },
  ];

test.each([...fixtures(), ...corpus()])(
  '$name looks the same with its styles inlined',
  async ({ name, source }) => {
    const [original, inlined] = await rendered(source, contextOf(source));
    expect(inlined).not.toBe(original);
    const expected = EXPECTED.filter(({ page: of }) => of === name);
    const found: Difference[] = [];
    for (const width of WIDTHS) found.push(...(await differences(original, inlined, width)));
    expect(
      found.filter(({ element }) => !expected.some(({ element: named }) => named.test(element))),
    ).toEqual([]);
    for (const { element: named } of expected)
      expect(found.some(({ element }) => named.test(element))).toBe(true);
  },
);
