import type { Visibility } from './text-visibility.js';

/** Blank lines before and after a block: 2 line breaks make one. */
const BREAKS: Readonly<Record<string, number>> = {
  ...breaks(2, 'p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote figure fieldset'),
  ...breaks(
    1,
    'div section article header footer main nav aside address center form tr td th dt dd figcaption caption',
  ),
};

const SKIPPED = new Set(['head', 'style', 'script', 'title', 'template', 'svg', 'textarea']);
const GATHERED = new Set(['a', 'li', 'ul', 'ol', 'table', 'tr', 'td', 'th', 'blockquote']);
/** The attributes that say something for the text, besides `style`. */
const READ: Readonly<Record<string, readonly ReadAttribute[]>> = {
  a: ['href'],
  img: ['alt'],
  ol: ['start', 'type'],
  li: ['value'],
  td: ['colspan'],
  th: ['colspan'],
};
const VOID = new Set(['img', 'br', 'hr', 'input', 'meta', 'link', 'area', 'col', 'wbr']);

function breaks(count: number, names: string): Readonly<Record<string, number>> {
  return Object.fromEntries(names.split(' ').map((name): [string, number] => [name, count]));
}

export type Attributes = Readonly<Record<string, string>>;

export type ReadAttribute = 'alt' | 'colspan' | 'href' | 'start' | 'type' | 'value';
export type ReadAttributes = Readonly<Partial<Record<ReadAttribute, string>>>;

/** Which attributes of an element say something for the text, besides `style`. */
export function readAttributes(name: string): readonly ReadAttribute[] {
  return READ[name] ?? [];
}

/** An element whose text is put together before it joins the text around it. */
export interface GatheredElement {
  readonly name: string;
  /** Line breaks around it where it is a block like any other. */
  readonly breaks: number;
  /** Whether words in it can be seen, unless something in it says otherwise. */
  readonly seen: boolean;
  /** As written. */
  readonly attributes: ReadAttributes;
}

/** Receives the visible pieces of markup, and puts the text together. */
export interface TextWriter {
  /** Words to be flowed; white space is one space, and none at a line's start. */
  words(text: string): void;
  /** Text whose spaces and line breaks count. */
  verbatim(text: string): void;
  /** At least this many line breaks before what comes next. */
  breaks(count: number): void;
  lineBreak(): void;
  image(alt: string): void;
  /** A line across the page. */
  rule(): void;
  begin(element: GatheredElement): void;
  /** Ends the innermost open element of this name, if there is one. */
  end(name: string): void;
  /** How an element with a `style` attribute is seen. */
  visibility(around: Visibility, name: string, style: string): Visibility;
}

/** How text at the present place is read. */
export type TextReading = 'words' | 'verbatim' | 'nothing';

/** Reads the text of markup, without hidden elements and those that are not meant to be read. */
export class TextMarkup {
  readonly #writer: TextWriter;
  #skipping = '';
  #skipDepth = 0;
  #preformatted = 0;
  /** How words are seen in each of the open elements. */
  readonly #visible: Visibility[] = [];

  constructor(writer: TextWriter) {
    this.#writer = writer;
  }

  get reading(): TextReading {
    if (this.#skipDepth > 0 || this.#around !== 'seen') return 'nothing';
    return this.#preformatted > 0 ? 'verbatim' : 'words';
  }

  /** Equal where the same markup will be read the same way. */
  get state(): string {
    const skipping = this.#skipDepth > 0 ? `${this.#skipping} ${this.#skipDepth}` : '';
    return `${skipping} ${this.#preformatted} ${this.#visible.join()}`;
  }

  open(name: string, attributes: Attributes): void {
    const visibility = this.#visibility(name, attributes);
    const skipped = this.#skip(name, visibility);
    this.#visible.push(visibility === 'hidden' ? this.#around : visibility);
    if (!skipped) this.#show(name, attributes);
  }

  text(text: string): void {
    const { reading } = this;
    if (reading === 'verbatim') this.#writer.verbatim(text.replaceAll('\r\n', '\n'));
    else if (reading === 'words') this.#writer.words(text);
  }

  close(name: string): void {
    this.#visible.pop();
    if (this.#skipDepth > 0) {
      if (name === this.#skipping) this.#skipDepth -= 1;
      return;
    }
    if (name === 'pre') this.#preformatted = Math.max(this.#preformatted - 1, 0);
    if (GATHERED.has(name)) this.#writer.end(name);
    else this.#breaks(name);
  }

  #show(name: string, attributes: Attributes): void {
    if (name === 'br') this.#writer.lineBreak();
    else if (name === 'img') this.#writer.image(attributes['alt'] ?? '');
    else if (name === 'hr') this.#writer.rule();
    else if (GATHERED.has(name)) this.#writer.begin(this.#gathered(name, attributes));
    else this.#breaks(name);
    if (name === 'pre') this.#preformatted += 1;
  }

  #breaks(name: string): void {
    const count = BREAKS[name];
    if (count !== undefined) this.#writer.breaks(count);
  }

  get #around(): Visibility {
    return this.#visible.at(-1) ?? 'seen';
  }

  #visibility(name: string, attributes: Attributes): Visibility {
    const { style } = attributes;
    if (this.#skipDepth > 0) return this.#around;
    if (SKIPPED.has(name) || 'hidden' in attributes) return 'hidden';
    return style === undefined ? this.#around : this.#writer.visibility(this.#around, name, style);
  }

  /** Whether what is there from this element on is left out. */
  #skip(name: string, visibility: Visibility): boolean {
    if (this.#skipDepth > 0) {
      // A head that was never closed ends where the body starts.
      if (name === 'body' && this.#skipping === 'head') this.#skipDepth = 0;
      else if (name === this.#skipping) this.#skipDepth += 1;
      return this.#skipDepth > 0;
    }
    if (visibility !== 'hidden') return false;
    if (VOID.has(name)) return true;
    this.#skipping = name;
    this.#skipDepth = 1;
    return true;
  }

  #gathered(name: string, attributes: Attributes): GatheredElement {
    const { [name]: breaks = 0 } = BREAKS;
    return { name, breaks, seen: this.#around === 'seen', attributes: read(name, attributes) };
  }
}

const NONE: ReadAttributes = {};

function read(name: string, attributes: Attributes): ReadAttributes {
  const keys = READ[name]?.filter((key) => attributes[key] !== undefined) ?? [];
  return keys.length === 0 ? NONE : Object.fromEntries(keys.map((key) => [key, attributes[key]]));
}
