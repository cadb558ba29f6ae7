/** Most characters of a server's text that are read, and that are shown. */
const LONGEST_READ = 8000;
const LONGEST_TEXT = 1000;

/** Puts a server's text into one line, so that no part of it can start a log line. */
export function oneLine(text: string): string {
  return text
    .slice(0, LONGEST_READ)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** Makes a server's text safe to show. It hides secrets before it shortens the text, or the first half of one would stay. */
export function shown(text: string, conceal: (text: string) => string): string {
  return conceal(oneLine(text)).slice(0, LONGEST_TEXT);
}

/**
 * Reads each line as UTF-8, or else as latin-1. nodemailer decodes a reply as a whole, so one line of latin-1 spoils
 * the others; it leaves them as one character for each byte.
 */
export function readable(text: string): string {
  return text.split('\n').map(readableLine).join('\n');
}

function readableLine(line: string): string {
  if (!/[\x80-\xff]/.test(line) || /[^\0-\xff]/.test(line)) return line;
  const utf8 = Buffer.from(line, 'latin1').toString('utf8');
  return utf8.includes('\uFFFD') ? line : utf8;
}
