import type { Browser, Locator } from 'playwright-core';

import { launchBrowser } from '../support/browser.js';
import { until } from '../support/example-process.js';
import { InboxPage } from '../support/inbox-page.js';
import { type SignupInbox, startSignupInbox } from '../support/signup-inbox.js';
import { cleanup } from '../support/application.js';

let browser: Browser;
let app: SignupInbox;
let inbox: InboxPage;

beforeAll(async () => {
  browser = await launchBrowser();
  app = await startSignupInbox();
});
afterAll(async () => {
  await browser.close();
  await cleanup();
});
afterEach(async () => {
  expect(inbox.faults).toEqual([]);
  await inbox.close();
  await app.clear();
});

async function open(path = '', options = {}): Promise<void> {
  inbox = await InboxPage.open(browser, `${app.url}/${path}`, options);
}
const text = (locator: Locator): Promise<string> => locator.innerText();

test('a mail appears while the page is open, and is open itself', async () => {
  await open();
  await inbox.page.getByText('No mails yet.').waitFor();
  await app.signUp('Ada Lovelace');
  await inbox.row('Welcome, Ada Lovelace!').waitFor();
  expect(await text(inbox.heading)).toBe('Welcome, Ada Lovelace!');
  await inbox.mail.getByText('Ada Lovelace').first().waitFor();
});

test('an unread mail is counted in the title, on the icon and in the list until it is seen', async () => {
  await app.send({ subject: 'First' });
  await app.send({ subject: 'Second' });
  await open();
  await inbox.page.locator('a.row.unread', { hasText: 'First' }).waitFor();
  await inbox.row('Second').and(inbox.page.locator(':not(.unread)')).waitFor();
  await until(async () => (await inbox.page.title()) === '(1) Mail');
  expect(await inbox.page.locator('link[rel=icon]').getAttribute('href')).toContain('circle');
  await inbox.row('First').click();
  await until(async () => (await inbox.page.title()) === 'Mail');
  expect(await inbox.page.locator('link[rel=icon]').getAttribute('href')).not.toContain('circle');
});

test('a mail shows its sides, at several widths and in both schemes', async () => {
  await app.send({
    subject: 'Sides',
    text: 'In plain words',
    html: '<style>@media (prefers-color-scheme: dark) { b { color: rgb(1, 2, 3) } }</style><b>In html</b>',
    attachments: [{ filename: 'terms.txt', content: 'All of them.' }],
  });
  // Not the browser's default here, which is to tell every frame the same.
  await open('', { colorScheme: null });
  await inbox.mail.getByText('In html').waitFor();
  const frame = inbox.page.locator('iframe');
  const isDark = (): Promise<unknown> | undefined =>
    inbox.page.frames()[1]?.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
  for (const width of ['320', '375', '768']) {
    await inbox.choose(width);
    expect((await frame.boundingBox())?.width).toBe(Number(width) + 2);
  }
  await inbox.choose('Dark');
  expect(await isDark()).toBe(true);
  await inbox.choose('Light');
  expect(await isDark()).toBe(false);
  await inbox.tab('Text');
  await inbox.page.getByText('In plain words').waitFor();
  await inbox.tab(/^Attachments/);
  await inbox.page.getByText('terms.txt').first().waitFor();
  await inbox.tab('Headers');
  await inbox.page.getByText('RCPT TO').first().waitFor();
  await inbox.tab('Source');
  await inbox.page.getByText('MIME-Version: 1.0').first().waitFor();
  await inbox.tab('Delivery');
  await inbox.page.locator('.timeline').getByText('captured', { exact: true }).waitFor();
  expect(inbox.page.url()).toMatch(/\/m\/[\w-]+\?tab=delivery$/);
  await inbox.page.reload();
  await inbox.page.locator('.timeline').waitFor();
});

