import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder } from '../render/templates.js';
import { typeErrors } from '../support/type-check.js';
import { CliProcess } from './cli-process.js';
import { runCli } from './run-cli.js';

// The compiler reads the declarations of Nest and Node once, and machines are slow under load.
jest.setTimeout(120_000);

const ROOT = join(__dirname, '../..');
const FILE = 'src/mail-templates.d.ts';

const read = (dir: string, file = FILE): Promise<string> => readFile(join(dir, file), 'utf8');

describe('the "mailroom" field of package.json', () => {
  const FILES = { 'views/a.hbs': '{{x}}', 'more/b.hbs': '{{y}}', 'billing/mail/invoice.hbs': '{{total}}' };
  const manifest = (mailroom: unknown): string => JSON.stringify({ mailroom });

  test('names the folders', async () => {
    const field = { templates: ['views', 'more'], features: { billing: 'billing/mail' } };
    const dir = await folder({ ...FILES, 'package.json': manifest(field) });
    expect(await runCli(dir, 'types')).toMatchObject({ code: 0, out: `${FILE}: 3 templates\n` });
    expect(await read(dir)).toMatch(/ a: [^]* b: [^]* 'billing\/invoice': /);
  });

  test('flags win, field by field', async () => {
    const field = { templates: 'views', features: { billing: 'billing/mail' } };
    const dir = await folder({ ...FILES, 'package.json': manifest(field) });
    await runCli(dir, 'types', '--templates', 'more');
    expect(await read(dir)).toMatch(/interface MailTemplates \{\s+b: [^]* 'billing\/invoice': /);
    await runCli(dir, 'types', '--feature', 'bills=billing/mail');
    expect(await read(dir)).toMatch(/interface MailTemplates \{\s+a: [^]* 'bills\/invoice': /);
  });

  test('it does not apply to a project of a workspace', async () => {
    const projects = { shop: { sourceRoot: 'apps/shop/src' } };
    const dir = await folder({
      ...FILES,
      'package.json': manifest({ templates: 'views' }),
      'nest-cli.json': JSON.stringify({ projects }),
      'apps/shop/src/templates/c.hbs': '{{z}}',
    });
    await runCli(dir, 'types', '--project', 'shop');
    expect(await read(dir, 'apps/shop/src/mail-templates.d.ts')).toMatch(
      /MailTemplates \{\s+c: [^}]*\};\n {2}\}/,
    );
  });

  test('its language must be a language tag', async () => {
    const dir = await folder({
      ...FILES,
      'package.json': manifest({ templates: 'views', defaultLocale: 'french' }),
    });
    const { code, err } = await runCli(dir, 'check');
    expect([code, err]).toEqual([2, expect.stringContaining('"french" is no locale (BCP 47); write fr')]);
  });

  test('a misspelt key is reported', async () => {
    const dir = await folder({ ...FILES, 'package.json': manifest({ tempaltes: 'views' }) });
    const { code, err } = await runCli(dir, 'check');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /tempaltes: expected one of .* got an unknown option\. Did you mean "templates"\?/,
      ),
    ]);
  });

  test('all of its faults are reported', async () => {
    const dir = await folder({ 'package.json': manifest({ templates: [1], features: [], helpers: {} }) });
    const { code, err } = await runCli(dir, 'check');
    expect(code).toBe(2);
    for (const line of [
      /templates: expected a folder or a list/,
      /features: expected an object/,
      /helpers: /,
    ])
      expect(err).toMatch(line);
  });
});

test('a folder is looked for where nest-cli.json has the sources', async () => {
  const dir = await folder({ 'nest-cli.json': '{ "sourceRoot": "server" }', 'server/templates/a.hbs': 'A' });
  expect(await runCli(dir, 'types')).toMatchObject({
    code: 0,
    out: 'server/mail-templates.d.ts: 1 template\n',
  });
});

test('without templates the error lists the folders searched, and the fix', async () => {
  const { code, err } = await runCli(await folder({}), 'types');
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/looked for src\/templates, templates\. .*mailroom init.*--templates/),
  ]);
});

test('types --out writes elsewhere, and --check looks there', async () => {
  const dir = await folder({ 'templates/a.hbs': '{{x}}' });
  const args = ['types', '--out', 'generated/types/mail.d.ts'];
  expect(await runCli(dir, ...args)).toEqual({
    code: 0,
    out: 'generated/types/mail.d.ts: 1 template\n',
    err: '',
  });
  expect(await read(dir, 'generated/types/mail.d.ts')).toContain('readonly x: ');
  await expect(read(dir)).rejects.toThrow('ENOENT');
  expect(await runCli(dir, ...args, '--check')).toEqual({ code: 0, out: '', err: '' });
  expect(await runCli(dir, 'types', '--check')).toMatchObject({ code: 1 });
});

