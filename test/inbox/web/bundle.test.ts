import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const BUILD = join(__dirname, '..', '..', '..', 'scripts', 'build-inbox.mjs');
const KIB = 1024;
/** Largest gzipped size of the page, in bytes. */
const BOUND = 40 * KIB;

let folder: string;
let files: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inbox-page-'));
  await promisify(execFile)(process.execPath, [BUILD, folder]);
  files = await readdir(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

test('consists of a page, and of a script and a style sheet with a content hash in their names', () => {
  const names = files.map((name) => name.replace(/\.[0-9a-f]{10}\./, '.<hash>.'));
  expect(new Set(names)).toEqual(new Set(['inbox.<hash>.css', 'inbox.<hash>.js', 'index.html']));
});

test(`is smaller than ${BOUND / KIB} KB gzipped`, async () => {
  const sizes = await Promise.all(
    files.map(async (name) => ({ name, bytes: gzipSync(await read(name)).length })),
  );
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = sizes.map(({ name, bytes }) => `  ${name} ${bytes} B`);
  process.stdout.write(`The inbox page, gzipped: ${(total / KIB).toFixed(1)} KB\n${lines.join('\n')}\n`);
  expect(total).toBeLessThan(BOUND);
});

test('references its files, and has placeholders for nonce, base and status', async () => {
  const index = await read('index.html');
  for (const name of files.filter((file) => file !== 'index.html')) {
    expect(index).toContain(`="assets/${name}" nonce="{{nonce}}"`);
  }
  expect(index.match(/\{\{\w+\}\}/g)).toEqual(['{{inbox}}', '{{base}}', '{{nonce}}', '{{nonce}}']);
});

test('requests nothing from other hosts', async () => {
  const texts = await Promise.all(files.map(read));
  const hosts = texts.flatMap((text) => text.match(/https?:\/\/[\w.-]+/g) ?? []);
  // XML namespaces, which are never fetched.
  expect(new Set(hosts)).toEqual(new Set(['http://www.w3.org']));
});
