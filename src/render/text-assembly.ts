import { TextFlow } from './text-flow.js';
import { hidesElement, type GatheredElement, type TextWriter } from './text-markup.js';

/** An element whose text is being put together. */
interface OpenElement {
  readonly name: string;
  readonly flow: TextFlow;
  readonly href: string;
  /** Text of the cells of a row so far. */
  readonly cells: string[];
  /** Number of the next list item; 0 in an unordered list. */
  next: number;
}

/** Deeper than this, elements are blocks like any other: putting text together level by level takes its time. */
const MAX_GATHERED = 100;

const PAGE: GatheredElement = { name: '', breaks: 0, href: '', start: '' };

/** Puts the text of one mail together, element by element. */
export class TextAssembly implements TextWriter {
  readonly #elements: OpenElement[] = [];
  #top: OpenElement = opened(PAGE);

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
    this.words(alt);
  }

  rule(): void {
    this.#top.flow.block('---', 2);
  }

  begin(element: GatheredElement): void {
    if (this.#elements.length + 1 >= MAX_GATHERED) return this.breaks(element.breaks);
    this.#elements.push(this.#top);
    this.#top = opened(element);
  }

  end(name: string): void {
    if (!this.#isOpen(name)) return;
    let closed: string;
    do {
      closed = this.#top.name;
      this.#join();
    } while (closed !== name);
  }

  isHidden(style: string): boolean {
    return hidesElement(style);
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
    const text = closed.flow.finish();
    if (closed.name === 'a') joinLink(parent, closed, text);
    else if (closed.name === 'td' || closed.name === 'th') joinCell(parent, text);
    else if (closed.name === 'tr') parent.flow.block(joinCells([...closed.cells, text]), 1);
    else if (closed.name === 'li') parent.flow.block(listItem(text, parent), 1);
    else if (closed.name === 'blockquote') parent.flow.block(prefixed(text, '> ', '> '), 2);
    else parent.flow.block(text, this.#isOpen('li') ? 1 : 2);
  }
}

function opened({ name, href, start }: GatheredElement): OpenElement {
  const next = name === 'ol' ? Number(start === '' ? 1 : start) || 1 : 0;
  return { name, flow: new TextFlow(), href: href.trim(), cells: [], next };
}

function joinLink(parent: OpenElement, { flow, href }: OpenElement, text: string): void {
  if (/\s/.test(href)) parent.flow.roughen();
  parent.flow.inline(linkText(text, href), flow);
}

function joinCell(parent: OpenElement, text: string): void {
  if (parent.name === 'tr') parent.cells.push(text);
  else parent.flow.block(text, 1);
}

/** Cells of one line each make a line; a row that lays a page out is a stack of blocks. */
function joinCells(cells: readonly string[]): string {
  const filled = cells.filter((cell) => cell !== '');
  return filled.some((cell) => cell.includes('\n')) ? filled.join('\n\n') : filled.join('  ');
}

function listItem(text: string, list: OpenElement): string {
  if (list.name !== 'ol') return prefixed(text, '- ', '  ');
  const mark = `${list.next}. `;
  list.next += 1;
  return prefixed(text, mark, ' '.repeat(mark.length));
}

function prefixed(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => ((index === 0 ? first : others) + line).trimEnd())
    .join('\n');
}

function linkText(text: string, href: string): string {
  const target = href.replace(/^(?:mailto|tel):/i, '');
  if (target === '' || href.startsWith('#')) return text;
  if (text === '' || bareUrl(text) === bareUrl(target)) return target;
  return `${text} (${target})`;
}

function bareUrl(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '');
}
