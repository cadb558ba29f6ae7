import type { MailBodies } from './bodies.js';
import { viewHtml } from './html-view.js';
import { WRITTEN_URL } from './links.js';

/** A run of digits, possibly grouped by spaces or hyphens; or groups of capitals and digits. */
const CANDIDATE = new RegExp(
  [
    // No part of a longer word, number, address or phone number, and no price or order number.
    String.raw`(?<![\w@#/=+.,:(-]|[$€£¥]\s?|\b(?:USD|EUR|GBP|CHF)\s)`,
    String.raw`(?:\d+(?:[ -]\d+)*|[A-Z\d]{2,6}(?:-[A-Z\d]{2,6}){1,3})`,
    String.raw`(?![\w@/%-]|[.,:]\d|\s?(?:[$€£¥%]|(?:USD|EUR|GBP|CHF|kr)\b))`,
  ].join(''),
  'g',
);

const CODE_WORD =
  /(?<!\b(?:zip|postal|post|area|country|bar|qr)[ -]?)\b(?:codes?|otp|pin|passcode|one[ -]time|verification|2fa|mfa|token|c[oó]digo|codice|kode?)\b/i;
/** Words right before a number that is not a code. */
const OTHER_LABEL =
  /\b(?:(?:order|invoice|receipt|ticket|booking|tracking|phone|tel|telephone|mobile|fax|call|zip|postcode|total|amount|since|until|before|on|in|at|by)|(?:(?:account|customer|member|order|invoice|reference|zip|postal|post|area)\s(?:number|no|nr|id|code)))\b[.:#]?(?:\s(?:is|no|nr|number|id)\b)?[.:#]?\s*$|[©&]\s*$/i;
const YEAR = /^(?:19|20)\d\d$/;
/** A year may still be a code, if a word says so. */
const SAID_TO_BE = /\b(?:code|pin|otp|passcode)(?:\sis)?:?\s*$/i;

/** Number of letters of a line that are searched. */
const LONGEST_LINE = 10_000;
const FEWEST = 4;
const MOST = 8;
/** Most letters between a word and its number. */
const NEAR = 60;

interface Candidate {
  readonly written: string;
  /** Text of the same line, or of the line above if the candidate begins one. */
  readonly before: string;
  readonly after: string;
  readonly isAlone: boolean;
}

/**
 * Finds the one-time codes of a mail, each once: 4 to 8 digits, or groups as in `123-456` and `A1B2-C3D4`, near a word such
 * as "code", or alone in an element or line. Removes spaces between groups and keeps hyphens. Ignores years, prices,
 * phone numbers and order numbers.
 */
export function codesIn({ html, text }: MailBodies): readonly string[] {
  const all = [...viewHtml(html ?? '').lines, '', ...linesOf(text ?? '')];
  const lines = all.map((line) => line.slice(0, LONGEST_LINE));
  const codes = lines.flatMap((line, index) =>
    candidatesIn(withoutUrls(line), withoutUrls(lines[index - 1] ?? ''))
      .filter(isCode)
      .map(({ written }) => written.replaceAll(' ', '')),
  );
  return [...new Set(codes)];
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function withoutUrls(line: string): string {
  return line.replaceAll(WRITTEN_URL, '…');
}

function candidatesIn(line: string, above: string): readonly Candidate[] {
  return [...line.matchAll(CANDIDATE)].map(({ 0: written, index }) => {
    const end = index + written.length;
    const after = line.slice(end, end + NEAR);
    const before = index === 0 ? above.slice(-NEAR) : line.slice(Math.max(0, index - NEAR), index);
    return { written, before, after, isAlone: index === 0 && /^\.?$/.test(after) };
  });
}

function isCode({ written, before, after, isAlone }: Candidate): boolean {
  if (!hasShape(written) || OTHER_LABEL.test(before)) return false;
  if (YEAR.test(written)) return SAID_TO_BE.test(before);
  return isAlone || CODE_WORD.test(before) || CODE_WORD.test(after);
}

function hasShape(written: string): boolean {
  const groups = written.split(/[ -]/);
  const { length } = groups.join('');
  if (/[A-Z]/.test(written)) return /\d/.test(written) && length <= 2 * MOST;
  return length >= FEWEST && length <= MOST && new Set(groups.map((group) => group.length)).size === 1;
}
