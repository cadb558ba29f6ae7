/**
 * Finds the source that an import of `./x.js` means, which is `./x.ts`. A `moduleNameMapper` could, but jest asks it
 * anew at each import of each suite, and remembers what a resolver found.
 */
export const sync = (path, options) =>
  options.defaultResolver(path, { ...options, extensionAlias: { '.js': ['.js', '.ts', '.tsx'] } });
