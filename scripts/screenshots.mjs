// Takes the screenshots in docs/screenshots of the example's mails, and of its inbox. Needs all builds, and Chromium.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { NestFactory } from '@nestjs/core';

import { Chromium, photograph } from './screenshots/chromium.mjs';
import { photographInbox } from './screenshots/inbox.mjs';

const root = join(import.meta.dirname, '..');
const example = join(root, 'examples', 'signup');
const target = join(root, 'docs', 'screenshots');

const MAILS = [
  { template: 'welcome' },
  { template: 'welcome', locale: 'fr' },
  { template: 'invite' },
  { template: 'receipt' },
];
const WIDTHS = { phone: 390, desktop: 1024 };
const SCHEMES = ['light', 'dark'];

// Captured in memory: nothing is sent, and no server is needed.
process.env.NODE_ENV = 'test';
const { AppModule } = await import(join(example, 'dist', 'app.module.js'));
const { MailService } = await import('nest-mailroom');
const { splitFrontMatter } = await import(join(root, 'dist', 'render', 'syntax', 'front-matter.js'));

/** The sample context of a template. */
async function sampleOf(template) {
  const path = join(example, 'src', 'templates', `${template}.hbs`);
  return splitFrontMatter(path, await readFile(path, 'utf8')).front.sample;
}

async function renderAll() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const mail = app.get(MailService);
  const rendered = [];
  for (const { template, locale } of MAILS) {
    const { html } = await mail.render({
      to: 'ada@example.test',
      template,
      locale,
      context: await sampleOf(template),
    });
    rendered.push({ name: [template, locale].filter(Boolean).join('-'), html });
  }
  await app.close();
  return rendered;
}

/** Every mail at every width in every scheme. */
const SHOTS = Object.entries(WIDTHS).flatMap(([device, width]) =>
  SCHEMES.map((scheme) => ({ device, width, scheme })),
);

const mails = await renderAll();
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const chromium = await Chromium.start();
try {
  for (const { name, html } of mails) {
    for (const { device, width, scheme } of SHOTS) {
      const png = await photograph(chromium, html, { width, scheme });
      await writeFile(join(target, `${name}-${device}-${scheme}.png`), png);
    }
  }
} finally {
  await chromium.close();
}

// As `npm start` shows it.
process.env.NODE_ENV = 'development';
await mkdir(join(target, 'inbox'));
await photographInbox(AppModule, join(target, 'inbox'));
