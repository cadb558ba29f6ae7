import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fixSections } from '../../src/check/section-fix.js';
import { runCli } from './run-cli.js';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'fix-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const pathOf = (name: string): string => join(project, 'templates', name);

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    writeFileSync(pathOf(name), content);
  }
}

const read = (name: string): string => readFileSync(pathOf(name), 'utf8');

const SAMPLE = {
  paid: true,
  none: false,
  name: 'Ada',
  count: 2,
  nothing: null,
  empty: [],
  user: { name: 'Bob', plan: { name: 'Pro' }, admin: false },
  items: [{ label: 'Ink', price: 1, tags: ['a', 'b'] }, { label: 'Pen' }],
  words: ['a', 'b'],
  rows: [['a'], ['b']],
};

describe('a section is rewritten as its sample says', () => {
  test.each([
    ['{{#paid}}Yes{{/paid}}', '{{#if paid}}Yes{{/if}}'],
    ['{{#none}}Yes {{name}}{{/none}}', '{{#if none}}Yes {{name}}{{/if}}'],
    ['{{#items}}{{label}}{{/items}}', '{{#each items}}{{label}}{{/each}}'],
    ['{{#words}}{{.}}, {{/words}}', '{{#each words}}{{.}}, {{/each}}'],
    ['{{#empty}}{{x}}{{/empty}}', '{{#each empty}}{{x}}{{/each}}'],
    ['{{#user}}{{plan.name}}{{/user}}', '{{#with user}}{{plan.name}}{{/with}}'],
    ['{{#user.plan}}{{name}}{{/user.plan}}', '{{#with user.plan}}{{name}}{{/with}}'],
    ['{{#name}}Dear {{.}}{{/name}}', '{{#with name}}Dear {{.}}{{/with}}'],
    ['{{#name}}Dear {{name}}{{/name}}', '{{#if name}}Dear {{name}}{{/if}}'],
    ['{{#count}}{{count}} of {{user.name}}{{/count}}', '{{#if count}}{{count}} of {{user.name}}{{/if}}'],
    ['{{#user}}Hi {{user.name}}{{/user}}', '{{#if user}}Hi {{user.name}}{{/if}}'],
    // Names that a section reads from around it.
    ['{{#items}}{{label}} of {{name}}{{/items}}', '{{#each items}}{{label}} of {{../name}}{{/each}}'],
    ['{{#items}}{{price}}{{/items}}', '{{#each items}}{{price}}{{/each}}'],
    [
      '{{#items}}{{#tags}}{{.}} {{label}} {{count}}{{/tags}}{{/items}}',
      '{{#each items}}{{#each tags}}{{.}} {{../label}} {{../../count}}{{/each}}{{/each}}',
    ],
    [
      '{{#items}}{{#paid}}{{label}}{{/paid}}{{/items}}',
      '{{#each items}}{{#if ../paid}}{{label}}{{/if}}{{/each}}',
    ],
    ['{{#user}}{{formatNumber count}}{{/user}}', '{{#with user}}{{formatNumber ../count}}{{/with}}'],
    ['{{#user}}{{> card total=count}}{{/user}}', '{{#with user}}{{> card total=../count}}{{/with}}'],
    [
      '{{#user}}{{#if paid}}{{admin}}{{/if}}{{/user}}',
      '{{#with user}}{{#if ../paid}}{{admin}}{{/if}}{{/with}}',
    ],
    // Blocks of Handlebars read from their own context alone.
    ['{{#each items}}{{#paid}}x{{/paid}}{{/each}}', undefined],
    [
      '{{#each items}}{{#tags}}{{.}}{{/tags}}{{/each}}',
      '{{#each items}}{{#each tags}}{{.}}{{/each}}{{/each}}',
    ],
    [
      '{{#with user}}{{#plan}}{{name}}{{/plan}}{{/with}}',
      '{{#with user}}{{#with plan}}{{name}}{{/with}}{{/with}}',
    ],
    [
      '{{#if paid}}{{#items}}{{label}}{{/items}}{{/if}}',
      '{{#if paid}}{{#each items}}{{label}}{{/each}}{{/if}}',
    ],
    [
      '{{^if paid}}{{#items}}{{label}}{{/items}}{{/if}}',
      '{{^if paid}}{{#each items}}{{label}}{{/each}}{{/if}}',
    ],
    // As they are written.
    ['{{~#paid~}} Yes {{~/ paid ~}}', '{{~#if paid~}} Yes {{~/ if ~}}'],
    ['a\r\n{{#paid}}\r\nYes\r\n{{/paid}}\r\n', 'a\r\n{{#if paid}}\r\nYes\r\n{{/if}}\r\n'],
    ['{{#paid}}a{{else}}b{{/paid}}', '{{#if paid}}a{{else}}b{{/if}}'],
    ['{{#items}}a{{^}}b{{/items}}', '{{#each items}}a{{^}}b{{/each}}'],
    ['{{^items}}None{{/items}}', '{{#unless items}}None{{/unless}}'],
    ['{{^paid}}a{{else}}b{{/paid}}', '{{#unless paid}}a{{else}}b{{/unless}}'],
    ['{{#items}}{{^tags}}-{{/tags}}{{/items}}', '{{#each items}}{{#unless tags}}-{{/unless}}{{/each}}'],
    [
      '{{#items}}{{#each .}}{{label}}{{/each}}{{/items}}',
      '{{#with items}}{{#each .}}{{label}}{{/each}}{{/with}}',
    ],
    ['{{#rows}}{{#each .}}{{.}}{{/each}}{{/rows}}', '{{#each rows}}{{#each .}}{{.}}{{/each}}{{/each}}'],
    // Sections of uncertain meaning.
    ['{{#nothing}}{{x}}{{/nothing}}', undefined],
    ['{{#absent}}Hi{{/absent}}', undefined],
    ['{{#shout}}{{name}}{{/shout}}', undefined],
    ['{{#absent}}{{#items}}{{label}}{{/items}}{{/absent}}', undefined],
    ['{{#items as |name|}}{{name.label}}{{/items}}', undefined],
    [`${'{{#paid}}'.repeat(101)}x${'{{/paid}}'.repeat(101)}`, undefined],
    ['{{#paid}}', undefined],
    ['no tags', undefined],
  ])('%j', (source, expected) => {
    const fixed = fixSections(source, SAMPLE, new Set(['shout']));
    expect(fixed.source).toBe(expected ?? source);
    expect(fixed.fixes.length > 0).toBe(expected !== undefined);
    expect(fixSections(fixed.source, SAMPLE, new Set(['shout']))).toEqual({
      source: fixed.source,
      fixes: [],
    });
  });
});

