import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentText } from './support/documents.js';
import { tableAfter } from './support/markdown.js';
import { DOCUMENT_TABLES, type DocumentTable, shownDefault } from './support/option-tables.js';
import { VARIABLES } from '../src/options/variables.js';

const ROOT = join(__dirname, '..');

/** Puts the rows into the first table after the marker. */
function draw({ path, marker, head, rows }: DocumentTable): void {
  const file = join(ROOT, path);
  const markdown = readFileSync(file, 'utf8');
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  const start = markdown.indexOf(marker);
  const drawn = markdown.slice(start).replace(/(?:^\|.*\|\n)+/m, () => lines.join(''));
  writeFileSync(file, markdown.slice(0, start) + drawn);
}

// `npm run options` draws them.
test.each(DOCUMENT_TABLES)('$path has the table of $marker that the code has', (table) => {
  if (process.env['DRAW_OPTIONS']) draw(table);
  else expect(tableAfter(documentText(table.path), table.marker)).toEqual(table.rows);
});

test('no option has two rows, and each says what it is', () => {
  for (const { path, marker, rows } of DOCUMENT_TABLES) {
    const names = rows.map(([name]) => name);
    expect([path, marker, new Set(names).size]).toEqual([path, marker, names.length]);
    expect(rows.filter(([, about]) => !about)).toEqual([]);
  }
});

test('a variable gives one option, and an option has one variable', () => {
  const paths = Object.values(VARIABLES).map(({ path }) => path.join('.'));
  const said = paths.filter((path) => path !== '');
  expect(new Set(said).size).toBe(said.length);
});

test.each([
  [undefined, 'none'],
  [[], 'none'],
  [{}, 'none'],
  [true, '`true`'],
  ['retry', '`retry`'],
  [50, '50'],
  [1_000, '1000'],
  [30_000, '30 000'],
  [1_000_000, '1 000 000'],
])('the default %j reads as %s', (fallback, shown) => {
  expect(shownDefault(fallback)).toBe(shown);
});
