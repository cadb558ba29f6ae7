import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMPILED } from '../../support/spool-thread.js';

const run = promisify(execFile);
const DRILL = join(__dirname, '../../../scripts/drill/rate.mjs');

/** The short form of `npm run drill:rate`. What arrives in a span, and how much of the limit is used, depends on the load here. */
test.each(['spool', 'redis'])(
  'two processes on one %s never take more turns than their limit has',
  async (store) => {
    const args = ['--processes', '2', '--max', '10', '--per', '500', '--spans', '4', '--build', COMPILED];
    const found = run(process.execPath, [DRILL, '--store', store, ...args]);
    // It ends with 1 when the load of this machine spoils its other figures.
    const { stdout } = await found.catch((error: { readonly stdout: string }) => error);
    const [, most = 0, turns = 0] =
      /most (\d+) turns .* mails for (\d+) turns/.exec(stdout)?.map(Number) ?? [];
    expect([stdout, most]).toEqual([stdout, 10]);
    expect(turns).toBeGreaterThan(10);
  },
);
