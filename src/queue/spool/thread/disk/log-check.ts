import { readFileSync } from 'node:fs';
import { statOf } from './spool-files.js';

/** https://www.sqlite.org/fileformat.html §4.1 */
const HEADER = 32;
const FRAME_HEADER = 24;
/** The lowest bit is the byte order of the checksums. */
const MAGIC = 0x377f0682;
/** Bytes; no log grows that large. */
const LARGEST = 256 * 1024 ** 2;

/**
 * Returns whether the write-ahead log that a process left behind is damaged before its end. SQLite reads the part before
 * the damage and silently skips the rest. Must be called before the database is opened.
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
  readonly #bytes: Buffer;
  readonly #isBigEndian: boolean;
  readonly #frame: number;

  constructor(bytes: Buffer, isBigEndian: boolean) {
    this.#bytes = bytes;
    this.#isBigEndian = isBigEndian;
    this.#frame = FRAME_HEADER + bytes.readUInt32BE(8);
  }

  /** True if a committed transaction follows a damaged frame. */
  isDamaged(): boolean {
    let at = HEADER;
    let sum = this.#add(this.#bytes.subarray(0, 24), [0, 0]);
    for (; this.#isOfThisLog(at); at += this.#frame) {
      sum = this.#add(this.#bytes.subarray(at, at + 8), sum);
      sum = this.#add(this.#bytes.subarray(at + FRAME_HEADER, at + this.#frame), sum);
      if (sum[0] !== this.#bytes.readUInt32BE(at + 16) || sum[1] !== this.#bytes.readUInt32BE(at + 20)) break;
    }
    for (; at + this.#frame <= this.#bytes.length; at += this.#frame) {
      if (this.#isOfThisLog(at) && this.#bytes.readUInt32BE(at + 4) > 0) return true;
    }
    return false;
  }

  /** False for frames of an earlier log: the same file is overwritten from its beginning. */
  #isOfThisLog(at: number): boolean {
    const isWhole = at + this.#frame <= this.#bytes.length;
    return isWhole && this.#bytes.compare(this.#bytes, 16, 24, at + 8, at + 16) === 0;
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
    return this.#isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
