/** Folders a template may lie in. */
const DEEPEST = 6;

/**
 * Paths of names with slashes as they are, one a depth: Express and Fastify write "the rest of the path" in
 * two ways, and each refuses the other's.
 */
export function namePaths(suffix: string): string[] {
  return Array.from({ length: DEEPEST + 1 }, (_, depth) => {
    const folders = Array.from({ length: depth }, (_folder, index) => `:folder${index}`);
    return `${[...folders, ':name'].join('/')}${suffix}`;
  });
}
