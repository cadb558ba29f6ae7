/** A fenced block of code. */
export interface CodeBlock {
  /** What stands after the fence: `ts`, `hbs`, … */
  readonly language: string;
  readonly code: string;
  /** Line of the file the code starts on, 1-based. */
  readonly line: number;
}

const FENCED = /^```(\w*)\n([\s\S]*?)^```$/gm;

export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(FENCED)].map(({ 1: language = '', 2: code = '', index }) => ({
    language,
    code,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}

/** The rows of the first table after a marker, without its head; each cell without spaces around it. */
export function tableAfter(markdown: string, marker: string): ReadonlyArray<readonly string[]> {
  const start = markdown.indexOf(marker);
  if (start < 0) throw new Error(`no ${marker} in the text`);
  return tables(markdown.slice(start))[0] ?? [];
}

/** Every table of a text. */
export function tables(markdown: string): ReadonlyArray<ReadonlyArray<readonly string[]>> {
  return [...markdown.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) =>
    table.trim().split('\n').slice(2).map(cellsOf),
  );
}

function cellsOf(row: string): readonly string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** A cell without the backticks around it. */
export function bare(cell: string | undefined): string {
  return (cell ?? '').replace(/^`(.*)`$/, '$1');
}
