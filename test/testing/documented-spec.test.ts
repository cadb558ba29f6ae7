import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { documentText } from '../support/documents.js';
import { codeBlocks } from '../support/markdown.js';

const ROOT = join(__dirname, '..', '..');
const SPEC = join(__dirname, 'spec');

jest.setTimeout(120_000);

/** The result of the spec in a test runner. */
async function run(...command: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
    cwd: SPEC,
    env: { ...process.env, NO_COLOR: '1', NODE_ENV: undefined, JEST_WORKER_ID: undefined },
  });
  return stdout + stderr;
}

test('the spec is the one of its chapter', () => {
  const spec = readFileSync(join(SPEC, 'src/signup.spec.ts'), 'utf8');
  expect(codeBlocks(documentText('docs/testing.md')).map(({ code }) => code)).toContain(spec);
});

test('it passes in Jest', async () => {
  const said = await run(join(ROOT, 'node_modules/jest/bin/jest.js'), '--config', 'jest.config.mjs');
  expect(said).toMatch(/^Tests: +2 passed, 2 total$/m);
});

test('it passes in Vitest', async () => {
  const said = await run(join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run');
  expect(said).toMatch(/^ *Tests +2 passed \(2\)$/m);
});
