import type { Place } from '../render/place.js';
import { LineStarts } from '../render/line-starts.js';
import { placeIn } from '../render/syntax.js';
import type { ParsedFile } from '../render/template-inventory.js';

/**
 * Where a start tag of the rendered mail was written: the first tag in its files that can have become
 * it. What stands between mustaches has to agree. Undefined for a tag that is put together from pieces.
 */
export function placeOfTag(tag: string, sources: readonly ParsedFile[]): Place | undefined {
  const name = /^<[^\s>/]+/.exec(tag)?.[0] ?? tag;
  for (const { body } of sources) {
    const { source } = body;
    for (let at = source.indexOf(name); at >= 0; at = source.indexOf(name, at + 1)) {
      if (!canBecome(source, at, tag)) continue;
      const { line, column } = new LineStarts(source).at(at);
      return placeIn(body, { line: line + 1, column });
    }
  }
  return undefined;
}

/** Whether the literal pieces of the source, from there to the tag's end, occur in the tag in their order. */
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
