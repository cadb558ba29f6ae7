import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

const BUILD_FOLDERS: ReadonlySet<string> = new Set(['dist', 'build', 'out']);

/**
 * Names a template's file relative to `dir`. For a file that a build copied, names the original if it exists:
 * `src/templates/a.hbs` for `dist/templates/a.hbs`, `apps/shop/src/templates/a.hbs` for
 * `dist/apps/shop/templates/a.hbs`.
 */
export function sourcePath(file: string, dir: string): string {
  const path = relative(dir, file) || file;
  return candidates(path.split(/[\\/]/)).find((candidate) => existsSync(join(dir, candidate))) ?? path;
}

/** Possible originals of a copied file, by the layouts of Nest builds. */
function candidates(segments: readonly string[]): readonly string[] {
  const built = segments.findIndex((segment) => BUILD_FOLDERS.has(segment));
  if (built === -1) return [];
  const before = segments.slice(0, built);
  const after = segments.slice(built + 1);
  // `src` is at the front, or after the folder of an application; or the copy keeps its path.
  const places = [0, 1, 2].map((depth) => after.toSpliced(depth, 0, 'src'));
  return [...places, after].map((rest) => join(...before, ...rest));
}
