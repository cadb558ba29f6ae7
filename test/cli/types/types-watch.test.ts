import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folder, write } from '../../render/templates.js';
import { until } from '../../support/example-process.js';
import { CliProcess } from '../cli-process.js';
import { RunningCli, runCli } from '../run-cli.js';

const FILE = 'src/mail-templates.d.ts';

let running: RunningCli | undefined;

afterEach(async () => {
  await running?.interrupt();
  running = undefined;
});

/** Watches the templates of a folder, and has written their types once. */
async function watching(dir: string): Promise<RunningCli> {
  running = new RunningCli(dir, ['types', '--watch']);
  await until(() => running?.out !== '');
  return running;
}

/** Resolves once the written types have this in them, or have it no more. */
async function typesSay(dir: string, text: string, expected = true): Promise<void> {
  await until(async () => (await readFile(join(dir, FILE), 'utf8')).includes(text) === expected);
}

test('changed, new, deleted and nested templates are seen, with a line for each writing', async () => {
  const dir = await folder({ 'templates/a.hbs': '{{x}}' });
  const cli = await watching(dir);
  expect(cli.out).toBe(`${FILE}: 1 template\n`);
  await typesSay(dir, 'readonly x:');

  await write(dir, { 'templates/a.hbs': '{{y}}' });
  await typesSay(dir, 'readonly y:');

  await write(dir, { 'templates/orders/b.hbs': '{{z}}' });
  await typesSay(dir, "'orders/b': ");
  await write(dir, { 'templates/orders/b.hbs': '{{zz}}' });
  await typesSay(dir, 'readonly zz:');

  await rm(join(dir, 'templates/a.hbs'));
  await typesSay(dir, 'readonly y:', false);
  await rm(join(dir, 'templates/orders'), { recursive: true });
  await typesSay(dir, "'orders/b': ", false);

  const { code, out, err } = await cli.interrupt();
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^(src\/mail-templates\.d\.ts: \d templates?(, unchanged)?\n){5,}$/);
});

test('a fault is printed, and the watch and the types stay', async () => {
  const dir = await folder({ 'templates/a.hbs': '{{x}}' });
  const cli = await watching(dir);
  await write(dir, { 'templates/a.hbs': '{{#if y}}' });
  await until(() => cli.err.includes('a.hbs:1:1: {{#if}} is never closed'));
  await typesSay(dir, 'readonly x:');
  await write(dir, { 'templates/a.hbs': '{{#if y}}{{y}}{{/if}}' });
  await typesSay(dir, 'readonly y?:');
});

test('a folder that goes away and comes back', async () => {
  const dir = await folder({ 'templates/a.hbs': '{{x}}' });
  const cli = await watching(dir);
  await rm(join(dir, 'templates'), { recursive: true });
  await until(() => cli.err.includes('does not exist'));
  await mkdir(join(dir, 'templates'));
  await write(dir, { 'templates/a.hbs': '{{y}}' });
  await typesSay(dir, 'readonly y:');
  await write(dir, { 'templates/a.hbs': '{{z}}' });
  await typesSay(dir, 'readonly z:');
});

test('a folder that is replaced at once', async () => {
  const dir = await folder({ 'templates/orders/a.hbs': '{{x}}' });
  await watching(dir);
  const orders = join(dir, 'templates/orders');
  rmSync(orders, { recursive: true });
  mkdirSync(orders);
  await typesSay(dir, 'readonly x:', false);
  await write(dir, { 'templates/orders/a.hbs': '{{y}}' });
  await typesSay(dir, 'readonly y:');
});

test('an edit that changes no type writes nothing', async () => {
  const dir = await folder({ 'templates/a.hbs': '{{x}}' });
  const cli = await watching(dir);
  await write(dir, { 'templates/a.hbs': '{{x}}!' });
  await until(() => cli.out.endsWith('1 template, unchanged\n'));
});

test('--watch and --check do not go together', async () => {
  const { code, err } = await runCli(await folder({}), 'types', '--watch', '--check');
  expect([code, err]).toEqual([2, expect.stringMatching(/^expected --check or --watch, got both\n/)]);
});

describe('as a process', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it cleanly', async (signal) => {
    const dir = await folder({ 'templates/a.hbs': '{{x}}' });
    const cli = new CliProcess(dir, 'types', '--watch');
    await until(() => cli.out !== '');
    await write(dir, { 'templates/b.hbs': '{{y}}' });
    await until(() => cli.out.includes('2 templates'));
    cli.kill(signal);
    expect(await cli.end).toEqual({ code: 0, signal: null, out: cli.out, err: '' });
  });
});
