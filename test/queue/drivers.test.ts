import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanup, folder } from '../support/application.js';
import { otherNode } from '../support/newer-node.js';

const ROOT = join(__dirname, '../..');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');

afterEach(cleanup);

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

/** The tests of the spool on the SQLite driver that they do not run on here. */
test('the spool keeps its promises on the other SQLite driver, too', async () => {
  const { path, options, driver } = otherNode();
  const report = join(await folder(), 'report.json');
  const jest = [JEST, 'test/queue/sqlite-spool', '--runInBand', '--json', `--outputFile=${report}`];
  const env = { ...process.env, NODE_OPTIONS: options, SQLITE_DRIVER: driver };
  // It ends with 1 when a test fails; the report tells which, and what it says is shown then.
  const said = await promisify(execFile)(path, jest, { cwd: ROOT, env, maxBuffer: 2 ** 26 }).then(
    () => '',
    ({ stderr }: { stderr: string }) => stderr,
  );
  expect(said).toBe('');
  const counts: Counts = JSON.parse(await readFile(report, 'utf8'));
  console.info(`${counts.numPassedTests} tests of the spool on ${driver}, ${path}`);
  expect(counts).toMatchObject({ numFailedTests: 0, numFailedTestSuites: 0 });
  expect(counts.numPassedTests).toBeGreaterThan(100);
}, 600_000);
