import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MailError, MailQueueService } from 'nest-mailroom';
import type { Browser } from 'playwright-core';

import { cleanup, folder } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { InboxPage } from '../support/inbox-page.js';
import { type SignupInbox, startSignupInbox } from '../support/signup-inbox.js';
import { startSmtpServer, type TestServer } from '../support/smtp-server.js';

let browser: Browser;
let server: TestServer;
let app: SignupInbox;
let inbox: InboxPage;

beforeAll(async () => {
  browser = await launchBrowser();
  server = await startSmtpServer();
  const transport = `smtp://127.0.0.1:${server.port}?tls=off`;
  app = await startSignupInbox({ inbox: { release: { allow: ['*@allowed.test'], transport } } });
});
afterAll(async () => {
  await browser.close();
  await cleanup();
  await server.close();
});
afterEach(async () => {
  expect(inbox.faults).toEqual([]);
  await inbox.close();
  await app.clear();
});

const open = async (path: string): Promise<void> => {
  inbox = await InboxPage.open(browser, `${app.url}/${path}`);
};
const go = (view: string): Promise<void> =>
  inbox.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click();

test('a mail that a rule fails is shown as failed, and a retry sends it', async () => {
  await open('chaos');
  await inbox.page.getByRole('textbox', { name: 'Template' }).fill('welcome');
  await inbox.page.getByLabel('Fail with').selectOption('550');
  await inbox.page.getByRole('button', { name: 'Let them fail' }).click();
  await inbox.page.getByText('fail with 550, 1 more time').waitFor();

  await app.signUp('Grace Hopper');
  await go('Mails');
  const row = inbox.row('Welcome, Grace Hopper!');
  await row.getByText('dead').waitFor();
  await row.click();
  await inbox.tab('Delivery');
  await inbox.page.locator('.timeline .reply').getByText(/550/).first().waitFor();

  await go('Queue');
  const queued = inbox.page.getByRole('row').filter({ hasText: 'Welcome, Grace Hopper!' });
  await queued.getByRole('button', { name: 'Retry' }).click();
  await queued.getByText('captured').waitFor();
  await go('Mails');
  await row.getByText('captured').waitFor();
});

test('a paused queue keeps its mails, and one of them can be cancelled', async () => {
  await open('queue');
  await inbox.page.getByRole('button', { name: 'Pause' }).click();
  await inbox.page.getByRole('button', { name: 'Resume' }).waitFor();
  await app.signUp('Alan Turing');
  const queued = inbox.page.getByRole('row').filter({ hasText: 'Welcome, Alan Turing!' });
  await queued.getByText('waiting').waitFor();
  await queued.getByRole('button', { name: 'Cancel' }).click();
  await queued.getByRole('button', { name: 'Really cancel?' }).click();
  await queued.getByText('cancelled').waitFor();
  expect(await queued.getByRole('button').count()).toBe(0);
  await inbox.page.getByRole('button', { name: 'Resume' }).click();
  await inbox.page.getByRole('button', { name: 'Pause' }).waitFor();
  await go('Mails');
  await inbox.row('Welcome, Alan Turing!').getByText('cancelled').waitFor();
  await inbox.tab('Delivery');
  await inbox.page.locator('.timeline').getByText('Cancelled in the inbox').waitFor();
});

test('a due mail counts down in seconds until it is cancelled', async () => {
  const { id } = await app.queue({ subject: 'Soon' }, { delay: 50_000 });
  await open('queue');
  const queued = inbox.page.getByRole('row').filter({ hasText: 'Soon' });
  await queued.getByText(/^in [2-4]\d s$/).waitFor();
  await go('Mails');
  await inbox.tab('Delivery');
  await inbox.page.getByText(/^To be sent in \d\d s, at /).waitFor();
  expect(await inbox.page.locator('.timeline').innerText()).not.toMatch(/\dT\d/);
  await app.operations.cancel(id);
  await inbox.row('Soon').getByText('cancelled').waitFor();
  await inbox.page.getByText(/^To be sent/).waitFor({ state: 'detached' });
});

