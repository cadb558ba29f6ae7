import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { folder } from '../../render/templates.js';
import { runCli } from '../run-cli.js';

// Each build starts a compiler, and machines are slow under load.
jest.setTimeout(120_000);

const MODULES = join(__dirname, '../../../node_modules');

/** A workspace as the Nest CLI makes one; its default application is the shop. */
function workspace(): Promise<string> {
  const application = (name: string): object => ({
    type: 'application',
    root: `apps/${name}`,
    sourceRoot: `apps/${name}/src`,
    compilerOptions: { tsConfigPath: `apps/${name}/tsconfig.json` },
  });
  const compiler = (name: string): string =>
    JSON.stringify({
      compilerOptions: { module: 'nodenext', types: [], rootDir: 'src', outDir: `../../dist/apps/${name}` },
      include: ['src'],
    });
  const settings = {
    monorepo: true,
    ...application('shop'),
    projects: { shop: application('shop'), office: application('office') },
  };
  return folder({
    'package.json': '{ "type": "module" }',
    'nest-cli.json': JSON.stringify(settings, undefined, 2),
    'apps/shop/tsconfig.json': compiler('shop'),
    'apps/shop/src/main.ts': 'export {};',
    'apps/office/tsconfig.json': compiler('office'),
    'apps/office/src/main.ts': 'export {};',
  });
}

test.each([
  ['the default application', 'shop', []],
  ['another project', 'office', ['office']],
])('the Nest CLI copies the templates of %s beside its entry file', async (_, name, build) => {
  const dir = await workspace();
  await symlink(MODULES, join(dir, 'node_modules'));
  await runCli(dir, 'init', ...build.flatMap((project) => ['--project', project]));
  const nest = join(MODULES, '@nestjs/cli/bin/nest.js');
  await promisify(execFile)(process.execPath, [nest, 'build', ...build], { cwd: dir });
  for (const file of ['welcome.hbs', 'layouts/default.hbs']) {
    const built = await readFile(join(dir, 'dist/apps', name, 'templates', file), 'utf8');
    expect(built).toBe(await readFile(join(dir, 'apps', name, 'src/templates', file), 'utf8'));
  }
  await readFile(join(dir, 'dist/apps', name, 'main.js'));
});
