import { countUpTo, LineStarts, type Origins, type Position } from '../faults/source-place.js';
import { tagOf, type HiddenTags } from './hidden-tags.js';

interface Occurrence {
  readonly offset: number;
  readonly length: number;
  /** Of the same tag in the source. */
  readonly origin: number;
}

/** Where the tags of a text that was made from a source stand in that source. */
export class TagOrigins implements Origins {
  readonly #text: LineStarts;
  readonly #source: LineStarts;
  /** In the order of the text. */
  readonly #occurrences: readonly Occurrence[];
  readonly #offsets: readonly number[];

  constructor(text: string, source: string, occurrences: readonly Occurrence[]) {
    this.#text = new LineStarts(text);
    this.#source = new LineStarts(source);
    this.#occurrences = occurrences;
    this.#offsets = occurrences.map(({ offset }) => offset);
  }

  /** A position inside a tag is exact; any other is that of the tag before it, else the beginning. */
  of({ line, column }: Position): Position {
    const offset = this.#text.startOf(line - 1) + column;
    const last = this.#occurrences[countUpTo(this.#offsets, offset) - 1];
    if (!last) return { line: 1, column: 0 };
    const inside = offset - last.offset;
    const origin = this.#source.at(last.origin + (inside < last.length ? inside : 0));
    return { line: origin.line + 1, column: origin.column };
  }
}

/** The tags put back in their places, and where each came from. */
export function restoredTags(
  text: string,
  source: string,
  hidden: HiddenTags,
): { readonly text: string; readonly origins: TagOrigins; readonly words: ReadonlySet<string> } {
  const occurrences: Occurrence[] = [];
  const words = new Set<string>();
  let restored = '';
  let end = 0;
  for (const match of text.matchAll(hidden.pattern)) {
    const tag = tagOf(hidden, match[0]);
    restored += text.slice(end, match.index);
    occurrences.push({ offset: restored.length, length: tag.source.length, origin: tag.offset });
    words.add(tag.word);
    restored += tag.source;
    end = match.index + match[0].length;
  }
  restored += text.slice(end);
  return { text: restored, origins: new TagOrigins(restored, source, occurrences), words };
}
