import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followTemplates } from '../../../src/inbox/gallery/template-changes.js';
import { TemplateGallery } from '../../../src/inbox/gallery/template-gallery.js';
import { loadWithFaults } from '../../../src/check/check-templates.js';
import { HandlebarsRenderer } from '../../../src/render/handlebars-renderer.js';
import { afterCleanup, cleanup, folder } from '../../support/application.js';

afterEach(cleanup);

const now = (): Date => new Date('2026-03-09T12:00:00Z');

interface Opened {
  readonly dir: string;
  readonly renderer: HandlebarsRenderer;
  readonly gallery: TemplateGallery;
}

async function open(files: Readonly<Record<string, string>>): Promise<Opened> {
  const dir = await folder(files);
  const renderer = new HandlebarsRenderer({
    roots: [{ dir: join(dir, 'templates'), required: true }],
    helpers: {},
    inlineCss: true,
  });
  await loadWithFaults(renderer);
  afterCleanup(() => renderer.close());
  return { dir, renderer, gallery: new TemplateGallery({ renderer, dir, now }) };
}

const WELCOME = `---
subject: Welcome, {{user.name}}!
preheader: One click.
layout: default
sample: { user: { name: Ada }, items: [{ title: Tea }], link: "https://a.test/x" }
---
<style>p { color: red }</style>
<p>Hello {{user.name}}</p>
{{#each items}}<i>{{title}}</i>{{/each}}
{{#if coupon}}{{coupon.code}}{{/if}}
<a href="{{url link}}">go</a>
`;
const FILES = {
  'templates/welcome.hbs': WELCOME,
  'templates/welcome.fr.hbs': '---\nsubject: Bienvenue\npreheader: x\n---\n<p>Bonjour {{user.name}}</p>',
  'templates/shop/receipt.text.hbs': 'Total {{total}}',
  'templates/layouts/default.hbs': '<html lang="{{@locale}}"><body>{{> @partial-block}}</body></html>',
};

test('all templates are listed with their properties', async () => {
  const { gallery } = await open({
    ...FILES,
    'templates/slow.hbs': '<p class="{{kind}}">x</p><style>.a { color: red }</style>',
    'templates/locales/de.json': '{}',
  });
  const list = gallery.list();
  expect(list.map(({ name }) => name)).toEqual(['shop/receipt', 'slow', 'welcome']);
  expect(list[2]).toEqual({
    name: 'welcome',
    locales: ['de', 'fr'],
    subject: 'Welcome, {{user.name}}!',
    layout: 'default',
    hasText: false,
    fastPath: { fast: true, reasons: [] },
    sample: true,
  });
  expect(list[0]).toMatchObject({ hasText: true, sample: false });
  expect(list[1]?.fastPath.fast).toBe(false);
  expect(list[1]?.fastPath.reasons[0]).toContain('templates/slow.hbs:1:');
});

test('a template lists its variables, where it reads them, and those that its sample lacks', async () => {
  const { gallery } = await open({
    ...FILES,
    'templates/layouts/default.hbs': '<html><body>{{> @partial-block}}{{footer}}</body></html>',
  });
  const { variables, missing, error } = await gallery.show('welcome');
  expect(variables).toEqual([
    { path: 'coupon.code', where: 'templates/welcome.hbs:10:17', required: false },
    { path: 'footer', where: 'templates/layouts/default.hbs:1:35', required: true },
    { path: 'items[].title', where: 'templates/welcome.hbs:9:21', required: true },
    { path: 'link', where: 'templates/welcome.hbs:11:16', required: true },
    { path: 'user.name', where: 'templates/welcome.hbs:8:12', required: true },
  ]);
  expect(missing).toEqual([{ path: 'footer', template: 'templates/layouts/default.hbs', line: 1 }]);
  expect(error).toEqual({
    message: expect.stringContaining('footer') as string,
    file: 'templates/layouts/default.hbs',
    line: 1,
    column: 35,
  });
});

