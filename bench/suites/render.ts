import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter';
import Handlebars from 'handlebars';
import { incumbentOptions } from '../incumbent.js';
import { loadedRenderer, receiptContext, renderedReceipt, source, SUBJECT, templates } from '../receipt.js';
import type { Suite } from '../rounds.js';
import type { Work } from '../task.js';

const TEXT = 'ours, text from its own template';
const DERIVED = 'ours, text made from the html';

async function ours(dir: string): Promise<Work> {
  const renderer = await loadedRenderer(dir);
  return {
    async run(count) {
      let done = 0;
      for (let index = 0; index < count; index++) {
        const request = { template: 'receipt', context: receiptContext(index), timeZone: 'UTC' };
        const { html, text } = await renderer.render(request);
        if (html && text) done++;
      }
      return done;
    },
  };
}

/** The same templates without the text template. */
async function derived(): Promise<Work> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  await cp(templates('mailroom'), dir, {
    recursive: true,
    filter: (path) => !path.endsWith('.text.hbs'),
  });
  return { ...(await ours(dir)), close: () => rm(dir, { recursive: true }) };
}

/** The only helpers that the templates call. The module compiles with the same knowledge, which makes faster programs. */
const FASTEST = { knownHelpers: { each: true, if: true }, knownHelpersOnly: true } as const;

/** Plain Handlebars with the styles already in the templates; proven to make the same mail. */
async function plain(): Promise<Work> {
  const handlebars = Handlebars.create();
  for (const name of ['layout', 'button', 'item']) {
    handlebars.registerPartial(name, handlebars.compile(await source('plain', `${name}.hbs`), FASTEST));
  }
  const html = handlebars.compile(await source('plain', 'page.hbs'), FASTEST);
  const text = handlebars.compile(await source('mailroom', 'receipt.text.hbs'), {
    ...FASTEST,
    noEscape: true,
  });
  const subject = handlebars.compile(SUBJECT, { ...FASTEST, noEscape: true });
  const mail = (index: number) => {
    const context = receiptContext(index);
    return { subject: subject(context), html: html(context), text: text(context) };
  };
  expectSame(mail(0), await renderedReceipt(0));
  return {
    async run(count) {
      let done = 0;
      for (let index = 0; index < count; index++) if (mail(index).html !== '') done++;
      return done;
    },
  };
}

function expectSame(plainMail: object, ourMail: object): void {
  const [theirs, own] = [plainMail, ourMail].map((mail) => JSON.stringify(mail).replaceAll(/\\n|\s/g, ''));
  if (theirs !== own) throw new Error('bench/templates/plain no longer makes the mail that the module makes');
}

/** Does less: `sendMail` writes its subject, and it makes no text. */
async function incumbent(): Promise<Work> {
  const { template, ...options } = incumbentOptions();
  const adapter = new HandlebarsAdapter(undefined, { cssBaseUrl: templates('mailroom') });
  const render = (context: object): boolean => {
    const mail = { data: { template: 'receipt', context, html: '' } };
    adapter.compile(mail, (error: unknown) => error, { template, ...options });
    return mail.data.html !== '';
  };
  return {
    async run(count) {
      let done = 0;
      for (let index = 0; index < count; index++) if (render(receiptContext(index))) done++;
      return done;
    },
  };
}

export const render: Suite = {
  title: 'Render: html with layout, partials and style sheet, subject, text',
  candidates: new Map([
    [TEXT, () => ours(templates('mailroom'))],
    [DERIVED, derived],
    ['precompiled Handlebars, same final programs', plain],
    ['@nestjs-modules/mailer, HandlebarsAdapter', incumbent],
  ]),
  against: new Map([
    ['precompiled Handlebars, same final programs', [TEXT, DERIVED]],
    ['@nestjs-modules/mailer, HandlebarsAdapter', [TEXT, DERIVED]],
  ]),
  batch: () => 200,
};
