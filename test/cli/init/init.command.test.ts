import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder } from '../../render/templates.js';
import { typeErrors } from '../../support/type-check.js';
import { runCli } from '../run-cli.js';

// The compiler reads the declarations of Nest and Node once, and machines are slow under load.
jest.setTimeout(120_000);

const MANIFEST = JSON.stringify({
  dependencies: { '@nestjs/core': '^12.0.0' },
  devDependencies: { '@nestjs/cli': '^12.0.0' },
});
const SETTINGS = `{
  "$schema": "https://json.schemastore.org/nest-cli",
  "collection": "@nestjs/schematics",
  "sourceRoot": "src",
  "compilerOptions": {
    "deleteOutDir": true
  }
}
`;
const ASSET = '{ "include": "templates/**/*", "watchAssets": true }';

/** Every file below a folder with what is in it. */
async function contents(dir: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(
    async (path) => [path.slice(dir.length + 1), await readFile(path, 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(files));
}

/** The nest-cli.json after the command. */
async function settingsAfter(text: string, ...args: string[]): Promise<string | undefined> {
  const dir = await folder({ 'package.json': MANIFEST, 'nest-cli.json': text });
  expect(await runCli(dir, 'init', ...args)).toMatchObject({ code: 0, err: '' });
  return (await contents(dir))['nest-cli.json'];
}

test('a new application gets a layout, a mail, the build setting and an ignored folder', async () => {
  const dir = await folder({
    'package.json': MANIFEST,
    'nest-cli.json': SETTINGS,
    '.gitignore': 'dist\n',
  });
  const { code, out } = await runCli(dir, 'init');
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(
      /^created {2}src\/templates\/layouts\/default\.hbs: .*\ncreated {2}src\/templates\/welcome\.hbs: .*\nchanged {2}nest-cli\.json: .*\nchanged {2}\.gitignore: .*\n\n1\. /,
    ),
  ]);
  expect(await contents(dir)).toEqual({
    'package.json': MANIFEST,
    'nest-cli.json': SETTINGS.replace('true\n', `true,\n    "assets": [${ASSET}]\n`),
    '.gitignore': 'dist\n.mail/\n',
    'src/templates/layouts/default.hbs': expect.any(String),
    'src/templates/welcome.hbs': expect.any(String),
  });
});

test('mailroom check finds no fault in its mail', async () => {
  const dir = await folder({ 'nest-cli.json': SETTINGS });
  await runCli(dir, 'init');
  expect(await runCli(dir, 'check')).toEqual({
    code: 0,
    out: expect.stringMatching(/^welcome: rendered, .* KB; fast path\n\n1 template, 0 errors, 0 warnings\n$/),
    err: '',
  });
});

test.each([
  ['in an ES module', 'module', []],
  ['in a CommonJS module', 'commonjs', []],
  ['with templates elsewhere in the sources', 'module', ['--templates', 'src/mail']],
  ['with templates outside of the sources', 'module', ['--templates', 'mail']],
])('the code it tells to write compiles %s', async (_, type, args) => {
  const dir = await folder({ 'package.json': JSON.stringify({ type }), 'nest-cli.json': SETTINGS });
  const { out } = await runCli(dir, 'init', ...args);
  await runCli(dir, 'types', ...args);
  const code = out.split('\n').flatMap((line) => (line.startsWith('     ') ? [line.trim()] : []));
  const imports = code.filter((line) => line.startsWith('import {'));
  const moduleImports = code.find((line) => line.startsWith('imports: '));
  const constructor = code.find((line) => line.startsWith('constructor'));
  const send = code.slice(code.indexOf('await this.mail.send({'));
  expect(send.length).toBeGreaterThan(1);
  expect(
    typeErrors({
      'types.d.ts': (await contents(dir))['src/mail-templates.d.ts'] ?? '',
      'app.ts': `import { Injectable, Module } from '@nestjs/common';
${imports.join('\n')}
@Module({ ${moduleImports} }) export class AppModule {}
@Injectable() export class Signup { ${constructor} async welcome() { ${send.join('\n')} } }`,
    }),
  ).toEqual([]);
});

describe('templates of features', () => {
  const FEATURES = {
    'package.json': MANIFEST,
    'nest-cli.json': SETTINGS,
    'src/billing/mail/invoice.hbs': '',
    'src/billing/mail/partials/total.hbs': '',
    'src/shop/orders/mail/locales/en.json': '{}',
    'src/shop/orders/mail/shipped.hbs': '',
    'src/templates/welcome.hbs': '',
  };
  const ASSETS = ['templates', 'billing/mail', 'shop/orders/mail']
    .map((path) => `{ "include": "${path}/**/*", "watchAssets": true }`)
    .join(', ');

  test('are copied by the build, too', async () => {
    const dir = await folder(FEATURES);
    const { code, out } = await runCli(dir, 'init');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('the build copies templates/**/*, billing/mail/**/*, shop/orders/mail/**/*'),
    ]);
    expect((await contents(dir))['nest-cli.json']).toBe(
      SETTINGS.replace('true\n', `true,\n    "assets": [${ASSETS}]\n`),
    );
    expect((await runCli(dir, 'init')).out).toContain('kept     nest-cli.json');
  });

  test('that came later are added to existing settings', async () => {
    const before = SETTINGS.replace('true\n', `true,\n    "assets": ["**/templates/**/*", "billing/**/*"]\n`);
    const dir = await folder({ ...FEATURES, 'nest-cli.json': before });
    await runCli(dir, 'init');
    expect((await contents(dir))['nest-cli.json']).toBe(
      before.replace(
        '"billing/**/*"',
        '"billing/**/*", { "include": "shop/orders/mail/**/*", "watchAssets": true }',
      ),
    );
  });
});

