/**
 * Replaces the last line of a terminal by a text; an empty one removes the line. A pipe sees nothing.
 *
 * @param {string} text
 */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}
