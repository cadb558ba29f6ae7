import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';

const cleanups: Array<() => Promise<unknown>> = [];

/** Runs what `afterCleanup` was given, last first. Call it in `afterEach`. */
export async function cleanup(): Promise<void> {
  for (const run of cleanups.splice(0).toReversed()) await run();
}

export function afterCleanup(run: () => Promise<unknown>): void {
  cleanups.push(run);
}

/** Boots modules as an application would; closed by `cleanup`. */
export async function boot(
  imports: NonNullable<ModuleMetadata['imports']>,
  providers: NonNullable<ModuleMetadata['providers']> = [],
  customize: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<TestingModule> {
  const app = await customize(Test.createTestingModule({ imports, providers })).compile();
  app.useLogger(false);
  cleanups.push(() => app.close());
  await app.init();
  return app;
}

/** A temporary folder with these files in it. */
export async function folder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'mailroom-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  return dir;
}

/** Sets environment variables until `cleanup`. */
export function setEnv(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    cleanups.push(() => Promise.resolve(assign(name, before)));
    assign(name, value);
  }
}

function assign(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
