import { join } from 'node:path';

/** Stands for `#package-root` under jest: what `built-page.mjs` has made. */
export const packageRoot = join(__dirname, '../../node_modules/.cache/nest-mailroom/package');
