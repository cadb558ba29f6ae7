import { LineStarts, type SourceLocation } from '../render/faults/source-location.js';
import { placeIn } from '../render/syntax/piece.js';
import type { ParsedFile } from '../render/compile/template-inventory.js';

/** The search ends after so many tags that were not found, since each of them took a look at every file. */
const MOST_LOST = 100;

interface Source {
  readonly file: ParsedFile;
  readonly lines: LineStarts;
  /** Offset of the last tag found: the next one is most likely there or behind it. */
  last: number;
}

/** Finds the source of the start tags of a rendered mail. */
export class TagPlaces {
  readonly #sources: readonly Source[];
  readonly #known = new Map<string, SourceLocation | undefined>();
  #lost = 0;

  constructor(sources: readonly ParsedFile[]) {
    this.#sources = sources.map((file) => ({ file, lines: new LineStarts(file.body.source), last: 0 }));
  }

  /**
   * The place of a tag in the files that may have produced it: the text between mustaches must match. Undefined
   * for a tag that is put together from pieces.
   */
  of(tag: string): SourceLocation | undefined {
    if (this.#known.has(tag) || this.#lost >= MOST_LOST) return this.#known.get(tag);
    const place = this.#find(tag);
    this.#known.set(tag, place);
    if (!place) this.#lost += 1;
    return place;
  }

  #find(tag: string): SourceLocation | undefined {
    const name = /^<[^\s>/]+/.exec(tag)?.[0] ?? tag;
    for (const source of this.#sources) {
      const { body } = source.file;
      const at = offsetOf(tag, name, body.source, source.last) ?? offsetOf(tag, name, body.source, 0);
      if (at === undefined) continue;
      source.last = at;
      const { line, column } = source.lines.at(at);
      return placeIn(body, { line: line + 1, column });
    }
    return undefined;
  }
}

function offsetOf(tag: string, name: string, source: string, from: number): number | undefined {
  for (let at = source.indexOf(name, from); at >= 0; at = source.indexOf(name, at + 1)) {
    if (canBecome(source, at, tag)) return at;
  }
  return undefined;
}

/** Whether the literal pieces of the source, from `start` to the tag's end, occur in the tag in the same order. */
function canBecome(source: string, start: number, tag: string): boolean {
  let from = 0;
  let at = start;
  const next = /\{\{\{?|>/g;
  next.lastIndex = start;
  for (let found = next.exec(source); found; found = next.exec(source)) {
    const rest = tag.slice(from);
    if (found[0] === '>') return rest.endsWith(source.slice(at, next.lastIndex));
    const piece = source.slice(at, found.index);
    const place = from === 0 ? (rest.startsWith(piece) ? 0 : -1) : rest.indexOf(piece);
    const end = source.indexOf('}'.repeat(found[0].length), next.lastIndex);
    if (place < 0 || end < 0) return false;
    from += place + piece.length;
    at = end + found[0].length;
    next.lastIndex = at;
  }
  return false;
}