test.each([
  ['{{^x}}No{{/x}}', '{{#unless x}}No{{/unless}}'],
  ['{{#x}}Hi {{x}}{{/x}}', '{{#if x}}Hi {{x}}{{/if}}'],
  [
    '{{#user}}Hi {{user.name}} {{formatDate user.at}}{{/user}}',
    '{{#if user}}Hi {{user.name}} {{formatDate user.at}}{{/if}}',
  ],
  ['{{#a.b}}{{a.b.c}}{{/a.b}}', '{{#if a.b}}{{a.b.c}}{{/if}}'],
  // As Postmark's templates have it.
  [
    '{{#x}}<table>{{#each . }}{{y}}{{/each}}</table>{{/x}}',
    '{{#with x}}<table>{{#each . }}{{y}}{{/each}}</table>{{/with}}',
  ],
  [
    '{{#x}}{{#if .}}{{#each this}}{{y}}{{/each}}{{/if}}{{/x}}',
    '{{#with x}}{{#if .}}{{#each this}}{{y}}{{/each}}{{/if}}{{/with}}',
  ],
  ['{{#x}}{{#with y}}{{#each .}}{{z}}{{/each}}{{/with}}{{/x}}', undefined],
  ['{{#x}}Hi{{/x}}', undefined],
  ['{{#x}}{{y}}{{/x}}', undefined],
  ['{{#x}}{{x}}{{y}}{{/x}}', undefined],
  ['{{#x}}{{.}}{{/x}}', undefined],
  ['{{#x}}{{> p}}{{/x}}', undefined],
])('without a sample only what a section itself says is certain: %s', (source, expected) => {
  expect(fixSections(source, undefined, new Set()).source).toBe(expected ?? source);
});

