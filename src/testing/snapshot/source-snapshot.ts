import { numbered, stableText } from './stable-text.js';

const MESSAGE_ID = /^(Message-ID: )<[^>]*>/im;
const DATE = /^(Date: ).*$/im;
const BOUNDARY = /\bboundary="?([^";\s]+)/gi;
/** What an expression would take for more than itself. */
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** The source of a mail (RFC 5322) without what is another at each run. */
export function sourceSnapshot(source: string): string {
  const text = source.replaceAll('\r\n', '\n');
  const fixed = text.replace(MESSAGE_ID, '$1<message-id>').replace(DATE, '$1<date>');
  const boundaries = [...fixed.matchAll(BOUNDARY)].map(([, boundary = '']) => boundary);
  if (boundaries.length === 0) return stableText(fixed);
  // The longest first: one may be the beginning of another.
  const longestFirst = boundaries.toSorted((a, b) => b.length - a.length);
  const any = new RegExp(
    longestFirst.map((boundary) => boundary.replaceAll(SPECIAL, String.raw`\$&`)).join('|'),
    'g',
  );
  return stableText(numbered(fixed, any, 'boundary'));
}