test('run again, it changes nothing and says so', async () => {
  const dir = await folder({ 'package.json': MANIFEST });
  await runCli(dir, 'init');
  const before = await contents(dir);
  const { code, out } = await runCli(dir, 'init');
  expect([code, out.match(/^\w+ {2,}/gm)]).toEqual([0, Array(4).fill('kept     ')]);
  expect(await contents(dir)).toEqual(before);
});

test('existing files are kept', async () => {
  const files = {
    'package.json': MANIFEST,
    'nest-cli.json': SETTINGS,
    '.gitignore': 'node_modules\r\n/.mail\r\n',
    'src/templates/welcome.hbs': 'Ours',
  };
  const dir = await folder(files);
  const { out } = await runCli(dir, 'init');
  expect(out).toMatch(/^kept {5}src\/templates\/welcome\.hbs: it is already there$/m);
  expect(await contents(dir)).toMatchObject({ ...files, 'nest-cli.json': expect.any(String) });
});

test.each([
  ['nothing', '{}', `{\n  "compilerOptions": {\n    "assets": [${ASSET}]\n  }\n}`],
  [
    'no compiler options',
    '{\r\n\t"sourceRoot": "src"\r\n}\r\n',
    `{\r\n\t"sourceRoot": "src",\r\n\t"compilerOptions": {\r\n\t\t"assets": [${ASSET}]\r\n\t}\r\n}\r\n`,
  ],
  [
    'a list of assets on one line',
    '{ "compilerOptions": { "assets": ["**/*.graphql"] } }',
    `{ "compilerOptions": { "assets": ["**/*.graphql", ${ASSET}] } }`,
  ],
  [
    'a list of assets on several lines',
    '{\n    "compilerOptions": {\n        "assets": [\n            "**/*.graphql",\n            { "include": "i18n/**/*" }\n        ]\n    }\n}\n',
    `{\n    "compilerOptions": {\n        "assets": [\n            "**/*.graphql",\n            { "include": "i18n/**/*" },\n            ${ASSET}\n        ]\n    }\n}\n`,
  ],
  ['an empty list', '{"compilerOptions":{"assets":[]}}', `{"compilerOptions":{"assets":[\n  ${ASSET}\n]}}`],
])('nest-cli.json with %s', async (_, before, after) => {
  expect(await settingsAfter(before)).toBe(after);
});

test.each([
  '"templates/**/*"',
  '"**/*.hbs"',
  '{ "include": "./templates" }',
  '"templates/**/*.{hbs,css}"',
  '"**/*"',
])('an asset that copies templates already is enough: %s', async (asset) => {
  const settings = `{ "compilerOptions": { "assets": [${asset}] } }`;
  expect(await settingsAfter(settings)).toBe(settings);
});

test.each(['"templates/*"', '"**/*.proto"', '"mail/**/*"', '"templates/**/*.css"'])(
  'an asset that does not copy them is not: %s',
  async (asset) => {
    const after = await settingsAfter(`{ "compilerOptions": { "assets": [${asset}] } }`);
    expect(after).toBe(`{ "compilerOptions": { "assets": [${asset}, ${ASSET}] } }`);
  },
);

test('without nest-cli.json it is made when the Nest CLI builds, else the build has to copy', async () => {
  const built = await folder({ 'package.json': MANIFEST });
  await runCli(built, 'init');
  expect(JSON.parse((await contents(built))['nest-cli.json'] ?? '')).toMatchObject({
    sourceRoot: 'src',
    compilerOptions: { assets: [{ include: 'templates/**/*', watchAssets: true }] },
  });

  const other = await folder({ 'package.json': '{ "dependencies": { "@nestjs/core": "^11.0.0" } }' });
  const { out } = await runCli(other, 'init');
  expect(await contents(other)).not.toHaveProperty('nest-cli.json');
  expect(out).toMatch(/^5\. Let the build copy the templates/m);
});

