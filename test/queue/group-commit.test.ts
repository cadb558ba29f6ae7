import { commitTogether, type Transact } from '../../src/queue/spool/thread/tables/group-commit.js';
import { SqliteCode } from '../../src/queue/sqlite/sqlite-code.js';

/** What a database throws that fails always, and how often it was asked. */
function failing(errcode: number): { readonly transact: Transact; readonly tries: () => number } {
  let tries = 0;
  const transact: Transact = () => {
    tries += 1;
    throw Object.assign(new Error('no'), { errcode });
  };
  return { transact, tries: () => tries };
}

test('a failed group is tried one by one, so that only the request at fault fails', () => {
  const { transact, tries } = failing(SqliteCode.full);
  expect(commitTogether(transact, [1, 2, 3], (n) => n)).toHaveLength(3);
  expect(tries()).toBe(1 + 3);
});

test('a group that another process held up fails as one, because it has already waited', () => {
  const { transact, tries } = failing(SqliteCode.busy);
  const outcomes = commitTogether(transact, [1, 2, 3], (n) => n);
  expect(outcomes.map((outcome) => 'error' in outcome)).toEqual([true, true, true]);
  expect(tries()).toBe(1);
});
