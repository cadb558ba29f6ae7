import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tables } from './support/markdown.js';

const ROOT = join(__dirname, '..');
const rowsOf = (file: string) => tables(readFileSync(join(ROOT, 'docs', file), 'utf8')).flat();

/** Whether a file has a test, or a table of tests, with this title. */
function hasTest(path: string, title: string): boolean {
  if (!path.startsWith('test/') || !existsSync(join(ROOT, path))) return false;
  const source = readFileSync(join(ROOT, path), 'utf8');
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((text) => calls(source, text));
}

/** `test('…'`, `it('…'`, the second call of `test.each(…)('…'`, or a row of such a table, `['…'`. */
function calls(source: string, text: string): boolean {
  return [...source.matchAll(/(?:(?:\b(?:test|it)|\))\(|\[)\s*(?=['"`])/g)].some(({ 0: call, index }) =>
    source.startsWith(text, index + call.length),
  );
}

/** Why a row is no proof; undefined when it is one. */
function fault([feature = '', ours = '', proof = '']: readonly string[]): string | undefined {
  const isNo = /^no[:,]/.test(ours);
  if (isNo && !/: .{15,}/.test(ours)) return `${feature}: a no without a reason`;
  if (proof === '') return isNo ? undefined : `${feature}: nothing proves it`;
  const [, path = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(proof) ?? [];
  return hasTest(path, title) ? undefined : `${feature}: no such test: ${proof}`;
}

test('every feature of the parity tables has a name here and a test, or a reasoned no', () => {
  const rows = rowsOf('parity.md');
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.map(fault).filter((text) => text !== undefined)).toEqual([]);
});

test('every failure of the table of failures has a test', () => {
  const rows = rowsOf('failures.md');
  expect(rows.map(fault).filter((text) => text !== undefined)).toEqual([]);
  console.info(`table of failures: ${rows.length} rows, each with its test`);
  expect(rows.length).toBeGreaterThan(50);
});

const here = '`test/docs.test.ts`';

test.each([
  [['x', '`y`', ''], 'nothing proves it'],
  [['x', 'no', ''], 'nothing proves it'],
  [['x', 'no: why', ''], 'without a reason'],
  [['x', '`y`', '`test/gone.test.ts`: a title'], 'no such test'],
  [['x', '`y`', `${here}: no title of this file`], 'no such test'],
  [['x', '`y`', '`src/index.ts`: a title'], 'no such test'],
])('a row that proves nothing is found out: %j', (row, reason) => {
  expect(fault(row)).toContain(reason);
});

test('a row with its proof passes', () => {
  expect(fault(['x', '`y`', `${here}: a row with its proof passes`])).toBeUndefined();
  expect(fault(['x', '`y`', `${here}: a row that proves nothing is found out: %j`])).toBeUndefined();
});
