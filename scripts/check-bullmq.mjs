/**
 * Runs the contract of the queue on the oldest and the newest releases of BullMQ and of ioredis 5 and 6 that package.json
 * admits. The tests run on those that are installed.
 *
 *     node scripts/check-bullmq.mjs [--pair 6.7.0,5.8.2]
 *
 * `--pair` runs it on these releases of BullMQ and ioredis instead.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import config from '../jest.config.mjs';

const ROOT = join(import.meta.dirname, '..');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');
const SUITES = ['test/bullmq/bullmq-queue.contract.test.ts', 'test/bullmq/releases.test.ts'];

const npm = async (...args) => (await promisify(execFile)('npm', args, { cwd: tmpdir() })).stdout;
const inOrder = (a, b) => a.localeCompare(b, 'en', { numeric: true });

async function manifest(folder) {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

/** All releases that a range admits, the oldest first. */
async function releases(name, range) {
  const found = JSON.parse(await npm('view', `${name}@${range}`, 'version', '--json'));
  return [found].flat().toSorted(inOrder);
}

/** Pairs of releases of BullMQ and ioredis, each once. */
async function pairs() {
  const { peerDependencies } = await manifest(ROOT);
  const bullmq = await releases('bullmq', peerDependencies.bullmq);
  const ioredis = await releases('ioredis', peerDependencies.ioredis);
  const [oldest, newest] = [bullmq.at(0), bullmq.at(-1)];
  const wanted = [[oldest, ioredis.at(0)]];
  for (const major of ['5.', '6.']) {
    wanted.push([newest, ioredis.findLast((version) => version.startsWith(major))]);
  }
  return [...new Set(wanted.map(String))].map((pair) => pair.split(','));
}

async function installed() {
  const found = ['bullmq', 'ioredis'].map((name) => manifest(join(ROOT, 'node_modules', name)));
  return (await Promise.all(found)).map(({ version }) => version);
}

/** Resolves with whether the contract holds. */
async function holds([bullmq, ioredis]) {
  const folder = await mkdtemp(join(tmpdir(), 'bullmq-'));
  try {
    const what = [`bullmq@${bullmq}`, `ioredis@${ioredis}`];
    await npm('install', '--prefix', folder, '--prefer-offline', '--ignore-scripts', '--no-audit', ...what);
    const modules = Object.fromEntries(
      ['bullmq', 'ioredis'].map((name) => [`^${name}$`, join(folder, 'node_modules', name)]),
    );
    const mapped = { ...config, moduleNameMapper: { ...modules, ...config.moduleNameMapper } };
    const args = [JEST, '--config', JSON.stringify(mapped), '--maxWorkers=1', '--silent', ...SUITES];
    const env = { ...process.env, BULLMQ_RELEASES: `${bullmq},${ioredis}` };
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
    const [code] = await once(child, 'close');
    return code === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { pair: { type: 'string' } } });
const here = String(await installed());
for (const pair of values.pair ? [values.pair.split(',')] : await pairs()) {
  const started = performance.now();
  const name = `BullMQ ${pair[0]} with ioredis ${pair[1]}`;
  if (String(pair) === here) {
    console.log(`ok   ${name}: is what is installed, and all tests run on it`);
    continue;
  }
  const isFine = await holds(pair);
  console.log(`${isFine ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (!isFine) process.exitCode = 1;
}