describe('a workspace', () => {
  const WORKSPACE = {
    monorepo: true,
    root: 'apps/shop',
    sourceRoot: 'apps/shop/src',
    compilerOptions: { assets: ['**/*.proto'] },
    projects: {
      shop: { sourceRoot: 'apps/shop/src', compilerOptions: { assets: [] } },
      office: { sourceRoot: 'apps/office/src', compilerOptions: { tsConfigPath: 'x' } },
    },
  };
  const asset = { include: 'templates/**/*', watchAssets: true };
  const workspace = (): Promise<string> =>
    folder({ 'nest-cli.json': JSON.stringify(WORKSPACE), 'package.json': '{ "type": "module" }' });
  const settingsOf = async (dir: string): Promise<unknown> =>
    JSON.parse((await contents(dir))['nest-cli.json'] ?? '');

  test('the default application, built with and without its name', async () => {
    const dir = await workspace();
    await runCli(dir, 'init');
    expect(await contents(dir)).toHaveProperty(['apps/shop/src/templates/welcome.hbs']);
    expect(await settingsOf(dir)).toEqual({
      ...WORKSPACE,
      compilerOptions: { assets: ['**/*.proto', asset] },
      projects: {
        shop: { sourceRoot: 'apps/shop/src', compilerOptions: { assets: [asset] } },
        office: WORKSPACE.projects.office,
      },
    });
  });

  test("another project gets a list of its own, with the workspace's in it", async () => {
    const dir = await workspace();
    const { out } = await runCli(dir, 'init', '--project', 'office');
    expect(out).toMatch(/npx nest-mailroom types --project office/);
    expect(await contents(dir)).toHaveProperty(['apps/office/src/templates/welcome.hbs']);
    expect(await settingsOf(dir)).toEqual({
      ...WORKSPACE,
      projects: {
        ...WORKSPACE.projects,
        office: {
          sourceRoot: 'apps/office/src',
          compilerOptions: { tsConfigPath: 'x', assets: ['**/*.proto', asset] },
        },
      },
    });
    expect(await runCli(dir, 'check', '--project', 'office')).toMatchObject({ code: 0, err: '' });
    expect(await runCli(dir, 'types', '--project', 'office')).toMatchObject({
      code: 0,
      out: 'apps/office/src/mail-templates.d.ts: 1 template\n',
    });
  });

  test('a project that does not exist', async () => {
    const { code, err } = await runCli(await workspace(), 'init', '--project', 'ofice');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^--project: nest-cli\.json has no project "ofice"\. Did you mean "office"\?/),
    ]);
  });
});

describe('templates elsewhere', () => {
  test('below the sources: the module is told where the build puts them', async () => {
    const dir = await folder({ 'package.json': MANIFEST, 'nest-cli.json': SETTINGS });
    const { out } = await runCli(dir, 'init', '--templates', 'src/mail/views');
    const files = await contents(dir);
    expect(files).toHaveProperty(['src/mail/views/welcome.hbs']);
    expect(files['nest-cli.json']).toContain('"include": "mail/views/**/*"');
    expect(out).toContain("templates: { dir: join(__dirname, 'mail/views') }");
    expect(out).toContain('"mailroom": { "templates": "src/mail/views" }');
  });

  test('outside of the sources: nothing is to be built', async () => {
    const manifest = '{ "type": "module", "mailroom": { "templates": ["mail"] } }';
    const dir = await folder({ 'package.json': manifest, 'nest-cli.json': SETTINGS });
    const { out } = await runCli(dir, 'init');
    expect(await contents(dir)).toMatchObject({
      'mail/welcome.hbs': expect.any(String),
      'nest-cli.json': SETTINGS,
    });
    expect(out).toContain("templates: { dir: 'mail' }");
    expect(out).not.toContain('once package.json has');
  });

  test('a folder that is in use already', async () => {
    const dir = await folder({ 'nest-cli.json': SETTINGS, 'templates/invite.hbs': 'Come' });
    await runCli(dir, 'init');
    expect(await contents(dir)).toHaveProperty(['templates/welcome.hbs']);
  });
});

describe('nothing is written when something is wrong', () => {
  test.each([
    ['no package', {}, /is no Nest application: there is no nest-cli\.json/],
    ['another package', { 'package.json': '{ "dependencies": {} }' }, /is no Nest application/],
    ['a broken package.json', { 'package.json': '{' }, /package\.json is not valid JSON/],
    ['a broken nest-cli.json', { 'nest-cli.json': '{ // note\n}' }, /nest-cli\.json is not valid JSON/],
    ['a nest-cli.json that is a list', { 'nest-cli.json': '[]' }, /expected a JSON object/],
    [
      'assets that are no list',
      { 'nest-cli.json': '{ "compilerOptions": { "assets": "all" } }' },
      /compilerOptions\.assets: expected a list, got "all"/,
    ],
    [
      'compiler options that are no object',
      { 'nest-cli.json': '{ "compilerOptions": null }' },
      /no place for compilerOptions\.assets/,
    ],
    [
      'a file in the way',
      { 'nest-cli.json': SETTINGS, 'src/templates': 'a file' },
      /src\/templates\/.* cannot be read: ENOTDIR/,
    ],
    [
      'a folder in the way',
      { 'nest-cli.json': SETTINGS, 'src/templates/welcome.hbs/x': '' },
      /welcome\.hbs cannot be read/,
    ],
  ])('%s', async (_, files, message) => {
    const dir = await folder(files);
    expect(await runCli(dir, 'init')).toEqual({ code: 2, out: '', err: expect.stringMatching(message) });
    expect(await contents(dir)).toEqual(files);
  });
});
