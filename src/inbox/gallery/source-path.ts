import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Folders that builds write to. */
const BUILT: ReadonlySet<string> = new Set(['dist', 'build', 'out']);

/**
 * How a template's file is named to people: relative to `dir`, and the one they edit where a build has copied
 * it. `dist/templates/a.hbs` is `src/templates/a.hbs` if that is there, `dist/apps/shop/templates/a.hbs` is
 * `apps/shop/src/templates/a.hbs`.
 */
export function sourcePath(file: string, dir: string): string {
  const path = relative(dir, file) || file;
  return candidates(path.split(/[\\/]/)).find((candidate) => existsSync(join(dir, candidate))) ?? path;
}

/** Where the source of a copy may be, by what builds of Nest applications do. */
function candidates(segments: readonly string[]): readonly string[] {
  const built = segments.findIndex((segment) => BUILT.has(segment));
  if (built === -1) return [];
  const before = segments.slice(0, built);
  const after = segments.slice(built + 1);
  // `src` stands in front, or within, behind the folder of an application, or the copy keeps its own.
  const places = [0, 1, 2].map((depth) => after.toSpliced(depth, 0, 'src'));
  return [...places, after].map((rest) => join(...before, ...rest));
}
