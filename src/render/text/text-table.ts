import type { TextFlow } from './text-flow.js';
import { integerOf } from './text-list.js';

/** A cell whose text is finished. */
export interface TextCell {
  readonly flow: TextFlow;
  readonly text: string;
  /** The attribute, as written. */
  readonly colspan: string | undefined;
}

type TextRow = readonly TextCell[];

const GAP = '  ';

/** Writes the rows of a table as lines, and the cells of a layout table one below the other. */
export class TextTable {
  readonly #rows: TextRow[] = [];
  #columns: ReadonlySet<number> | undefined;

  add(row: TextRow): void {
    this.#rows.push(row);
  }

  writeTo(flow: TextFlow): void {
    for (const row of this.#rows) this.#write(row, flow);
  }

  #write(row: TextRow, flow: TextFlow): void {
    const filled = row.filter(({ text }) => text !== '');
    const tall = filled.filter(isTall);
    if (filled.length < 2)
      for (const cell of filled.length === 1 ? filled : row) flow.section(cell.flow, cell.text);
    else if (tall.length === 0) flow.block(this.#line(row), 1);
    else if (isEntry(filled, tall)) flow.block(entry(filled), 2);
    else writeParts(filled, flow);
  }

  /** Keeps the place of an empty cell, unless its whole column is empty and so only a spacer. */
  #line(row: TextRow): string {
    if (row.every(({ text }) => text !== '')) return row.map(({ text }) => text).join(GAP);
    this.#columns ??= filledColumns(this.#rows);
    const columns = this.#columns;
    const kept = columnsOf(row).filter(([column]) => columns.has(column));
    return kept
      .map(([, { text }]) => text)
      .join(GAP)
      .trim();
  }
}

function filledColumns(rows: readonly TextRow[]): ReadonlySet<number> {
  const columns = new Set<number>();
  for (const [column, { text }] of rows.flatMap(columnsOf)) if (text !== '') columns.add(column);
  return columns;
}

/** The cells of a row, each with the column it starts in. */
function columnsOf(row: TextRow): ReadonlyArray<readonly [column: number, cell: TextCell]> {
  let column = 0;
  return row.map((cell) => {
    const start = column;
    column += Math.max(integerOf(cell.colspan) ?? 1, 1);
    return [start, cell];
  });
}

function isTall({ text }: TextCell): boolean {
  return text.includes('\n');
}

/** Most characters of a cell beside one of several lines. */
const SHORT = 40;
/** Most characters of a cell beside one of several paragraphs, and of those paragraphs. */
const AMOUNT = 24;
const NOTE = 200;

/** Whether the cells describe one item in a few lines, such as a product with its quantity below and its price beside. */
function isEntry(filled: TextRow, [tall, ...others]: TextRow): boolean {
  if (!tall || others.length > 0) return false;
  const beside = filled.filter((cell) => cell !== tall).map(({ text }) => text);
  if (!tall.text.includes('\n\n')) return beside.every((text) => text.length <= SHORT);
  return tall.text.length <= NOTE && beside.every((text) => text.length <= AMOUNT && /\p{Nd}/u.test(text));
}

function entry(cells: TextRow): string {
  return cells.map(({ text }) => (text.includes('\n\n') ? text.replaceAll('\n\n', '\n') : text)).join(GAP);
}

/** A cell of at least this many lines stands apart, such as an address beside another one. */
const PART = 3;

function writeParts(cells: TextRow, flow: TextFlow): void {
  const apart = cells.every(({ text }) => text.split('\n', PART).length === PART);
  flow.breaks(2);
  for (const cell of cells) {
    flow.section(cell.flow, cell.text);
    if (apart) flow.breaks(2);
  }
  flow.breaks(2);
}
