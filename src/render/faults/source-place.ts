import { LineStarts } from './line-starts.js';

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

/** Finds places in one text, whose lines are counted once, when the first place is asked for. */
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