test('the queue page names a mail server at fault', async () => {
  const stats = await app.operations.stats();
  const error = new MailError('transport-unavailable', 'Nobody answers at mail.test:25.');
  const pauses = [{ mailer: 'default', error, retryAt: new Date(Date.now() + 30_000) }];
  const spy = jest.spyOn(MailQueueService.prototype, 'stats').mockResolvedValue({ ...stats, pauses });
  await open('queue');
  const banner = inbox.page.locator('.banner');
  await banner.getByText('The mail server of "default" is at fault.').waitFor();
  await banner.getByText('Nobody answers at mail.test:25.').waitFor();
  await banner.getByText(/Next try in \d\d s/).waitFor();
  spy.mockRestore();
});

test('a saved template appears at once, errors included', async () => {
  const file = join(app.templates, 'welcome.hbs');
  const before = await readFile(file, 'utf8');
  await open('gallery/welcome');
  await inbox.mail.getByText('Good to have you aboard, Ada.').waitFor();

  const saved = performance.now();
  await writeFile(file, before.replace('Good to have you aboard', 'How good to see you'));
  await inbox.mail.getByText('How good to see you, Ada.').waitFor();
  process.stdout.write(`A saved template is seen after ${Math.round(performance.now() - saved)} ms\n`);

  await writeFile(file, `${before}{{#if user}}`);
  await inbox.page.getByRole('heading', { name: 'It cannot be rendered' }).waitFor();
  await inbox.page
    .getByText(/welcome\.hbs:\d+/)
    .first()
    .waitFor();

  await writeFile(file, before);
  await inbox.mail.getByText('Good to have you aboard, Ada.').waitFor();
  await inbox.choose('fr');
  await inbox.mail.locator('html[lang=fr]').waitFor({ state: 'attached' });
});

test('a template lists its variables and those that its sample lacks', async () => {
  await writeFile(
    join(app.templates, 'bare.hbs'),
    '---\nsubject: Bare\nsample: { city: Oslo, day: Monday }\n---\n<p>{{user.name}} {{day}} {{#if city}}{{city}}{{/if}}</p>',
  );
  await open('gallery/bare?tab=variables');
  await inbox.page.getByText('missing in the sample').first().waitFor();
  const variable = (name: string) =>
    inbox.page.getByRole('row').filter({ has: inbox.page.getByRole('rowheader', { name }) });
  await variable('user.name').getByText('missing in the sample').waitFor();
  await variable('day').getByText('required').waitFor();
  await variable('city').getByText('optional').waitFor();
  await inbox.page.locator('pre').getByText('"city": "Oslo"').waitFor();
});

test('a deeply nested template is shown after a page reload', async () => {
  const dir = join(app.templates, 'a/b/c/d/e/f');
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'deep.hbs'), '---\nsubject: Deep down\n---\n<p>Down here</p>');
  await open('gallery/a/b/c/d/e/f/deep');
  await inbox.mail.getByText('Down here').waitFor();
});

test('an empty gallery says how to add a template', async () => {
  const empty = await startSignupInbox({ mail: { templates: { dir: await folder(), watch: true } } });
  inbox = await InboxPage.open(browser, empty.url);
  await go('Templates');
  await inbox.page.getByText('No templates yet.').waitFor();
});

test('a mail lists its findings', async () => {
  await app.send({
    subject: 'Stumble',
    html: '<img src="https://example.test/a.png"><p style="display:flex">Hi</p>',
  });
  await open('');
  await inbox.tab(/^Checks/);
  await inbox.page.getByText(/alt/).first().waitFor();
  await inbox.page.getByText('Outlook', { exact: false }).first().waitFor();
});

test('a mail cannot be released to an address that is not allowed', async () => {
  await app.send({ subject: 'Mine' });
  await open('');
  await inbox.row('Mine').waitFor();
  await inbox.page.getByRole('button', { name: /^Release/ }).click();
  const dialog = inbox.page.getByRole('dialog', { name: 'Release this mail' });
  await dialog.getByRole('button', { name: 'Send it' }).click();
  await dialog.getByRole('alert').getByText('release').waitFor();
  await dialog.getByLabel('To').fill('ada@allowed.test');
  await dialog.getByRole('button', { name: 'Send it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await inbox.tab('Delivery');
  await inbox.page.locator('.timeline').getByText('released', { exact: true }).waitFor();
  expect(server.mails.map(({ to }) => to)).toEqual([['ada@allowed.test']]);
});
