/** Most octets of a line, including the "=" of a soft break (RFC 2045 §6.7 (5)). */
const LINE = 76;
/** A line breaks after white space or punctuation, if its last octets have some. */
const MARGIN = 25;
const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const ESCAPE = 61;
const ESCAPE_LENGTH = 3;
const HEX = Buffer.from('0123456789ABCDEF');

/**
 * 1 for octets that need no escape in any position (RFC 2045 §6.7 (2) and (3)); white space needs one at the end of a line.
 */
const LITERAL = Uint8Array.from({ length: 256 }, (_, octet) =>
  (octet > SPACE && octet <= 126 && octet !== ESCAPE) || octet === LF ? 1 : 0,
);
/** 1 for octets after which a line breaks best. */
const BREAKABLE = Uint8Array.from({ length: 256 }, (_, octet) =>
  ' \t.,!?'.includes(String.fromCharCode(octet)) ? 1 : 0,
);

/** Octets that MailComposer encodes at a time. */
const PIECE = 64 * 1024;

/**
 * Encodes text in quoted-printable (RFC 2045 §6.7). Its lines end in CRLF and break where MailComposer breaks them: the last
 * line of each piece breaks anew once the next piece is known.
 * @param content text with lines that end in LF
 */
export function quotedPrintable(content: Uint8Array): string {
  let lines = '';
  let open = '';
  let start = 0;
  for (const end of pieceEnds(content)) {
    const text = brokenLines(escapeOctets(content, start, end, open));
    const closed = text.lastIndexOf('\n') + 1;
    lines += text.slice(0, closed);
    open = text.slice(closed);
    start = end;
  }
  return lines + open;
}

/** White space at the end is a piece of its own. */
function pieceEnds(content: Uint8Array): readonly number[] {
  let end = content.length;
  while (end > 0 && isSpace(content[end - 1] ?? 0)) end--;
  const full = Array.from({ length: Math.ceil(end / PIECE) }, (_, index) =>
    Math.min((index + 1) * PIECE, end),
  );
  return end < content.length ? [...full, content.length] : full;
}

/** Escapes the octets from `start` to `end` after `open`, which is escaped already. */
function escapeOctets(content: Uint8Array, start: number, end: number, open: string): Uint8Array {
  const escaped = Buffer.allocUnsafe(open.length + escapedLength(content, start, end));
  let length = open === '' ? 0 : escaped.write(open, 'latin1');
  for (let at = start; at < end; at++) {
    const octet = content[at] ?? 0;
    if (LITERAL[octet] === 1 || (isSpace(octet) && !endsLine(content, at))) escaped[length++] = octet;
    else {
      escaped[length++] = ESCAPE;
      escaped[length++] = HEX[octet >> 4] ?? 0;
      escaped[length++] = HEX[octet & 15] ?? 0;
    }
  }
  return escaped.subarray(0, length);
}

/** Returns an upper bound of the octets of the result. */
function escapedLength(content: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let at = start; at < end; at++) length += LITERAL[content[at] ?? 0] === 1 ? 1 : ESCAPE_LENGTH;
  return length;
}

const isSpace = (octet: number) => octet === SPACE || octet === TAB;

const endsLine = (content: Uint8Array, at: number) => at + 1 === content.length || content[at + 1] === LF;

function brokenLines(escaped: Uint8Array): string {
  // A line end grows by one octet. A soft break adds three, and two in a row have at least 13 octets
  // between them, however malformed the UTF-8.
  const output = Buffer.allocUnsafe(Math.ceil(1.5 * escaped.length) + lineEnds(escaped) + LINE);
  return output.toString('latin1', 0, breakLines(escaped, output));
}

function lineEnds(escaped: Uint8Array): number {
  let count = 0;
  for (let at = escaped.indexOf(LF); at >= 0; at = escaped.indexOf(LF, at + 1)) count++;
  return count;
}

/** Writes `escaped` into `output` and returns the number of octets. */
function breakLines(escaped: Uint8Array, output: Uint8Array): number {
  if (escaped.length <= LINE) return copyLines(escaped, 0, escaped.length, output, 0);
  let length = 0;
  for (let start = 0; start < escaped.length;) {
    const end = chunkEnd(escaped, start);
    length = copyLines(escaped, start, end, output, length);
    if (end < escaped.length && escaped[end - 1] !== LF) length = softBreak(output, length);
    start = end;
  }
  return length;
}

/** Returns the end of the chunk that begins at `start`: a line end, or the position of a soft break. */
function chunkEnd(escaped: Uint8Array, start: number): number {
  const limit = Math.min(start + LINE, escaped.length);
  const margin = Math.max(start, limit - MARGIN);
  const line = lastLineEnd(escaped, margin, limit);
  if (line > 0) return line;
  const long = limit - start > LINE - MARGIN;
  const gap = long ? lastGap(escaped, margin, limit) : 0;
  const end = gap > 0 ? gap : wholeCharacter(escaped, start, limit);
  return end < escaped.length && end === start + LINE ? roomForBreak(escaped, end) : end;
}

/** Returns the position after the last line end, 0 without one. */
function lastLineEnd(escaped: Uint8Array, from: number, to: number): number {
  for (let at = to; at > from; at--) if (escaped[at - 1] === LF) return at;
  return 0;
}

/** Returns the position after the last octet that allows a break, 0 without one. */
function lastGap(escaped: Uint8Array, from: number, to: number): number {
  for (let at = to; at > from; at--) if (BREAKABLE[escaped[at - 1] ?? 0] === 1) return at;
  return 0;
}

/** Moves a break out of an escape, and out of the escapes of one UTF-8 character. */
function wholeCharacter(escaped: Uint8Array, start: number, limit: number): number {
  let end = limit;
  if (escaped[end - 1] === ESCAPE) end -= 1;
  else if (escaped[end - 2] === ESCAPE && end - 2 >= start) end -= 2;
  while (end - start > ESCAPE_LENGTH && end < escaped.length && !isOneCharacter(escaped, start, end)) {
    const octet = escapeBefore(escaped, end);
    if (octet < 0x80) break;
    end -= ESCAPE_LENGTH;
    if (octet >= 0xc0) break;
  }
  return end;
}

/** Returns whether the range holds exactly one to four escapes. */
function isOneCharacter(escaped: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length % ESCAPE_LENGTH !== 0 || length > 4 * ESCAPE_LENGTH) return false;
  for (let at = start; at < end; at += ESCAPE_LENGTH) if (escaped[at] !== ESCAPE) return false;
  return true;
}

/** Returns the octet with an escape that ends at `end`, or -1. */
function escapeBefore(escaped: Uint8Array, end: number): number {
  if (escaped[end - ESCAPE_LENGTH] !== ESCAPE) return -1;
  return HEX.indexOf(escaped[end - 2] ?? 0) * 16 + HEX.indexOf(escaped[end - 1] ?? 0);
}

function roomForBreak(escaped: Uint8Array, end: number): number {
  return escaped[end - ESCAPE_LENGTH] === ESCAPE ? end - ESCAPE_LENGTH : end - 1;
}

function copyLines(from: Uint8Array, start: number, end: number, to: Uint8Array, length: number): number {
  let written = length;
  for (let at = start; at < end; at++) {
    const octet = from[at] ?? 0;
    if (octet === LF) to[written++] = CR;
    to[written++] = octet;
  }
  return written;
}

function softBreak(to: Uint8Array, length: number): number {
  to[length] = ESCAPE;
  to[length + 1] = CR;
  to[length + 2] = LF;
  return length + ESCAPE_LENGTH;
}