describe("the application's helpers", () => {
  const PAGE =
    '---\nsubject: Hi\npreheader: Hi\nsample: { word: a }\n---\n<html lang="en">{{shout word}}{{today}}</html>';

  test.each([
    [
      'exported one by one',
      'helpers.mjs',
      'export const shout = (word) => `${word}!`;\nexport function today() { return "Monday"; }',
    ],
    [
      'exported together',
      'helpers.mjs',
      'export const helpers = { shout: (word) => `${word}!`, today: () => "Monday" };\nexport function other() {}',
    ],
    [
      'of a CommonJS build',
      'helpers.cjs',
      'exports.shout = (word) => `${word}!`;\nexports.today = () => "Monday";',
    ],
  ])('%s', async (_, file, code) => {
    const dir = await folder({ 'templates/a.hbs': PAGE, [file]: code });
    const args = ['--helpers', file];
    expect(await new CliProcess(dir, 'types', ...args).end).toMatchObject({ code: 0, err: '' });
    expect(await read(dir)).toMatch(/a: \{\n {6}readonly word: unknown;\n {4}\};/);
    expect(await new CliProcess(dir, 'check', ...args).end).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^a: rendered, .*\n\n1 template, 0 errors, 0 warnings\n$/),
    });
  });

  test('without them their calls are faults, and their names are fields', async () => {
    const dir = await folder({ 'templates/a.hbs': PAGE });
    expect(await runCli(dir, 'check')).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /unknown helper "shout"\. Helpers of your own are given as --helpers <file>/,
      ),
    });
    await runCli(dir, 'types');
    expect(await read(dir)).toContain('readonly today: ');
  });

  test.each([
    ['a module that is not there', 'helpers.js', {}],
    ['TypeScript', 'helpers.ts', { 'helpers.ts': 'export enum A { b }' }],
    ['a module that throws', 'helpers.mjs', { 'helpers.mjs': 'throw new Error("no");' }],
  ])('%s', async (_, file, files) => {
    const dir = await folder({ 'templates/a.hbs': PAGE, ...files });
    for (const command of ['types', 'check']) {
      const { code, err } = await new CliProcess(dir, command, '--helpers', file).end;
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(/helpers\.\w+ cannot be loaded: .* build the application first/),
      ]);
    }
  });
});

describe('the example', () => {
  const SEND = `import { MailService } from 'nest-mailroom';
import type { User } from '../../examples/signup/src/signup/user.js';
import type { Order } from '../../examples/signup/src/orders/order.js';
import type { InviteDto } from '../../examples/signup/src/invites/invite.dto.js';
declare const mail: MailService; declare const user: User; declare const order: Order; declare const invite: InviteDto;
const to = 'ada@example.test'; const link = 'https://example.test';
void [mail, user, order, invite, to, link];
`;
  const SENDS = {
    'right.ts': `void mail.send({ to, template: 'welcome', context: { user, link } });
void mail.send({ to, template: 'receipt', context: { order } });
void mail.send({ to, template: 'invite', context: { ...invite, link } });`,
    'template.ts': `void mail.send({ to, template: 'welcom', context: { user, link } });`,
    'field.ts': `void mail.send({ to, template: 'welcome', context: { usr: user, link } });`,
    'missing.ts': `void mail.send({ to, template: 'welcome', context: { user } });`,
    'nested.ts': `void mail.send({ to, template: 'receipt', context: { order: { ...order, items: order } } });`,
    'argument.ts': `void mail.send({ to, template: 'welcome', context: { user, link: 5 } });`,
  };

  test('its own types fit its templates, and mistakes do not compile', async () => {
    const out = join(await folder({}), 'mail.d.ts');
    expect(await runCli(ROOT, 'types', '--project', 'signup', '--out', out)).toMatchObject({
      code: 0,
      err: '',
    });
    const sources = Object.entries(SENDS).map(([name, code]) => [name, SEND + code] as const);
    const errors = typeErrors({ 'types.d.ts': await readFile(out, 'utf8'), ...Object.fromEntries(sources) });
    expect(errors.map(({ file, message }) => [file, message])).toEqual([
      ['template.ts', expect.stringContaining(`"welcom"' is not assignable`)],
      ['field.ts', expect.stringContaining(`'usr' does not exist`)],
      ['missing.ts', expect.stringContaining(`'link' is missing`)],
      ['nested.ts', expect.stringContaining(`The types of 'context.order.items' are incompatible`)],
      ['argument.ts', expect.stringContaining(`'number' is not assignable to type`)],
    ]);
  });

  test('mailroom check finds it by its name in nest-cli.json', async () => {
    expect(await runCli(ROOT, 'check', '--project', 'signup')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^welcome: rendered, [^]* 0 errors, 0 warnings\n$/m),
    });
  });
});
