import { TextFlow } from './text-flow.js';
import { ListMarks } from './text-list.js';
import type { GatheredElement, ReadAttributes, TextWriter } from './text-markup.js';
import { TextTable, type TextCell } from './text-table.js';
import { visibilityIn, type Visibility } from './text-visibility.js';

/** An element whose text is being put together. */
interface OpenElement {
  readonly name: string;
  readonly attributes: ReadAttributes;
  readonly seen: boolean;
  readonly flow: TextFlow;
  /** Where it is a list. */
  readonly marks: ListMarks | undefined;
  /** The rows of a table, and the cells of a row, so far. */
  readonly table: TextTable | undefined;
  readonly cells: TextCell[] | undefined;
  /** Whether there is an image in it. */
  pictured: boolean;
}

/** Deeper than this, elements are blocks like any other: putting text together level by level takes its time. */
const MAX_GATHERED = 100;

const PAGE: GatheredElement = { name: '', breaks: 0, seen: true, attributes: {} };

/** Puts the text of one mail together, element by element. */
export class TextAssembly implements TextWriter {
  readonly #elements: OpenElement[] = [];
  #top: OpenElement = opened(PAGE);
  /** How many elements are open that are too deep to be gathered. */
  #tooDeep = 0;

  /** What `words` does, for words whose white space is collapsed already. */
  evenWords(words: string): void {
    this.#top.flow.words(words);
  }

  space(): void {
    this.#top.flow.space();
  }

  words(text: string): void {
    this.#top.flow.text(text);
  }

  verbatim(text: string): void {
    this.#top.flow.verbatim(text);
  }

  breaks(count: number): void {
    this.#top.flow.breaks(count);
  }

  lineBreak(): void {
    this.#top.flow.lineBreak();
  }

  image(alt: string): void {
    this.#top.pictured = true;
    this.#top.flow.image(alt);
  }

  rule(): void {
    this.#top.flow.block('---', 2);
  }

  begin(element: GatheredElement): void {
    if (this.#elements.length + 1 >= MAX_GATHERED) {
      this.#tooDeep += 1;
      return this.breaks(element.breaks);
    }
    this.#elements.push(this.#top);
    this.#top = opened(element);
    if (ON_OWN_LINES.has(element.name)) this.breaks(1);
  }

  end(name: string): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep -= 1;
      return;
    }
    if (!this.#isOpen(name)) return;
    let closed: string;
    do {
      closed = this.#top.name;
      this.#join();
    } while (closed !== name);
  }

  visibility(around: Visibility, name: string, style: string): Visibility {
    return visibilityIn(around, name, style);
  }

  finish(): string {
    while (this.#elements.length > 0) this.#join();
    return this.#top.flow.finish();
  }

  #isOpen(name: string): boolean {
    return this.#top.name === name || this.#elements.some((open) => open.name === name);
  }

  /** Ends the innermost element. */
  #join(): void {
    const closed = this.#top;
    const parent = this.#elements.pop();
    if (!parent) return;
    this.#top = parent;
    if (closed.pictured) parent.pictured = true;
    const { name, flow } = closed;
    if (ON_OWN_LINES.has(name)) flow.breaks(1);
    if (name === 'a') joinLink(parent, closed);
    else if (name === 'td' || name === 'th') joinCell(parent, closed);
    else if (name === 'tr') joinRow(parent, closed);
    else if (name === 'table') joinTable(parent, closed);
    else if (name === 'li') joinItem(parent, closed);
    else if (name === 'blockquote') parent.flow.block(prefixed(flow.finish(), '> ', '> '), 2);
    else parent.flow.block(flow.finish(), this.#isOpen('li') ? 1 : 2);
  }
}

const ON_OWN_LINES = new Set(['tr', 'td', 'th']);

function opened({ name, seen, attributes }: GatheredElement): OpenElement {
  const flow = new TextFlow();
  const marks = name === 'ol' || name === 'ul' ? new ListMarks(name === 'ol', attributes) : undefined;
  const table = name === 'table' ? new TextTable() : undefined;
  const cells = name === 'tr' ? [] : undefined;
  return { name, attributes, seen, flow, marks, table, cells, pictured: false };
}

function joinLink(parent: OpenElement, { flow, attributes, seen, pictured }: OpenElement): void {
  const text = flow.finish();
  const href = (attributes.href ?? '').trim();
  // Words that nobody sees leave no address behind.
  const followed = !href.startsWith('#') && (text !== '' || seen || pictured);
  const target = followed ? href.replace(/^(?:mailto|tel):/i, '') : '';
  if (/\s/.test(target)) parent.flow.roughen();
  parent.flow.link(linkText(text, target), flow, target !== '');
}

function joinCell({ cells, flow }: OpenElement, cell: OpenElement): void {
  if (!cells) return flow.section(cell.flow);
  cells.push({ flow: cell.flow, text: cell.flow.finish(), colspan: cell.attributes.colspan });
}

/** Text that stands in a row but in no cell of it makes one. */
function joinRow({ table, flow }: OpenElement, { cells = [], flow: stray }: OpenElement): void {
  const text = stray.finish();
  if (text !== '' || cells.length === 0) cells.push({ flow: stray, text, colspan: undefined });
  const rows = table ?? new TextTable();
  rows.add(cells);
  if (!table) rows.writeTo(flow);
}

/** Text that stands in no row comes first, as browsers put it. */
function joinTable({ flow }: OpenElement, closed: OpenElement): void {
  closed.table?.writeTo(closed.flow);
  flow.block(closed.flow.finish(), 2);
}

function joinItem({ marks, flow }: OpenElement, { flow: item, attributes, seen }: OpenElement): void {
  const text = item.finish();
  if (text === '' && !seen) return;
  const mark = marks?.next(attributes.value) ?? '- ';
  flow.block(prefixed(text, mark, ' '.repeat(mark.length)), 1);
}

function prefixed(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => ((index === 0 ? first : others) + line).trimEnd())
    .join('\n');
}

function linkText(text: string, target: string): string {
  if (target === '') return text;
  if (text === '' || bareUrl(text) === bareUrl(target)) return target;
  return `${text} (${target})`;
}

function bareUrl(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '');
}
