import { join } from 'node:path';

/** `src`, compiled by `compiled-sources.mjs`. */
export const COMPILED = join(__dirname, '../../node_modules/.cache/nest-mailroom/src');

/** Stands for `#spool-thread` under jest. */
export const spoolThread = join(COMPILED, 'spool-thread.bundle.js');
