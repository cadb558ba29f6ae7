import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { COMPILED } from '../../support/compiled-sources.mjs';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: join(COMPILED, '..', 'vitest'),
  resolve: {
    alias: {
      'nest-mailroom/testing': join(COMPILED, 'testing/index.js'),
      'nest-mailroom': join(COMPILED, 'index.js'),
    },
  },
  test: { globals: true, include: ['src/**/*.spec.ts'] },
});
