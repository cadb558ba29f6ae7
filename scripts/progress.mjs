/**
 * Puts a text in the place of the last one on a line of a terminal; an empty one takes the line back. A pipe sees
 * nothing.
 *
 * @param {string} text
 */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}
