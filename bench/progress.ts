/** Shows the current measurement on a line of the terminal; an empty text removes the line. A pipe sees nothing. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}
