/** Of a stranger's text, so much is read, and so much of that is shown. */
const LONGEST_READ = 8000;
const LONGEST_TEXT = 1000;

/** What a stranger wrote, in one line: nothing of it can start a line of a log. */
export function oneLine(text: string): string {
  return text
    .slice(0, LONGEST_READ)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** What a stranger wrote, fit to be shown. Cut after secrets were hidden, or the first half of one would stay. */
export function shown(text: string, conceal: (text: string) => string): string {
  return conceal(oneLine(text)).slice(0, LONGEST_TEXT);
}

/**
 * Reads each line as UTF-8, or else as latin-1. nodemailer does so with a reply as a whole, so that one line of
 * latin-1 spoils the others; what it could not read it leaves as one character for each byte.
 */
export function readable(text: string): string {
  return text.split('\n').map(readableLine).join('\n');
}

function readableLine(line: string): string {
  if (!/[\x80-\xff]/.test(line) || /[^\0-\xff]/.test(line)) return line;
  const utf8 = Buffer.from(line, 'latin1').toString('utf8');
  return utf8.includes('\uFFFD') ? line : utf8;
}

/** Not by `instanceof Error`: errors of Node itself may come from another realm. */
export function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined;
}
