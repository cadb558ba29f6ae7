import { join } from 'node:path';

/** Stands for `#package-root` under jest. */
export const packageRoot = join(__dirname, '../..');
