import { Parser } from 'htmlparser2';
import { TextFlow } from './text-flow.js';

/** Blank lines before and after a block: 2 line breaks make one. */
const BREAKS: Readonly<Record<string, number>> = {
  ...breaks(2, 'p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote figure fieldset'),
  ...breaks(
    1,
    'div section article header footer main nav aside address center form tr dt dd figcaption caption',
  ),
};

const SKIPPED = new Set(['head', 'style', 'script', 'title', 'template', 'svg', 'textarea']);
const HIDDEN = /(?:^|;)\s*display\s*:\s*none/i;

function breaks(count: number, names: string): Readonly<Record<string, number>> {
  return Object.fromEntries(names.split(' ').map((name): [string, number] => [name, count]));
}

/**
 * The text part of a mail that has only html: lines are not wrapped and nothing is upper-cased; a link
 * reads `text (url)`, an image as its alternative text, a table row as one line, a list with its marks.
 * Hidden elements are left out.
 */
export function deriveText(html: string): string {
  const derivation = new TextDerivation();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => derivation.open(name, attributes),
      ontext: (text) => derivation.text(text),
      onclosetag: (name) => derivation.close(name),
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(html);
  return derivation.finish();
}

type Attributes = Readonly<Record<string, string>>;

/** An element whose text is put together before it joins the text around it. */
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

const GATHERED = new Set(['a', 'li', 'ul', 'ol', 'tr', 'td', 'th', 'blockquote']);

class TextDerivation {
  readonly #elements: OpenElement[] = [element('', {})];
  #skipping = '';
  #skipDepth = 0;
  #preformatted = 0;

  open(name: string, attributes: Attributes): void {
    if (this.#skip(name, attributes)) return;
    if (name === 'br') this.#flow.lineBreak();
    else if (name === 'img') this.#flow.text(attributes['alt'] ?? '');
    else if (name === 'hr') this.#flow.block('---', 2);
    else if (GATHERED.has(name) && this.#elements.length < MAX_GATHERED)
      this.#elements.push(element(name, attributes));
    else this.#flow.breaks(BREAKS[name] ?? 0);
    if (name === 'pre') this.#preformatted += 1;
  }

  text(text: string): void {
    if (this.#skipDepth > 0) return;
    if (this.#preformatted > 0) this.#flow.verbatim(text);
    else this.#flow.text(text);
  }

  close(name: string): void {
    if (this.#skipDepth > 0) {
      if (name === this.#skipping) this.#skipDepth -= 1;
      return;
    }
    if (name === 'pre') this.#preformatted = Math.max(this.#preformatted - 1, 0);
    if (GATHERED.has(name)) this.#gather(name);
    else this.#flow.breaks(BREAKS[name] ?? 0);
  }

  finish(): string {
    while (this.#elements.length > 1) this.#join(this.#elements.pop());
    return this.#flow.finish();
  }

  get #flow(): TextFlow {
    return this.#top.flow;
  }

  get #top(): OpenElement {
    return this.#elements.at(-1) ?? element('', {});
  }

  #skip(name: string, attributes: Attributes): boolean {
    if (this.#skipDepth > 0) {
      // A head that was never closed ends where the body starts.
      if (name === 'body' && this.#skipping === 'head') this.#skipDepth = 0;
      else if (name === this.#skipping) this.#skipDepth += 1;
      return this.#skipDepth > 0;
    }
    const hidden = 'hidden' in attributes || HIDDEN.test(attributes['style'] ?? '');
    if (!SKIPPED.has(name) && (!hidden || VOID.has(name))) return hidden;
    this.#skipping = name;
    this.#skipDepth = 1;
    return true;
  }

  #gather(name: string): void {
    if (!this.#elements.some((open) => open.name === name)) return;
    let closed: OpenElement | undefined;
    do {
      closed = this.#elements.pop();
      this.#join(closed);
    } while (closed && closed.name !== name);
  }

  #join(closed: OpenElement | undefined): void {
    if (!closed) return;
    const text = closed.flow.finish();
    const parent = this.#top;
    if (closed.name === 'a') parent.flow.inline(linkText(text, closed.href), closed.flow);
    else if (closed.name === 'td' || closed.name === 'th') this.#joinCell(parent, text);
    else if (closed.name === 'tr') parent.flow.block(joinCells([...closed.cells, text]), 1);
    else if (closed.name === 'li') parent.flow.block(listItem(text, parent), 1);
    else if (closed.name === 'blockquote') parent.flow.block(prefixed(text, '> ', '> '), 2);
    else parent.flow.block(text, this.#elements.some(({ name }) => name === 'li') ? 1 : 2);
  }

  #joinCell(parent: OpenElement, text: string): void {
    if (parent.name === 'tr') parent.cells.push(text);
    else parent.flow.block(text, 1);
  }
}

const VOID = new Set(['img', 'br', 'hr', 'input', 'meta', 'link', 'area', 'col', 'wbr']);

function element(name: string, attributes: Attributes): OpenElement {
  const start = name === 'ol' ? Number(attributes['start'] ?? 1) || 1 : 0;
  return { name, flow: new TextFlow(), href: (attributes['href'] ?? '').trim(), cells: [], next: start };
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
