import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder, write } from '../../render/templates.js';
import { runCli } from '../run-cli.js';

const FILE = 'src/mail-templates.d.ts';

/** The type that is written for a page, without white space. */
async function typeOf(page: string, others: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = await folder({ 'templates/page.hbs': page, ...others });
  expect(await runCli(dir, 'types')).toMatchObject({ code: 0, err: '' });
  const written = await readFile(join(dir, FILE), 'utf8');
  const [, type = ''] = /page: ([\s\S]*);\n {2}\}\n\}\n$/.exec(written) ?? [];
  return type.replaceAll('readonly ', '').replaceAll(/\s+/g, ' ').replaceAll(TEXT, 'TEXT');
}
const TEXT = 'string | number | bigint | boolean | null';

test.each([
  ['nothing read', 'Hello', 'object'],
  ['a printed path', '{{user.name}}', '{ user: { name: TEXT; }; }'],
  [
    'a list',
    '{{#each items}}{{name}}{{../currency}}{{/each}}',
    '{ currency: TEXT; items: ReadonlyArray<{ name: TEXT; }>; }',
  ],
  ['a list of texts', '{{#each names}}{{this}}{{/each}}', '{ names: ReadonlyArray<TEXT>; }'],
  [
    'block parameters',
    '{{#each items as |item at|}}{{at}}{{item.name}}{{/each}}',
    '{ items: ReadonlyArray<{ name: TEXT; }>; }',
  ],
  [
    'a block parameter with the name of a helper',
    '{{#each items as |shout|}}{{shout}}{{/each}}',
    '{ items: ReadonlyArray<TEXT>; }',
  ],
  ['with', '{{#with user}}{{name}}{{@root.site}}{{/with}}', '{ site: TEXT; user: { name: TEXT; }; }'],
  [
    'what a condition asks for',
    '{{#if user}}{{user.name}}{{/if}}',
    '{ user?: { name: TEXT; } | null | undefined; }',
  ],
  ['what is only asked for', '{{#unless quiet}}!{{/unless}}', '{ quiet?: unknown; }'],
  ['what is asked for and read anyway', '{{#if a}}{{a}}{{/if}}{{a}}', '{ a: TEXT; }'],
  ['a default', '{{default note "none"}}', '{ note?: TEXT | undefined; }'],
  [
    'helpers',
    '{{formatDate at}}{{formatRelativeTime due}}{{formatList names}}{{formatNumber n}}{{shout word}}',
    '{ at: Date | string | number | null; due: Date | string | number | null; n: number | bigint | string | { toFixed(): string } | null; names: ReadonlyArray<TEXT>; word: unknown; }',
  ],
  ['a sample', '---\nsubject: To {{name}}\nsample: { name: Ada }\n---\n', '{ name: string; }'],
  [
    'a list whose keys are read',
    '{{#each prices}}{{@key}}: {{this}}{{#each tags}}{{@../key}}{{/each}}{{/each}}',
    '{ prices: ReadonlyArray<{ tags: ReadonlyArray<unknown>; }> | Readonly<Record<string, { tags: ReadonlyArray<unknown>; }>>; }',
  ],
  [
    'a sample with an object for a list',
    '---\nsample: { prices: { tea: 2 } }\n---\n{{#each prices}}{{this}}{{/each}}',
    '{ prices: ReadonlyArray<number> | Readonly<Record<string, number>>; }',
  ],
  [
    'arguments of components',
    '{{#> mail/button href=link tone=look}}{{label}}{{/mail/button}}{{> mail/image src=photo alt=name}}',
    '{ label: TEXT; link: URL | string; look: TEXT; name: TEXT; photo: TEXT; }',
  ],
  [
    'rows of a table',
    '{{> mail/table rows=facts}}',
    '{ facts: ReadonlyArray<{ label: TEXT; value: TEXT; }>; }',
  ],
  [
    'an address of a component that is printed too',
    '{{#> mail/button href=link}}{{link}}{{/mail/button}}',
    '{ link: string; }',
  ],
  [
    'the built-in layout around a template without a preheader',
    '---\nlayout: mail/layout\n---\n{{a}}',
    '{ a: TEXT; preheader?: TEXT | undefined; }',
  ],
  [
    'the built-in layout around one that has a preheader',
    '---\nlayout: mail/layout\npreheader: For {{b}}\n---\n{{a}}',
    '{ a: TEXT; b: TEXT; }',
  ],
  ['a dynamic partial', '{{> (lookup parts "a") user}}', '{ parts: object; user: object; }'],
])('%s', async (_, page, type) => {
  expect(await typeOf(page)).toBe(type);
});

test('layouts, partials with their arguments and languages count too', async () => {
  const type = await typeOf('---\nlayout: main\n---\n{{> card user label=title}}', {
    'templates/page.fr.hbs': '{{salut}}',
    'templates/layouts/main.hbs': '{{site}}{{> @partial-block}}',
    'templates/partials/card.hbs': '{{name}}{{label}}',
  });
  expect(type).toBe('{ salut: TEXT; site: TEXT; title: TEXT; user: { name: TEXT; }; }');
});

