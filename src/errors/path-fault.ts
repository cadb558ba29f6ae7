/** Values that people write in place of a path, with the way to write each. */
const FOREIGN: ReadonlyArray<readonly [pattern: RegExp, advice: (found: string) => string]> = [
  [/^~[\w.-]*(?=[\\/]|$)/, (home) => `Only a shell knows ${home}: write the folder out`],
  [/^:\w+:$/, () => 'That is a database in memory, and all in it ends with the process: name a file'],
  [
    /^(?:file|sqlite3?|libsql|memory):|^[a-z][a-z0-9+.-]+:(?=[\\/])/i,
    (scheme) => `Write the path alone, without ${scheme}`,
  ],
  [
    /(?<=^|[\\/])(?:\$\w+|\$\{\w+\}|%\w+%)(?=[\\/]|$)/,
    (name) =>
      `Nothing puts in the value of ${name}: write it out, or let expandVariables of ConfigModule do so`,
  ],
];

/**
 * The fault of a text as a path, if the system would follow it to the letter and create a folder named `~` or
 * `file:`; undefined for a path.
 */
export function pathFault(path: string): string | undefined {
  for (const [pattern, advice] of FOREIGN) {
    const [found] = pattern.exec(path) ?? [];
    if (found !== undefined) return advice(found);
  }
  return undefined;
}

/** The same for the path of a file. */
export function fileFault(path: string): string | undefined {
  return pathFault(path) ?? (path.endsWith('/') ? 'That is a folder: name a file in it' : undefined);
}
