import { crc32 } from 'node:zlib';

/** Pages per read. */
const PAGES = 256;
const PAGE = 4096;
/** First byte of a page with rows of a table (https://www.sqlite.org/fileformat.html §1.6). */
const TABLE_LEAF = 0x0d;
const LEAF_HEADER = 8;
/** Most and fewest bytes of a row on its page (§1.6, for pages without reserved space). */
const MAX_LOCAL = PAGE - 35;
const MIN_LOCAL = Math.floor(((PAGE - 12) * 32) / 255) - 23;

/** Reads a file by position; returns fewer bytes at its end. */
export type ReadAt = (position: number, length: number) => Buffer;

export interface StoredBody {
  readonly checksum: number;
  readonly content: Uint8Array;
}

/**
 * Finds bodies of mails on their pages, when the page that leads there is damaged and no query reaches them. Only a
 * matching checksum proves a body. A free page may still hold the body of a removed mail.
 */
export function looseBodies(readAt: ReadAt, wanted: ReadonlySet<number>): ReadonlyMap<number, StoredBody> {
  const found = new Map<number, StoredBody>();
  for (const page of pagesOf(readAt)) {
    for (const [seq, body] of rowsOn(page, readAt)) if (wanted.has(seq)) found.set(seq, body);
  }
  return found;
}

function* pagesOf(readAt: ReadAt): Generator<Buffer, void> {
  for (let page = 0; ; page += PAGES) {
    const bytes = readAt(page * PAGE, PAGES * PAGE);
    for (let at = 0; at + PAGE <= bytes.length; at += PAGE) yield bytes.subarray(at, at + PAGE);
    if (bytes.length < PAGES * PAGE) return;
  }
}

function* rowsOn(page: Buffer, readAt: ReadAt): Generator<readonly [seq: number, body: StoredBody], void> {
  if (page[0] !== TABLE_LEAF) return;
  const count = page.readUInt16BE(3);
  for (let cell = 0; cell < count && LEAF_HEADER + 2 * cell + 2 <= PAGE; cell += 1) {
    const found = bodyAt(page, page.readUInt16BE(LEAF_HEADER + 2 * cell), readAt);
    if (found) yield found;
  }
}

function bodyAt(
  page: Buffer,
  start: number,
  readAt: ReadAt,
): readonly [seq: number, body: StoredBody] | undefined {
  try {
    const row = rowAt(page, start, readAt);
    const body = row && bodyIn(row.payload);
    return body && [row.seq, body];
  } catch {
    // Lengths or offsets beyond the page belong to a damaged one.
    return undefined;
  }
}

/** Reads the bytes of a row, including those on further pages. */
function rowAt(
  page: Buffer,
  start: number,
  readAt: ReadAt,
): { readonly seq: number; readonly payload: Buffer } | undefined {
  const size = varint(page, start);
  const seq = varint(page, size.end);
  if (!Number.isSafeInteger(size.value) || size.value > 2 ** 30) return undefined;
  const local = localBytes(size.value);
  const pieces = [page.subarray(seq.end, seq.end + local)];
  let missing = size.value - local;
  let next = missing > 0 && seq.end + local + 4 <= PAGE ? page.readUInt32BE(seq.end + local) : 0;
  while (missing > 0 && next > 0) {
    const more = readAt((next - 1) * PAGE, PAGE);
    if (more.length < PAGE) return undefined;
    pieces.push(more.subarray(4, 4 + missing));
    missing -= PAGE - 4;
    next = more.readUInt32BE(0);
  }
  return missing > 0 ? undefined : { seq: seq.value, payload: Buffer.concat(pieces) };
}

function localBytes(size: number): number {
  if (size <= MAX_LOCAL) return size;
  const surplus = MIN_LOCAL + ((size - MIN_LOCAL) % (PAGE - 4));
  return surplus <= MAX_LOCAL ? surplus : MIN_LOCAL;
}

/** Bytes of a whole number by its type in a record (§2.1). */
const WIDTHS: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 0, 0, 0];

/** Reads a record of three columns: the number, stored as NULL because it is that of the row; the checksum; the content. */
function bodyIn(payload: Buffer): StoredBody | undefined {
  const header = varint(payload, 0);
  const seq = varint(payload, header.end);
  const checksum = varint(payload, seq.end);
  const content = varint(payload, checksum.end);
  const width = WIDTHS[checksum.value];
  if (seq.value !== 0 || width === undefined || content.end !== header.value) return undefined;
  const bytes = payload.subarray(header.value + width);
  if (content.value !== 12 + 2 * bytes.length) return undefined;
  const sum = crc32(bytes);
  return sum === wholeNumber(payload, header.value, checksum.value)
    ? { checksum: sum, content: Uint8Array.from(bytes) }
    : undefined;
}

function wholeNumber(bytes: Buffer, at: number, type: number): number {
  if (type > 7) return type - 8;
  return type > 5 ? Number(bytes.readBigInt64BE(at)) : bytes.readIntBE(at, Math.max(1, WIDTHS[type] ?? 1));
}

/** Reads a number of 1 to 9 bytes of seven bits each (§1.6). The ninth, which has eight, occurs in no row here. */
function varint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = start;
  for (; end < start + 8; end += 1) {
    const byte = bytes[end] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return { value, end: end + 1 };
}
