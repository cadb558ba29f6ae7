/** Says on a line of the terminal what is being measured; an empty text takes the line back. A pipe sees nothing. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}
