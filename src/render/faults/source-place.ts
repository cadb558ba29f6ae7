/** A place in a template file; line and column are 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

export function showPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** A line, from 1, and a column, from 0, as Handlebars counts them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Leads from a position in a text to that in the source it was made from. */
export interface Origins {
  of(position: Position): Position;
}

/** Counts the lines of a text once for any number of positions. */
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

/** Finds positions in one text. Counts its lines once, for the first position. */
export class PlaceIndex {
  readonly #file: string;
  readonly #lines: LineStarts;
  readonly #first: number;

  /** @param line the text starts on */
  constructor(file: string, text: string, line = 1) {
    this.#file = file;
    this.#lines = new LineStarts(text);
    this.#first = line;
  }

  at(offset: number): Place {
    const { line, column } = this.#lines.at(offset);
    return { file: this.#file, line: this.#first + line, column: column + 1 };
  }
}

/** The place of an offset in a text that starts on `line`. */
export function placeOf(file: string, text: string, offset: number, line = 1): Place {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  const breaks = before.split('\n').length - 1;
  return { file, line: line + breaks, column: offset - lastBreak };
}
