import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CHAPTERS = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

/** The text of a document of this repository, by its path from the root. */
export function documentText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The manual: the README and its chapters, by path. */
export const MANUAL: ReadonlyMap<string, string> = new Map(
  ['README.md', ...CHAPTERS].map((path) => [path, documentText(path)]),
);
