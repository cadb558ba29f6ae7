/** Counts the lines of a text once, however many places in it are asked for. */
export class LineStarts {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of an offset and the column in it, both from 0. */
  at(offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#all();
    const line = countUpTo(starts, offset) - 1;
    return { line, column: offset - (starts[line] ?? 0) };
  }

  /** Where a line starts, counted from 0; the end of the text for one that it has not. */
  startOf(line: number): number {
    return this.#all()[line] ?? this.#text.length;
  }

  #all(): readonly number[] {
    return (this.#starts ??= startsOf(this.#text));
  }
}

function startsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** How many of the offsets, which are in their order, are not behind one. */
export function countUpTo(offsets: readonly number[], last: number): number {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}
