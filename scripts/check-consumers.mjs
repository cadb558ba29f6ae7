/**
 * Installs the packed package as its users do, with each package manager and builder: `nest new`, the quick
 * start of the README to the letter, the scaffold's own e2e spec and one for the signup, then the built
 * application signs somebody up and the mail arrives over SMTP.
 *
 *     node scripts/check-consumers.mjs [--only <part of a name>] [--tarball <packed before>] [--keep]
 */
import { mkdir, mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CONSUMERS } from './consumers/consumers.mjs';
import { run } from './package/command.mjs';
import { pack } from './package/tarball.mjs';

const ROOT = join(import.meta.dirname, '..');
const AT_A_TIME = 2;
const { values: options } = parseArgs({
  options: { only: { type: 'string' }, tarball: { type: 'string' }, keep: { type: 'boolean' } },
});
const failures = [];

/** Runs one check and prints its verdict. A check resolves with the faults it found. */
async function check(name, body) {
  const started = performance.now();
  const complaints = await body().catch((error) => [error.message]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${complaints.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (complaints.length === 0) return true;
  failures.push(name);
  console.log(complaints.join('\n').replaceAll(/^/gm, '     '));
  return false;
}

/** Programs that create and install the applications; for Nest 12 the repository has its own CLI. */
async function installTools(folder) {
  const tools = join(folder, 'tools');
  await mkdir(tools);
  const packages = ['@nestjs/cli@11', 'pnpm', '@yarnpkg/cli-dist'];
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--prefix', tools];
  await run(tools, 'npm', ['install', ...quiet, ...packages]);
  return tools;
}

async function checkConsumer(consumer, index, { folder, tarball, tools }) {
  const app = consumer.make({
    folder: join(folder, `app-${index}`),
    cli: consumer.nest === 11 ? tools : ROOT,
    tarball,
    tools,
  });
  if (!(await check(`${consumer.name}: installs by the README's line`, () => app.install()))) return;
  await check(`${consumer.name}: the scaffold's own specs and the signup's pass`, () => app.specs());
  for (const { name, prove } of consumer.builds) await check(`${consumer.name}: ${name}`, () => prove(app));
}

async function checkAll(folder) {
  // A user without rights must be able to enter.
  await chmod(folder, 0o755);
  const [tarball, tools] = await Promise.all([
    options.tarball ? resolve(options.tarball) : pack(ROOT, folder),
    installTools(folder),
  ]);
  const chosen = CONSUMERS.filter(({ name }) => name.includes(options.only ?? ''));
  const waiting = chosen.map(
    (consumer, index) => () => checkConsumer(consumer, index, { folder, tarball, tools }),
  );
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

const folder = await mkdtemp(join(tmpdir(), 'nest-mailroom-'));
try {
  await checkAll(folder);
} finally {
  if (options.keep) console.log(`     left in ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
if (failures.length > 0) {
  console.log(`${failures.length} failed`);
  process.exitCode = 1;
}
