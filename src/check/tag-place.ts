import type { Place } from '../render/place.js';
import { positionOf } from '../render/mjml/tag-origins.js';
import { placeIn } from '../render/syntax.js';
import type { ParsedFile } from '../render/template-inventory.js';

/**
 * Where a start tag of the rendered mail was written: the first tag in its files that can have become
 * it. What stands between mustaches has to agree. Undefined for a tag that is put together from pieces.
 */
export function placeOfTag(tag: string, sources: readonly ParsedFile[]): Place | undefined {
  const name = /^<[^\s>/]+/.exec(tag)?.[0] ?? tag;
  for (const { body } of sources) {
    for (const offset of offsetsOf(name, body.source)) {
      if (canBecome(body.source.slice(offset), tag)) return placeIn(body, positionOf(body.source, offset));
    }
  }
  return undefined;
}

function offsetsOf(name: string, source: string): readonly number[] {
  const offsets: number[] = [];
  for (let at = source.indexOf(name); at >= 0; at = source.indexOf(name, at + 1)) offsets.push(at);
  return offsets;
}

const MUSTACHE = /\{\{\{[^]*?\}\}\}|\{\{[^]*?\}\}/g;

/** Whether the literal pieces of the source, up to the tag's end, occur in the tag in their order. */
function canBecome(source: string, tag: string): boolean {
  let from = 0;
  for (const piece of source.split(MUSTACHE)) {
    const rest = tag.slice(from);
    const end = piece.indexOf('>');
    if (end >= 0) return rest.endsWith(piece.slice(0, end + 1));
    const at = from === 0 ? (rest.startsWith(piece) ? 0 : -1) : rest.indexOf(piece);
    if (at < 0) return false;
    from += at + piece.length;
  }
  return false;
}