test('a partial of the application in place of a component has its own arguments', async () => {
  const type = await typeOf('{{#> mail/button href=link}}Go{{/mail/button}}', {
    'templates/partials/mail/button.hbs': '{{href.path}}{{> @partial-block}}',
  });
  expect(type).toBe('{ link: { path: TEXT; }; }');
});

test('partials of a subject count', async () => {
  const type = await typeOf('---\nsubject: "{{> greeting user}}"\n---\n', {
    'templates/partials/greeting.hbs': '{{name}}',
  });
  expect(type).toBe('{ user: { name: TEXT; }; }');
});

describe('what messages take', () => {
  const locales = {
    'templates/locales/en.json': JSON.stringify({
      cart: '{user} has {n, plural, one {#} other {#}} since {at, date}, {tone, select, a {a} other {b}}',
      hi: 'Hi {name}',
    }),
    'templates/locales/fr.json': JSON.stringify({ hi: 'Bonjour {name, number}' }),
  };

  test.each([
    [
      '{{t "cart" user=user.name n=count at=at tone=user.tone}}',
      '{ at: Date | string | number; count: number | bigint | string | { toFixed(): string }; user: { name: TEXT; tone: TEXT; }; }',
    ],
    ['{{t "hi" name=n}}', '{ n: string | number | bigint; }'],
    ['{{concat (t "hi" name=n) "x"}}{{n}}', '{ n: string | number | bigint; }'],
    ['{{t "hi" name=(formatDate at) extra=more}}', '{ at: Date | string | number | null; more: unknown; }'],
    ['{{t key a=b}}', '{ b: unknown; key: string; }'],
    ['{{t (concat "h" x) name=b}}', '{ b: unknown; x: TEXT; }'],
    ['---\nsubject: {{t "hi" name=name}}\nsample: { name: Ada }\n---\n', '{ name: string; }'],
    ['{{> card who=user}}', '{ user: { name: string | number | bigint; }; }'],
  ])('%s', async (page, type) => {
    const card = { 'templates/partials/card.hbs': '{{t "hi" name=who.name}}' };
    expect(await typeOf(page, { ...locales, ...card })).toBe(type);
  });

  test('a feature has messages of its own', async () => {
    const dir = await folder({
      ...locales,
      'templates/a.hbs': '{{t "hi" name=x}}',
      'billing/b.hbs': '{{t "hi" name=x}}{{t "cart" user=y n=1 at=1 tone=1}}',
      'billing/locales/en.json': '{"hi":"{name, date}"}',
    });
    const args = ['types', '--templates', 'templates', '--feature', 'billing=billing'];
    expect(await runCli(dir, ...args)).toMatchObject({ code: 0, err: '' });
    const written = await readFile(join(dir, FILE), 'utf8');
    expect(written).toMatch(
      /'billing\/b': \{\s+readonly x: Date \| string \| number;\s+readonly y: string \|/,
    );
  });

  test('a catalog that cannot be read fails the command', async () => {
    const dir = await folder({ 'templates/a.hbs': 'a', 'templates/locales/en.json': '{' });
    expect(await runCli(dir, 'types')).toMatchObject({
      code: 1,
      err: expect.stringContaining('en.json:1:2') as unknown,
    });
  });
});

test('inline partials are read where the layout calls them', async () => {
  const type = await typeOf('---\nlayout: main\n---\n{{#*inline "foot"}}{{by}}{{/inline}}', {
    'templates/layouts/main.hbs': '{{> foot user}}{{> @partial-block}}',
  });
  expect(type).toBe('{ user: { by: TEXT; }; }');
});

test('a partial that calls itself comes to an end', async () => {
  const type = await typeOf('{{> node tree}}', {
    'templates/partials/node.hbs': '{{name}}{{#each children}}{{> node}}{{/each}}',
  });
  expect(type).toBe('{ tree: { children: ReadonlyArray<object>; name: TEXT; }; }');
});

test('--check says which templates are stale', async () => {
  const dir = await folder({ 'templates/a.hbs': '{{x}}', 'billing/invoice.hbs': '{{total}}' });
  const args = ['types', '--templates', 'templates', '--feature', 'billing=billing'];
  expect(await runCli(dir, ...args, '--check')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/does not exist/),
  });
  await runCli(dir, ...args);
  expect(await runCli(dir, ...args, '--check')).toEqual({ code: 0, out: '', err: '' });
  await write(dir, { 'billing/invoice.hbs': '{{sum}}' });
  expect(await runCli(dir, ...args, '--check')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/is stale: billing\/invoice\. Run: npx nest-mailroom types/),
  });
});

test('a template that cannot be parsed is reported with its place', async () => {
  const dir = await folder({ 'templates/a.hbs': '{{#if x}}' });
  const { code, err } = await runCli(dir, 'types');
  expect([code, err]).toEqual([1, expect.stringMatching(/a\.hbs:1:1: \{\{#if\}\} is never closed/)]);
});
