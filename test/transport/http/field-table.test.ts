import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldTable } from '../../support/field-table.js';
import { NAMES } from '../../support/provider-transport.js';

const chapter = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'providers.md'), 'utf8');

/** Rows of the table behind a provider's marker, as they stand in the chapter. */
function documented(name: string): ReadonlyArray<readonly string[]> {
  const [, after = ''] = chapter.split(`<!-- fields of ${name} -->`);
  const [table = ''] = after.trim().split('\n\n');
  return table
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
}

test.each(NAMES)('the chapter tells how %s gets each field', async (name) => {
  expect(documented(name)).toEqual(await fieldTable(name));
});
