/** A location in a template file; line and column are counted from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function startOf(file: string): SourceLocation {
  return { file, line: 1, column: 1 };
}

export function showLocation({ file, line, column }: SourceLocation): string {
  return `${file}:${line}:${column}`;
}

/** A line, counted from 1, and a column, counted from 0, as Handlebars does. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Maps a position in a text to the position in the source that the text was made from. */
export interface Origins {
  of(position: Position): Position;
}

/** Finds lines in one text, whose lines it counts once. */
export class LineStarts {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line and the column of an offset, both counted from 0. */
  at(offset: number): Position {
    const starts = this.#all();
    const line = countUpTo(starts, offset) - 1;
    return { line, column: offset - (starts[line] ?? 0) };
  }

  /** The offset at which a line, counted from 0, starts; the end of the text if there is no such line. */
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

/** The number of offsets up to and including `last`. @param offsets in ascending order */
export function countUpTo(offsets: readonly number[], last: number): number {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Finds locations in one text, whose lines it counts once. */
export class LocationIndex {
  readonly #file: string;
  readonly #lines: LineStarts;
  readonly #first: number;

  /** @param line the line of the file that the text starts on */
  constructor(file: string, text: string, line = 1) {
    this.#file = file;
    this.#lines = new LineStarts(text);
    this.#first = line;
  }

  at(offset: number): SourceLocation {
    const { line, column } = this.#lines.at(offset);
    return { file: this.#file, line: this.#first + line, column: column + 1 };
  }
}

/** The location of one offset in a text that starts on `line`. */
export function locationOf(file: string, text: string, offset: number, line = 1): SourceLocation {
  return new LocationIndex(file, text, line).at(offset);
}
