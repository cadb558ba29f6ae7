import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NestFactory } from '@nestjs/core';
import { chromium } from 'playwright-core';

import { reducedPng } from './png.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const DEVICES = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 780 }, hasTouch: true },
};
const SCHEMES = ['light', 'dark'];

/** Views, each with an element to wait for. `ID` is the mail with the most details. */
const VIEWS = [
  { name: 'mails', path: '', sign: '.stage iframe', phoneSign: 'a.row' },
  { name: 'mail', path: 'm/ID', sign: '.stage iframe' },
  { name: 'delivery', path: 'm/ID?tab=delivery', sign: '.timeline' },
  { name: 'queue', path: 'queue', sign: '.grid' },
  { name: 'gallery', path: 'gallery/receipt', sign: '.stage iframe' },
];

/** The example with a day's mails, some of which failed. */
class Day {
  /** @readonly */
  #origin;

  constructor(origin) {
    this.#origin = origin;
  }

  async fill() {
    await this.#fail({ to: 'katherine@example.test', fault: '451', times: 9 });
    await this.#fail({ to: 'nobody@example.test', fault: '550', times: 1 });
    await this.#signUp('Katherine Johnson', 'katherine');
    await this.#signUp('Nobody Home', 'nobody');
    await this.#signUp('Blaise Pascal', 'blaise', 'fr');
    await this.#invite('emmy', 'Ada Lovelace');
    await this.#signUp('Grace Hopper', 'grace');
    await this.#order('Alan Turing', 'alan');
    await this.#invite('sophie', 'Grace Hopper');
    await this.#signUp('Émilie du Châtelet', 'emilie', 'fr');
    await this.#order('Ada Lovelace', 'ada');
    await this.#signUp('Ada Lovelace', 'ada');
    await this.#fail({ template: 'receipt', fault: 'timeout', times: 2 });
  }

  #signUp(name, user, locale) {
    return this.#post('signup', { name, email: `${user}@example.test`, locale });
  }
  #invite(user, inviter) {
    return this.#post('invites', { email: `${user}@example.test`, inviter, note: 'Have a look at this.' });
  }
  #order(name, user) {
    const items = [
      { name: 'Notebook, dotted', quantity: 2, price: 1490 },
      { name: 'Ink, sepia', quantity: 1, price: 890 },
    ];
    return this.#post('orders', { name, email: `${user}@example.test`, items });
  }
  #fail(rule) {
    return this.#post('mail/api/chaos', rule);
  }

  /** Sends one at a time, so that the order is always the same. */
  async #post(path, body) {
    const response = await fetch(`${this.#origin}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mail-inbox': '1' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await this.#settled();
  }

  /** Resolves once no mail is under way. */
  async #settled() {
    for (;;) {
      const { messages } = await this.read('messages');
      if (!messages.some(({ status }) => status === 'queued')) return;
    }
  }

  async read(path) {
    return (await fetch(`${this.#origin}/mail/api/${path}`)).json();
  }
}

/** The page itself never finishes, as it follows live events; the mail in its frame does. */
async function mailShown(page) {
  if ((await page.locator('iframe').count()) === 0) return;
  await page.frameLocator('iframe').locator('h1').first().waitFor();
}

async function photographAll(browser, url, id, target) {
  for (const [device, look] of Object.entries(DEVICES)) {
    for (const colorScheme of SCHEMES) {
      const context = await browser.newContext({ ...look, colorScheme });
      const page = await context.newPage();
      for (const { name, path, sign, phoneSign } of VIEWS) {
        await page.goto(`${url}/${path.replace('ID', id)}`);
        await page
          .locator(device === 'phone' && phoneSign ? phoneSign : sign)
          .first()
          .waitFor();
        await mailShown(page);
        const file = join(target, `${name}-${device}-${colorScheme}.png`);
        await writeFile(file, reducedPng(await page.screenshot({ animations: 'disabled' })));
      }
      await context.close();
    }
  }
}

/** Takes pictures of the inbox of the example. @param AppModule of its build */
export async function photographInbox(AppModule, target) {
  const here = process.cwd();
  const folder = await mkdtemp(join(tmpdir(), 'inbox-'));
  process.chdir(folder); // for its spool and its inbox
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const origin = await app.getUrl();
    const day = new Day(origin);
    await day.fill();
    const { messages } = await day.read('messages?to=katherine@example.test');
    await photographAll(browser, `${origin}/mail`, messages[0].id, target);
  } finally {
    await browser.close();
    await app.close();
    process.chdir(here);
    await rm(folder, { recursive: true, force: true });
  }
}
