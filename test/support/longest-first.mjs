import { existsSync } from 'node:fs';
import { join } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const TESTS = join(import.meta.dirname, '..');

/**
 * Small files that take long: jest begins with the largest where it has not measured, and one worker would end
 * with these while the other has nothing left.
 */
const LONG = [
  'queue/drivers.test.ts',
  'deliver/queue-crash.test.ts',
  'queue/sqlite-spool.contract.test.ts',
  'e2e/inbox-accessibility.test.ts',
].map((name) => join(TESTS, name));

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const gone = LONG.filter((path) => !existsSync(path));
    if (gone.length > 0)
      throw new Error(`${import.meta.filename} names what is not there: ${gone.join(', ')}`);
    const isLong = ({ path }) => LONG.includes(path);
    const byDuration = super.sort.bind(this);
    const sorted = byDuration(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
