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

/** The place of an offset in a text that starts on `line`. */
export function placeOf(file: string, text: string, offset: number, line = 1): Place {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  const breaks = before.split('\n').length - 1;
  return { file, line: line + breaks, column: offset - lastBreak };
}