const corpus = join(__dirname, '..', '..', '..', 'shared', 'corpus', 'postmark');
// Beside a checkout in CI.
if (existsSync(corpus))
  test('every section of Postmark’s own templates is certain', () => {
    const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(html|txt)$/.test(name),
    );
    const fixed = files.map((name) =>
      fixSections(readFileSync(join(corpus, name), 'utf8'), undefined, new Set()),
    );
    const sections = fixed.flatMap(({ fixes }) => fixes.map(({ was, is }) => `${was} ${is}`));
    expect(sections).toEqual(
      Array.from({ length: 4 }, () => '{{#attachment_details}} {{#with attachment_details}}'),
    );
    const left = fixed.flatMap(
      ({ source }) => source.match(/\{\{[#^](?!(?:each|if|unless|with) )[^}]*\}\}/g) ?? [],
    );
    expect(left).toEqual([]);
  });

test('check --fix rewrites the files, lists the changes, and checks the result', async () => {
  const head =
    '\uFEFF---\r\npreheader: "{{^paid}}Please pay{{/paid}}"\r\nsubject: {{#paid}}Paid{{/paid}}\r\n';
  write({
    'bill.hbs': `${head}sample: { paid: true, items: [{ label: Ink }] }\r\n---\r\n<html lang="en">{{#items}}\r\n<p>{{label}}</p>{{/items}}{{> note}}</html>`,
    'bill.fr.hbs':
      '---\nsubject: Facture\npreheader: x\n---\n<html lang="fr">{{#items}}<p>{{label}}</p>{{/items}}</html>',
    'bill.text.hbs': '{{#items}}{{label}}{{/items}}',
    'partials/note.hbs': '{{^paid}}<p>Open</p>{{/paid}}',
    'fine.hbs':
      '---\nsubject: Hi\npreheader: x\nsample: { x: true }\n---\n<html lang="en">{{#if x}}x{{/if}}</html>',
  });
  const fine = read('fine.hbs');
  const { code, out } = await runCli(project, 'check', '--fix');
  expect(read('bill.hbs')).toBe(
    `\uFEFF---\r\npreheader: "{{#unless paid}}Please pay{{/unless}}"\r\nsubject: {{#if paid}}Paid{{/if}}\r\nsample: { paid: true, items: [{ label: Ink }] }\r\n---\r\n<html lang="en">{{#each items}}\r\n<p>{{label}}</p>{{/each}}{{> note}}</html>`,
  );
  expect(read('bill.fr.hbs')).toContain('{{#each items}}<p>{{label}}</p>{{/each}}');
  expect(read('bill.text.hbs')).toBe('{{#each items}}{{label}}{{/each}}');
  expect(read('partials/note.hbs')).toBe('{{#unless paid}}<p>Open</p>{{/unless}}');
  expect(read('fine.hbs')).toBe(fine);
  expect(out).toContain('templates/bill.hbs:2:13  fixed  {{^paid}} is {{#unless paid}} now\n');
  expect(out).toContain('templates/bill.hbs:6:17  fixed  {{#items}} is {{#each items}} now\n');
  expect(out).toMatch(/\n3 templates, 0 errors, 0 warnings\n$/);
  expect(code).toBe(0);
  const again = await runCli(project, 'check', '--fix', '--json');
  expect(JSON.parse(again.out)).toMatchObject({ fixes: [], errors: 0 });
});

test('an uncertain section stays a fault that says what to write', async () => {
  const source = '---\nsubject: Hi\nsample: {}\n---\n{{#user}}{{name}}{{/user}}{{^user}}none{{/user}}';
  write({ 'a.hbs': source });
  const { code, out } = await runCli(project, 'check', '--fix');
  expect(code).toBe(1);
  expect(out).toContain('say which is meant: {{#if user}}, {{#each user}} or {{#with user}}');
  expect(read('a.hbs')).toContain('{{#unless user}}none{{/unless}}');
});

test('MJML sources are rewritten too', async () => {
  const body = '<mj-section><mj-column><mj-text>{{^paid}}Open{{/paid}}</mj-text></mj-column></mj-section>';
  write({
    'a.mjml.hbs': `---\nsubject: Hi\nsample: { paid: true }\n---\n<mjml lang="en"><mj-body>${body}</mj-body></mjml>`,
  });
  await runCli(project, 'check', '--fix');
  expect(read('a.mjml.hbs')).toContain('<mj-text>{{#unless paid}}Open{{/unless}}</mj-text>');
});