test('codes and links are copied with one click', async () => {
  await app.send({
    subject: 'Your code',
    text: 'Your code is 482913. Or follow https://example.test/confirm?token=abc',
  });
  await open();
  await inbox.page.getByRole('button', { name: 'Copy code 482913' }).click();
  await inbox.page.getByText('Copied.').waitFor();
  expect(await inbox.copied()).toBe('482913');
  await inbox.page.getByRole('button', { name: /^Copy link/ }).click();
  await until(async () => (await inbox.copied()).startsWith('https://example.test/confirm?token=abc'));
});

test('the list is searched as one types, and the search is part of the address', async () => {
  await app.send({ subject: 'Apples', to: 'ada@example.test' });
  await app.send({ subject: 'Pears', to: 'grace@example.test', tags: ['fruit'] });
  await open();
  await inbox.row('Apples').waitFor();
  await inbox.search.fill('to:ada');
  await inbox.row('Pears').waitFor({ state: 'detached' });
  expect(await inbox.rows.count()).toBe(1);
  await inbox.page.reload();
  await inbox.row('Apples').waitFor();
  expect(await inbox.search.inputValue()).toBe('to:ada');
  expect(await inbox.rows.count()).toBe(1);
  await inbox.search.fill('tag:fruit');
  await inbox.row('Pears').waitFor();
  await inbox.search.fill('nothing is called so');
  await inbox.page.getByText('No mail matches.').waitFor();
});

test('the keyboard is enough', async () => {
  for (const subject of ['One', 'Two', 'Three']) await app.send({ subject });
  await open();
  const opened = (subject: string): Promise<void> =>
    inbox.page.getByRole('heading', { level: 2, name: subject, exact: true }).waitFor();
  const { keyboard } = inbox.page;
  await opened('Three');
  await keyboard.press('j');
  await opened('Two');
  await keyboard.press('j');
  await opened('One');
  await keyboard.press('k');
  await opened('Two');
  await keyboard.press('e');
  await inbox.page.locator('a.row.unread', { hasText: 'Two' }).waitFor();
  await keyboard.press('Delete');
  await inbox.row('Two').waitFor({ state: 'detached' });
  await opened('One');
  await keyboard.press('/');
  await keyboard.type('Three');
  await inbox.row('One').waitFor({ state: 'detached' });
  await keyboard.press('Escape');
  await keyboard.press('?');
  await inbox.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await keyboard.press('Escape');
  await inbox.page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('all mails are deleted only when asked twice', async () => {
  await app.send({ subject: 'Keep me' });
  await open();
  await inbox.page.getByRole('button', { name: 'Delete all' }).click();
  await inbox.row('Keep me').waitFor();
  await inbox.page.getByRole('button', { name: 'Delete every mail?' }).click();
  await inbox.page.getByText('No mails yet.').waitFor();
});

test('what came while the connection was lost is there when it is back', async () => {
  await open();
  await inbox.page.getByText('No mails yet.').waitFor();
  app.disconnect();
  await app.send({ subject: 'Meanwhile' });
  await inbox.row('Meanwhile').waitFor();
});

test('500 mails scroll, and few of them are drawn', async () => {
  await app.fill(500);
  const started = performance.now();
  await open();
  await inbox.rows.first().waitFor();
  const shown = performance.now() - started;
  await inbox.page.getByText('500 mails').waitFor();
  const list = inbox.page.locator('.scroller');
  await list.hover();
  const last = inbox.row('Mail 1 of 500');
  while (!(await last.isVisible())) {
    await inbox.page.mouse.wheel(0, 4_000);
    expect(await inbox.rows.count()).toBeLessThan(40);
  }
  process.stdout.write(`500 mails: the first are shown after ${Math.round(shown)} ms\n`);
});

test('on a phone a mail takes the place of the list, and gives it back', async () => {
  await app.send({ subject: 'Small' });
  await open('', { viewport: { width: 390, height: 780 }, hasTouch: true });
  await inbox.row('Small').waitFor();
  expect(await inbox.heading.count()).toBe(0);
  await inbox.row('Small').tap();
  await inbox.heading.waitFor();
  expect(await inbox.rows.first().isVisible()).toBe(false);
  expect(await inbox.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  await inbox.page.getByRole('link', { name: 'Back to the list' }).tap();
  await inbox.row('Small').waitFor();
});
