import { readFileSync } from 'node:fs';
import { statOf } from './spool-files.js';

/** https://www.sqlite.org/fileformat.html §4.1 */
const HEADER = 32;
const FRAME_HEADER = 24;
/** The lowest bit says in which order the bytes of a checksum are added up. */
const MAGIC = 0x377f0682;
/** Bytes: far more than a log grows to. */
const LARGEST = 256 * 1024 ** 2;

/**
 * Whether the write-ahead log that a process has left behind is damaged before its end: SQLite takes what comes
 * before that, and passes the rest by without a word. To be asked before the database is opened.
 */
export function isLogDamaged(path: string): boolean {
  const size = Number(statOf(path)?.size ?? 0n);
  if (size < HEADER || size > LARGEST) return false;
  const log = readFileSync(path);
  const magic = log.readUInt32BE(0);
  if (log.length < HEADER || (magic & ~1) >>> 0 !== MAGIC) return false;
  return new Log(log, (magic & 1) === 1).isDamaged();
}

class Log {
  readonly #frame: number;

  constructor(
    private readonly bytes: Buffer,
    private readonly isBigEndian: boolean,
  ) {
    this.#frame = FRAME_HEADER + bytes.readUInt32BE(8);
  }

  /** A transaction that was committed lies behind a frame that is not what was written. */
  isDamaged(): boolean {
    let at = HEADER;
    let sum = this.#add(this.bytes.subarray(0, 24), [0, 0]);
    for (; this.#isOfThisLog(at); at += this.#frame) {
      sum = this.#add(this.bytes.subarray(at, at + 8), sum);
      sum = this.#add(this.bytes.subarray(at + FRAME_HEADER, at + this.#frame), sum);
      if (sum[0] !== this.bytes.readUInt32BE(at + 16) || sum[1] !== this.bytes.readUInt32BE(at + 20)) break;
    }
    for (; at + this.#frame <= this.bytes.length; at += this.#frame) {
      if (this.#isOfThisLog(at) && this.bytes.readUInt32BE(at + 4) > 0) return true;
    }
    return false;
  }

  /** And not of an earlier one in the same file, which is written over from its beginning. */
  #isOfThisLog(at: number): boolean {
    const isWhole = at + this.#frame <= this.bytes.length;
    return isWhole && this.bytes.compare(this.bytes, 16, 24, at + 8, at + 16) === 0;
  }

  #add(bytes: Buffer, [first, second]: readonly [number, number]): readonly [number, number] {
    let [a, b] = [first, second];
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      a = (a + this.#word(bytes, at) + b) >>> 0;
      b = (b + this.#word(bytes, at + 4) + a) >>> 0;
    }
    return [a, b];
  }

  #word(bytes: Buffer, at: number): number {
    return this.isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
