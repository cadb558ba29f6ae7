import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions } from 'playwright-core';

import { cleanup } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { InboxPage } from '../support/inbox-page.js';
import { type SignupInbox, startSignupInbox } from '../support/signup-inbox.js';

let browser: Browser;
let app: SignupInbox;
let axe: string;

beforeAll(async () => {
  axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  browser = await launchBrowser();
  app = await startSignupInbox();
  await app.send({
    subject: 'Your invoice',
    text: 'Your code is 482913: https://example.test/confirm',
    html: '<p>Your code is 482913</p><img src="https://example.test/a.png">',
    attachments: [{ filename: 'invoice.txt', content: '42' }],
    tags: ['billing'],
  });
  await app.signUp('Ada Lovelace');
});
afterAll(async () => {
  await browser.close();
  await cleanup();
});

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly nodes: ReadonlyArray<{ readonly target: readonly string[] }>;
}

/** Violations that axe finds in the page, except in the frame of the mail, whose html belongs to the application. */
async function violations({ page }: InboxPage): Promise<readonly string[]> {
  await page.evaluate(axe);
  const options = JSON.stringify({ iframes: false, runOnly: RULES });
  const found = await page.evaluate<readonly Violation[]>(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };
const LOOKS: ReadonlyArray<readonly [string, BrowserContextOptions]> = [
  ['light', { viewport: DESKTOP, colorScheme: 'light' }],
  ['dark', { viewport: DESKTOP, colorScheme: 'dark' }],
  ['on a phone', { viewport: PHONE, colorScheme: 'light' }],
];
/** Views with an element that appears once they are loaded. */
const VIEWS: ReadonlyArray<readonly [path: string, sign: string]> = [
  ['', 'a.row'],
  ['m/ID', '.quick'],
  ['m/ID?tab=files', '.card'],
  ['m/ID?tab=links', '.card'],
  ['m/ID?tab=delivery', '.timeline'],
  ['m/ID?tab=checks', '.findings'],
  ['m/ID?tab=headers', '.pairs'],
  ['queue', '.grid'],
  ['gallery', '.leaf'],
  ['gallery/welcome', '.pick select'],
  ['gallery/welcome?tab=variables', '.pairs'],
  ['chaos', '.form'],
];

test.each(LOOKS)('axe finds no violation in any view, %s', async (_look, options) => {
  const inbox = await InboxPage.open(browser, app.url, options);
  const id = (await inbox.row('Your invoice').getAttribute('data-id')) ?? '';
  for (const [path, sign] of VIEWS) {
    await inbox.page.goto(`${app.url}/${path.replace('ID', id)}`);
    await inbox.page.locator(sign).first().waitFor();
    expect([path, await violations(inbox)]).toEqual([path, []]);
  }
  await inbox.close();
});