test('missing values are searched in every element, but not below a missing object', async () => {
  const { gallery } = await open({
    'templates/list.hbs': `---
sample: { items: [{ title: Tea }, { title: Cup, size: 2 }, {}], owner: null }
---
{{#each items}}{{title}}{{#if size}}{{size}}{{/if}}{{/each}}
{{owner.name}}{{buyer.address.street}}
`,
  });
  const { missing } = await gallery.show('list');
  expect(missing.map(({ path, line }) => `${path} ${line}`)).toEqual([
    'buyer 5',
    'items[].title 4',
    'owner.name 5',
  ]);
});

test('a template is rendered like its mails, in the requested language', async () => {
  const { gallery } = await open(FILES);
  const base = await gallery.show('welcome');
  expect(base.error).toBeUndefined();
  expect(base).toMatchObject({ name: 'welcome', subject: 'Welcome, Ada!' });
  expect(base.html).toContain('<p style="color: red;">Hello Ada</p>');
  expect(base.text).toContain('Hello Ada');
  expect(base.findings.map(({ rule }) => rule)).toEqual([]);
  const french = await gallery.show('welcome', 'fr-ca');
  expect(french).toMatchObject({ locale: 'fr-CA', subject: 'Bienvenue' });
  expect(french.html).toContain('Bonjour Ada');
  expect(await gallery.html('welcome', 'fr')).toContain('Bonjour Ada');
  expect(await gallery.html('shop/receipt').catch(String)).toContain('total');
});

test('a template that cannot be compiled says where, and the others are shown', async () => {
  const { gallery } = await open({ ...FILES, 'templates/broken.hbs': '<p>\n{{#if x}}' });
  expect((await gallery.show('broken')).error).toMatchObject({
    file: 'templates/broken.hbs',
    line: 2,
    column: 1,
  });
  expect((await gallery.show('broken')).findings).toContainEqual(
    expect.objectContaining({ rule: 'template-fault', line: 2 }),
  );
  expect((await gallery.show('welcome', 'fr')).error).toBeUndefined();
});

test('findings match those of `mailroom check` for the shown language', async () => {
  const { gallery } = await open({
    'templates/a.hbs':
      '---\npreheader: x\nsample: {}\n---\n<html lang="en"><img src="https://a.test/x.png"></html>',
    'templates/b.hbs': '<p>x</p>',
  });
  const { findings } = await gallery.show('a');
  expect(findings.map(({ rule, line }) => `${rule} ${line}`)).toEqual(['no-text undefined', 'img-alt 5']);
});

test('a sample becomes a mail, and a template without one is refused', async () => {
  const { gallery } = await open(FILES);
  expect(gallery.sampleMail('welcome', 'fr')).toMatchObject({
    template: 'welcome',
    locale: 'fr',
    context: { user: { name: 'Ada' } },
  });
  expect(() => gallery.sampleMail('shop/receipt')).toThrow('has no sample to send');
});

test('unknown names and languages are refused', async () => {
  const { gallery } = await open(FILES);
  await expect(gallery.show('welcom')).rejects.toThrow(/no template "welcom".* "welcome"/);
  await expect(gallery.show('../../package')).rejects.toMatchObject({ code: 'template-not-found' });
  for (const locale of ['fr_CA', 'french'])
    await expect(gallery.show('welcome', locale)).rejects.toMatchObject({ code: 'message-invalid' });
});

test('a save reports only the templates that use the file', async () => {
  const { dir, renderer } = await open({ ...FILES, 'templates/locales/de.json': '{}' });
  const reported: string[][] = [];
  let wake = (): void => undefined;
  const stop = followTemplates(renderer, (names) => {
    reported.push([...names].toSorted());
    wake();
  });
  const next = async (file: string, content: string): Promise<string[] | undefined> => {
    const change = new Promise<void>((resolve) => (wake = resolve));
    await writeFile(join(dir, 'templates', file), content);
    await change;
    return reported.at(-1);
  };
  renderer.watch();
  expect(await next('welcome.hbs', `${WELCOME}<p>more</p>`)).toEqual(['welcome']);
  expect(await next('layouts/default.hbs', '<html lang="en">{{> @partial-block}}</html>')).toEqual([
    'welcome',
  ]);
  expect(await next('news.hbs', '<p>{{#broken}}')).toEqual(['news']);
  expect(await next('locales/de.json', '{"a":"b"}')).toEqual(['news', 'shop/receipt', 'welcome']);
  stop();
  expect(reported).toHaveLength(4);
});
