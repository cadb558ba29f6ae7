/** A fenced block of code. */
export interface CodeBlock {
  /** The word after the fence: `ts`, `hbs`, … */
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
    line: lineAt(markdown, index) + 1,
  }));
}

/** Line of an index in a text, 1-based. */
const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

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

/** Where a text leads: the target of a link or an image. */
export interface Link {
  readonly target: string;
  /** Line of the file, 1-based. */
  readonly line: number;
}

const LINKS = [
  // [text](target "title"), ![text](target)
  /\]\(\s*<?([^\s)>]+)>?[^)]*\)/g,
  // [name]: target
  /^\[[^\]]+\]:\s+(\S+)/gm,
  // HTML
  /\b(?:href|src)="([^"]+)"/g,
];

/** Every link and image of a text, code left aside. */
export function links(markdown: string): readonly Link[] {
  const prose = withoutBlocks(markdown).replaceAll(/(`+)[^\n]*?\1/g, '``');
  return LINKS.flatMap((pattern) =>
    Array.from(prose.matchAll(pattern), ({ 1: target = '', index }) => ({
      target,
      line: lineAt(prose, index),
    })),
  );
}

/** The fragment of a link to a heading, as GitHub names it. */
export function anchors(markdown: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(markdown).matchAll(/^#{1,6} +(.+)$/gm)) {
    const name = anchorOf(heading);
    let anchor = name;
    for (let again = 1; found.has(anchor); again++) anchor = `${name}-${again}`;
    found.add(anchor);
  }
  return found;
}

const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');

/** The text without its blocks of code, each line where it was. */
function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(FENCED, (block) => '\n'.repeat(block.split('\n').length - 1));
}
