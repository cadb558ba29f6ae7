/** Transpiles TypeScript to ESM without checking types: a folder in a second or two. */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { transformFile } from '@swc/core';

const OPTIONS = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
};

/** @param {string} file @returns {Promise<string>} its code in JavaScript, with an inline source map */
export async function transpiled(file) {
  const { code } = await transformFile(file, OPTIONS);
  return code;
}

/**
 * Replaces the target folder by the transpiled sources.
 *
 * @param {string} source @param {string} target
 * @param {{ except?: string }} [options] except: sources whose path begins so are left out
 */
export async function transpile(source, target, { except } = {}) {
  const files = (await readdir(source, { recursive: true }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !(except && file.startsWith(except)));
  await rm(target, { recursive: true, force: true });
  await Promise.all(
    files.map(async (file) => {
      const path = join(target, file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await transpiled(join(source, file)));
    }),
  );
}

/** @param {string} source @param {string} target */
export async function copyTemplates(source, target) {
  await cp(join(source, 'templates'), join(target, 'templates'), { recursive: true });
}
