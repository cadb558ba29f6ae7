import { TextFlow } from './text-flow.js';
import { ListMarkers } from './text-list.js';
import type { GatheredElement, ReadAttributes, TextWriter } from './text-markup.js';
import { TextTable, type TextCell } from './text-table.js';
import { visibilityIn, type Visibility } from './text-visibility.js';

/** An element whose text is being built. */
interface OpenElement {
  readonly name: string;
  readonly attributes: ReadAttributes;
  readonly seen: boolean;
  readonly flow: TextFlow;
  /** Defined for a list. */
  readonly markers: ListMarkers | undefined;
  /** Defined for a table: its rows so far. */
  readonly table: TextTable | undefined;
  /** Defined for a row: its cells so far. */
  readonly cells: TextCell[] | undefined;
  hasImage: boolean;
}

/** Elements deeper than this are plain blocks, because building text level by level costs time for each level. */
const MAX_GATHERED = 100;

const PAGE: GatheredElement = { name: '', breaks: 0, seen: true, attributes: {} };

/** Builds the text of one mail, element by element. */
export class TextBuilder implements TextWriter {
  readonly #elements: OpenElement[] = [];
  #top: OpenElement = opened(PAGE);
  /** Number of open elements that are too deep to be gathered. */
  #tooDeep = 0;

  get flow(): TextFlow {
    return this.#top.flow;
  }

  image(alt: string): void {
    this.#top.hasImage = true;
    this.flow.image(alt);
  }

  rule(): void {
    this.flow.block('---', 2);
  }

  begin(element: GatheredElement): void {
    if (this.#elements.length + 1 >= MAX_GATHERED) {
      this.#tooDeep += 1;
      return this.flow.breaks(element.breaks);
    }
    this.#elements.push(this.#top);
    this.#top = opened(element);
    if (ON_OWN_LINES.has(element.name)) this.flow.breaks(1);
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
    return this.flow.finish();
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
    if (closed.hasImage) parent.hasImage = true;
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
  const markers = name === 'ol' || name === 'ul' ? new ListMarkers(name === 'ol', attributes) : undefined;
  const table = name === 'table' ? new TextTable() : undefined;
  const cells = name === 'tr' ? [] : undefined;
  return { name, attributes, seen, flow, markers, table, cells, hasImage: false };
}

function joinLink(parent: OpenElement, { flow, attributes, seen, hasImage }: OpenElement): void {
  const text = flow.finish();
  const href = (attributes.href ?? '').trim();
  // A link whose words are hidden leaves no address behind.
  const followed = !href.startsWith('#') && (text !== '' || seen || hasImage);
  const target = followed ? href.replace(/^(?:mailto|tel):/i, '') : '';
  if (/\s/.test(target)) parent.flow.roughen();
  parent.flow.link(linkText(text, target), flow, target !== '');
}

function joinCell({ cells, flow }: OpenElement, cell: OpenElement): void {
  if (!cells) return flow.section(cell.flow);
  cells.push({ flow: cell.flow, text: cell.flow.finish(), colspan: cell.attributes.colspan });
}

/** Text in a row but outside its cells becomes a cell. */
function joinRow({ table, flow }: OpenElement, { cells = [], flow: stray }: OpenElement): void {
  const text = stray.finish();
  if (text !== '' || cells.length === 0) cells.push({ flow: stray, text, colspan: undefined });
  const rows = table ?? new TextTable();
  rows.add(cells);
  if (!table) rows.writeTo(flow);
}

/** Puts text outside the rows first, as browsers do. */
function joinTable({ flow }: OpenElement, closed: OpenElement): void {
  closed.table?.writeTo(closed.flow);
  flow.block(closed.flow.finish(), 2);
}

function joinItem({ markers, flow }: OpenElement, { flow: item, attributes, seen }: OpenElement): void {
  const text = item.finish();
  if (text === '' && !seen) return;
  const marker = markers?.next(attributes.value) ?? '- ';
  flow.block(prefixed(text, marker, ' '.repeat(marker.length)), 1);
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
