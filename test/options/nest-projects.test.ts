import { join } from 'node:path';
import { templatesInSources } from '../../src/options/nest-projects.js';
import type { Surroundings } from '../../src/options/options.js';
import { type ResolvedTemplates, resolveTemplates, TEMPLATES } from '../../src/options/templates.js';
import { ConfigReport } from '../../src/errors/config-report.js';
import { At } from '../../src/reader/option.js';
import { cleanup, folder } from '../support/application.js';

afterEach(cleanup);

const APP = { 'package.json': '{}', 'nest-cli.json': '{ "sourceRoot": "src" }', 'src/templates/a.hbs': '' };
const WORKSPACE = {
  'package.json': '{}',
  'nest-cli.json': JSON.stringify({
    monorepo: true,
    root: 'apps/api',
    sourceRoot: 'apps/api/src',
    projects: {
      api: { root: 'apps/api', sourceRoot: 'apps/api/src' },
      shop: { root: 'apps/shop', sourceRoot: 'apps/shop/src' },
      bare: { root: 'apps/bare', sourceRoot: 'apps/bare/src' },
    },
  }),
  'apps/api/src/templates/a.hbs': '',
  'apps/shop/src/templates/a.hbs': '',
};
const JEST = 'node_modules/jest/bin';

test.each<[string, Readonly<Record<string, string>>, string, string, string | undefined]>([
  ['nest start', APP, '', 'dist', 'src/templates'],
  ['a layout dist/src/main.js', APP, '', 'dist/src', 'src/templates'],
  ['Jest and Vitest', APP, '', JEST, 'src/templates'],
  ['a runner in a folder of the application', APP, 'test', JEST, 'src/templates'],
  ['an entry file seen from elsewhere', APP, '..', 'dist', 'src/templates'],
  [
    'the older name of the file',
    { ...APP, 'nest-cli.json': '', '.nest-cli.json': '{}' },
    '',
    'dist',
    'src/templates',
  ],
  ['no sourceRoot', { ...APP, 'nest-cli.json': '{}' }, '', 'dist', 'src/templates'],
  ['a file that is no JSON', { ...APP, 'nest-cli.json': '{' }, '', 'dist', 'src/templates'],
  ['the default project of a workspace', WORKSPACE, '', JEST, 'apps/api/src/templates'],
  ['the project of the entry file', WORKSPACE, '', 'dist/apps/shop', 'apps/shop/src/templates'],
  ['the same, deeper', WORKSPACE, 'apps/api', 'dist/apps/shop/src', 'apps/shop/src/templates'],
  ['the project of the working directory', WORKSPACE, 'apps/shop', JEST, 'apps/shop/src/templates'],
  ['a project without templates', WORKSPACE, '', 'dist/apps/bare', undefined],
  ['no nest-cli.json', { 'package.json': '{}', 'src/templates/a.hbs': '' }, '', 'dist', undefined],
  [
    'no templates among the sources',
    { ...APP, 'src/templates/a.hbs': '', 'nest-cli.json': '{"sourceRoot":"lib"}' },
    '',
    'dist',
    undefined,
  ],
  ['another package inside', { ...APP, 'tools/package.json': '{}' }, 'tools', JEST, undefined],
])('%s', async (_what, files, workingDir, entryDir, expected) => {
  const given = { ...files };
  if (given['nest-cli.json'] === '') delete given['nest-cli.json'];
  const dir = await folder(given);
  const at = { workingDir: join(dir, workingDir), entryDir: join(dir, entryDir) };
  expect(templatesInSources(at)).toBe(expected && join(dir, expected));
});

function resolved(options: object, surroundings: Surroundings): ResolvedTemplates {
  const at = new At('templates', new ConfigReport());
  return resolveTemplates(TEMPLATES.settings(options, at), surroundings, at);
}

test('outside production the sources are used alone; in production they are not looked at', async () => {
  const dir = await folder({ ...APP, 'dist/templates/a.hbs': '', 'templates/a.hbs': '' });
  const folders = (nodeEnv: string | undefined, options = {}): string[] =>
    resolved(options, { nodeEnv, workingDir: dir, entryDir: join(dir, 'dist') }).folders.map((found) =>
      found.dir.slice(dir.length + 1),
    );
  for (const nodeEnv of [undefined, 'development', 'test', 'staging'])
    expect(folders(nodeEnv)).toEqual(['src/templates']);
  expect(folders('production')).toEqual(['dist/templates', 'templates']);
  expect(folders('test', { dir: 'dist/templates' })).toEqual(['dist/templates']);
});

test.each([
  ['dist/src', ['dist/src/templates', 'dist/templates', 'templates']],
  ['dist/apps/shop/src', ['dist/apps/shop/src/templates', 'dist/apps/shop/templates', 'templates']],
  ['dist/sources', ['dist/sources/templates', 'templates']],
])('in production, an entry file in %s finds what the build copied', async (entryDir, expected) => {
  const dir = await folder(APP);
  const surroundings = { nodeEnv: 'production', workingDir: dir, entryDir: join(dir, entryDir) };
  const { folders } = resolved({}, surroundings);
  expect(folders.map((found) => found.dir)).toEqual(expected.map((path) => join(dir, path)));
});
