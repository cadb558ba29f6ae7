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
  readonly #text: string;
  #breaks: readonly number[] | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  at(offset: number): Place {
    this.#breaks ??= breaksOf(this.#text);
    let [low, high] = [0, this.#breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#breaks[middle] ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return { file: this.#file, line: low + 1, column: offset - (this.#breaks[low - 1] ?? -1) };
  }
}

function breaksOf(text: string): readonly number[] {
  const breaks: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at);
  return breaks;
}

/** The place of an offset in a text that starts on `line`. */
export function placeOf(file: string, text: string, offset: number, line = 1): Place {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  const breaks = before.split('\n').length - 1;
  return { file, line: line + breaks, column: offset - lastBreak };
}
