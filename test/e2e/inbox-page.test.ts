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
const KIB = 1024;
const SCROLLER = "document.querySelector('.scroller')";
const USER = { user: { name: 'Ada' }, link: 'https://example.test/confirm' };
const LINKS = '<a href="https://example.test/terms">Terms</a> <a href="mailto:help@example.test">Help</a>';
const text = (locator: Locator): Promise<string> => locator.innerText();

test('a mail appears while the page is open, and is open itself', async () => {
  await open();
  await inbox.page.getByText('No mails yet.').waitFor();
  await app.signUp('Ada Lovelace');
  await inbox.row('Welcome, Ada Lovelace!').waitFor();
  expect(await text(inbox.heading)).toBe('Welcome, Ada Lovelace!');
  await inbox.mail.getByText('Ada Lovelace').first().waitFor();
});

test('title, icon and list count an unread mail until it is seen', async () => {
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

test('a mail has tabs for its sides, several widths and both colour schemes', async () => {
  await app.send({
    subject: 'Sides',
    text: 'In plain words',
    html: '<style>@media (prefers-color-scheme: dark) { b { color: rgb(1, 2, 3) } }</style><b>In html</b>',
    attachments: [{ filename: 'terms.txt', content: 'All of them.' }],
  });
  // By default the browser would report the same scheme to every frame.
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
  await inbox.choose('Inverted');
  await inbox.page.getByTitle(/^Simulation: colours turned around/).waitFor();
  await inbox.page.locator('.toolbar').getByText('Simulation', { exact: true }).waitFor();
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
  await inbox.page.locator('.timeline').getByText('captured', { exact: true }).first().waitFor();
  expect(inbox.page.url()).toMatch(/\/m\/[\w-]+\?tab=delivery$/);
  await inbox.page.reload();
  await inbox.page.locator('.timeline').waitFor();
});

test('mails and templates can be viewed as in a mail program, and as sent again', async () => {
  await app.send({
    subject: 'Programs',
    html: '<style>b { color: rgb(1, 2, 3) }</style><div style="display: flex"><b>One</b><b>Two</b></div>',
  });
  await open();
  const look = async (): Promise<string> => {
    await inbox.mail.locator('b').first().waitFor();
    const styles = "['b', 'div'].map((tag) => getComputedStyle(document.querySelector(tag)))";
    return String(
      await inbox.page.frames()[1]?.evaluate(`(([b, div]) => b.color + ', ' + div.display)(${styles})`),
    );
  };
  const note = inbox.page.getByRole('status').filter({ hasText: 'Approximation' });
  const program = inbox.page.getByLabel('Mail program');
  const html = (client: string): Promise<unknown> =>
    inbox.page.waitForResponse((response) => response.url().includes(`client=${client}`));
  expect(await look()).toBe('rgb(1, 2, 3), flex');
  expect(await note.count()).toBe(0);
  const gmx = html('gmx');
  await program.selectOption({ label: 'GMX and WEB.DE' });
  await gmx;
  await until(async () => (await look()) === 'rgb(0, 0, 0), block');
  await note.getByText(/Can I email of 20\d\d-\d\d-\d\d/).waitFor();
  // Selects the previous program with the keyboard.
  await program.focus();
  await inbox.page.keyboard.press('ArrowUp');
  await until(async () => (await look()) === 'rgb(1, 2, 3), flex');
  expect(await text(program.locator('option:checked'))).toBe('Yahoo and AOL');

  const receipt = html('yahoo');
  await inbox.page.goto(`${app.url}/gallery/receipt`);
  expect(await program.inputValue()).toBe('');
  await program.selectOption('yahoo');
  await receipt;
  await inbox.mail.getByRole('heading', { level: 1 }).waitFor();
  await program.selectOption('');
  await note.waitFor({ state: 'detached' });
});

test('Bcc recipients are shown apart from those in the headers', async () => {
  await app.send({
    subject: 'Envelope',
    to: 'Ada <ada@example.test>',
    cc: 'bob@example.test',
    bcc: 'eve@example.test',
  });
  await open();
  const people = inbox.page.locator('.people');
  await people.waitFor();
  expect((await text(people)).replaceAll('\n', ' ')).toBe(
    'From app@example.test To Ada <ada@example.test> Cc bob@example.test Bcc eve@example.test',
  );
  await inbox.tab('Headers');
  const recipients = inbox.page.getByRole('row').filter({ hasText: 'RCPT TO' });
  await recipients.first().waitFor();
  const blind = recipients.filter({ hasText: 'blind: in no header' });
  expect(await recipients.count()).toBe(3);
  expect(await blind.count()).toBe(1);
  expect(await text(blind)).toContain('eve@example.test');
});

test('a row shows template, language, attachments and age of its mail', async () => {
  await app.queue({ text: undefined, subject: undefined, template: 'welcome', context: USER, locale: 'fr' });
  await app.send({ subject: 'Files', attachments: [{ filename: 'a.txt', content: 'a' }] });
  await open();
  const row = inbox.rows.filter({ hasText: 'welcome' });
  await row.locator('.chip').getByText('fr', { exact: true }).waitFor();
  await row.locator('.row-to').getByText('ada@example.test').waitFor();
  await row.locator('time').getByText('now').waitFor();
  expect(await row.locator('.row-files').count()).toBe(0);
  await inbox.row('Files').locator('.row-files').getByText('1').waitFor();
  expect(await inbox.row('Files').locator('.chip').count()).toBe(0);
});

test('only http(s) URLs are links, and they reveal nothing about the inbox', async () => {
  await app.send({ subject: 'Links', html: LINKS });
  await open('?tab=links');
  const link = inbox.page.getByRole('link', { name: 'https://example.test/terms' });
  await link.waitFor();
  expect(await link.getAttribute('target')).toBe('_blank');
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  await inbox.page.locator('.url').getByText('mailto:help@example.test').waitFor();
  expect(await inbox.page.locator('.url a').count()).toBe(1);
});

test('opening a mail loads it once, and once more after it is marked as read', async () => {
  await app.send({ subject: 'Opened', text: 'Opened' });
  const reads: string[] = [];
  await open();
  await inbox.heading.getByText('Opened').waitFor();
  inbox.page.on('request', (request) => {
    if (request.method() === 'GET' && /\/api\/messages\/\w{32}$/.test(request.url()))
      reads.push(request.url());
  });
  const marked = inbox.page.waitForResponse((response) => response.request().method() !== 'GET');
  await app.send({ subject: 'Later', text: 'Later' });
  await inbox.row('Later').click();
  await inbox.heading.getByText('Later').waitFor();
  await marked;
  // The requests for the first mail are complete once the next mail is shown.
  await app.send({ subject: 'Last', text: 'Last' });
  await inbox.row('Last').waitFor();
  // The first mail may be marked as read only now.
  const times = reads.map((url) => reads.filter((other) => other === url).length);
  expect(Math.max(...times)).toBeLessThanOrEqual(2);
});

test('the size is compared with the limit at which Gmail clips', async () => {
  await app.send({ subject: 'Small', html: '<p>Small</p>' });
  await app.send({ subject: 'Large', html: `<p>${'Large '.repeat(20_000)}</p>` });
  await open('?tab=checks');
  await inbox.page.getByText('of 102.0 KB: Gmail cuts it off').waitFor();
  await inbox.row('Small').click();
  await inbox.heading.getByText('Small').waitFor();
  await inbox.tab(/^Checks/);
  await inbox.page.getByText('of 102.0 KB, at which Gmail cuts off').waitFor();
});

test('one click copies a code or a link', async () => {
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

test('typing searches the list, and the address contains the search', async () => {
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

test('an unfinished search term matches all mails, and an invalid one says why', async () => {
  await app.send({ subject: 'Apples' });
  await open();
  await inbox.row('Apples').waitFor();
  await inbox.search.focus();
  await inbox.page.getByRole('button', { name: 'to:', exact: true }).click();
  await inbox.page.waitForURL(/q=to%3A/);
  await inbox.search.press('End');
  await inbox.search.pressSequentially('ada');
  await inbox.page.waitForURL(/q=to%3Aada/);
  expect(await inbox.rows.count()).toBe(1);
  await inbox.search.fill('has:att');
  await inbox.page.getByRole('alert').getByText('has: expected attachment.').waitFor();
  expect(await inbox.rows.count()).toBe(0);
  await inbox.search.fill('');
  await inbox.row('Apples').waitFor();
});

test('a scrolled list keeps its position when a mail arrives', async () => {
  await app.fill(40);
  await open();
  await inbox.row('Mail 40 of 40').click();
  await inbox.page.evaluate(`${SCROLLER}.scrollTo({ top: 900 })`);
  await inbox.row('Mail 25 of 40').waitFor();
  await app.send({ subject: 'New' });
  await inbox.page.getByText('41 mails').waitFor();
  expect(await inbox.page.evaluate(`${SCROLLER}.scrollTop`)).toBe(900);
});

test('a held key deletes one mail, not all', async () => {
  for (const subject of ['One', 'Two', 'Three']) await app.send({ subject });
  await open();
  await inbox.row('Three').waitFor();
  const deleted: string[] = [];
  inbox.page.on('request', (request) => {
    if (request.method() === 'DELETE') deleted.push(request.url());
  });
  await inbox.page.keyboard.down('Delete');
  await inbox.page.keyboard.down('Delete');
  await inbox.page.keyboard.down('Delete');
  await inbox.page.keyboard.up('Delete');
  await inbox.row('Three').waitFor({ state: 'detached' });
  await inbox.page.getByText('Mail deleted.').waitFor();
  expect(deleted).toHaveLength(1);
  expect(await inbox.rows.count()).toBe(2);
});

test('actions report that the application is down', async () => {
  await app.fill(80);
  await open();
  await inbox.page.getByRole('heading', { level: 2, name: 'Mail 80 of 80' }).waitFor();
  await inbox.page.context().setOffline(true);
  await inbox.page.evaluate(`${SCROLLER}.scrollTo({ top: 1e6 })`);
  await inbox.row('Mail 31 of 80').waitFor();
  await inbox.page.keyboard.press('e');
  await inbox.page.locator('.notice').getByText('The application does not answer. Is it running?').waitFor();
  await inbox.page.context().setOffline(false);
});

test('everything can be done with the keyboard', async () => {
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

test('deleting all mails needs a second click', async () => {
  await app.send({ subject: 'Keep me' });
  await open();
  await inbox.page.getByRole('button', { name: 'Delete all' }).click();
  await inbox.row('Keep me').waitFor();
  await inbox.page.getByRole('button', { name: 'Delete every mail?' }).click();
  await inbox.page.getByText('No mails yet.').waitFor();
});

test('mails sent during a lost connection appear after it is restored', async () => {
  await open();
  await inbox.page.getByText('No mails yet.').waitFor();
  app.disconnect();
  await app.send({ subject: 'Meanwhile' });
  await inbox.row('Meanwhile').waitFor();
});

test('500 mails can be scrolled, and few of them are drawn', async () => {
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
  const read = inbox.page.waitForResponse(/api\/messages\?/);
  await inbox.page.reload();
  const bytes = (await (await read).body()).length;
  process.stdout.write(
    `500 mails: the first are shown after ${Math.round(shown)} ms, of ${(bytes / KIB).toFixed(1)} KB of JSON\n`,
  );
  expect(bytes).toBeLessThan(100 * KIB);
});

test('on a phone an open mail replaces the list until it is closed', async () => {
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
