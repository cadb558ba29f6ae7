import type { Visibility } from './text-visibility.js';

/** Line breaks before and after a block; two make a blank line. */
const BREAKS: Readonly<Record<string, number>> = {
  ...breaks(2, 'p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote figure fieldset'),
  ...breaks(
    1,
    'div section article header footer main nav aside address center form tr td th dt dd figcaption caption',
  ),
};

const SKIPPED = new Set(['head', 'style', 'script', 'title', 'template', 'svg', 'textarea']);
const GATHERED = new Set(['a', 'li', 'ul', 'ol', 'table', 'tr', 'td', 'th', 'blockquote']);
/** The attributes of each element that decide about the text, besides `style`. */
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

export function readAttributes(name: string): readonly ReadAttribute[] {
  return READ[name] ?? [];
}

/** An element whose text is put together before it joins the text around it. */
export interface GatheredElement {
  readonly name: string;
  /** Line breaks around it if it is too deep to be gathered. */
  readonly breaks: number;
  /** Whether its words can be seen, unless an element inside says otherwise. */
  readonly seen: boolean;
  /** As written. */
  readonly attributes: ReadAttributes;
}

/** Receives the words and line breaks in one element. */
interface FlowWriter {
  /** Words with white space as HTML has it: any amount is one space, and none at the start of a line. */
  text(text: string): void;
  /** Text whose spaces and line breaks count. */
  verbatim(text: string): void;
  /** At least this many line breaks before the next words. */
  breaks(count: number): void;
  lineBreak(): void;
}

/** Receives the visible content of markup. */
export interface TextWriter {
  /** The innermost open element. */
  readonly flow: FlowWriter;
  image(alt: string): void;
  /** A line across the page. */
  rule(): void;
  begin(element: GatheredElement): void;
  /** Ends the innermost open element of this name, if there is one. */
  end(name: string): void;
  /** The visibility that a `style` attribute gives an element. */
  visibility(around: Visibility, name: string, style: string): Visibility;
}

/** How text is read at a place: `verbatim` in `<pre>`, `nothing` where it is hidden. */
export type TextMode = 'words' | 'verbatim' | 'nothing';

/** Reads markup and passes on its visible content. */
export class TextMarkup {
  readonly #writer: TextWriter;
  #skipping = '';
  #skipDepth = 0;
  #preformatted = 0;
  /** The visibility of words in each open element. */
  readonly #visibilities: Visibility[] = [];

  constructor(writer: TextWriter) {
    this.#writer = writer;
  }

  get mode(): TextMode {
    if (this.#skipDepth > 0 || this.#around !== 'visible') return 'nothing';
    return this.#preformatted > 0 ? 'verbatim' : 'words';
  }

  /** Equal at two places if the same markup is read the same way at both. */
  get state(): string {
    const skipping = this.#skipDepth > 0 ? `${this.#skipping} ${this.#skipDepth}` : '';
    return `${skipping} ${this.#preformatted} ${this.#visibilities.join()}`;
  }

  open(name: string, attributes: Attributes): void {
    const visibility = this.#visibility(name, attributes);
    const skipped = this.#skip(name, visibility);
    this.#visibilities.push(visibility === 'hidden' ? this.#around : visibility);
    if (!skipped) this.#show(name, attributes);
  }

  text(text: string): void {
    const { mode } = this;
    if (mode === 'verbatim') this.#writer.flow.verbatim(text.replaceAll('\r\n', '\n'));
    else if (mode === 'words') this.#writer.flow.text(text);
  }

  close(name: string): void {
    this.#visibilities.pop();
    if (this.#skipDepth > 0) {
      if (name === this.#skipping) this.#skipDepth -= 1;
      return;
    }
    if (name === 'pre') this.#preformatted = Math.max(this.#preformatted - 1, 0);
    if (GATHERED.has(name)) this.#writer.end(name);
    else this.#breaks(name);
  }

  #show(name: string, attributes: Attributes): void {
    if (name === 'br') this.#writer.flow.lineBreak();
    else if (name === 'img') this.#writer.image(attributes['alt'] ?? '');
    else if (name === 'hr') this.#writer.rule();
    else if (GATHERED.has(name)) this.#writer.begin(this.#gathered(name, attributes));
    else this.#breaks(name);
    if (name === 'pre') this.#preformatted += 1;
  }

  #breaks(name: string): void {
    const count = BREAKS[name];
    if (count !== undefined) this.#writer.flow.breaks(count);
  }

  get #around(): Visibility {
    return this.#visibilities.at(-1) ?? 'visible';
  }

  #visibility(name: string, attributes: Attributes): Visibility {
    const { style } = attributes;
    if (this.#skipDepth > 0) return this.#around;
    if (SKIPPED.has(name) || 'hidden' in attributes) return 'hidden';
    return style === undefined ? this.#around : this.#writer.visibility(this.#around, name, style);
  }

  /** Whether the element is left out; if so, notes it and counts down to its end. */
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
    return { name, breaks, seen: this.#around === 'visible', attributes: read(name, attributes) };
  }
}

const NONE: ReadAttributes = {};

function read(name: string, attributes: Attributes): ReadAttributes {
  const keys = READ[name]?.filter((key) => attributes[key] !== undefined) ?? [];
  return keys.length === 0 ? NONE : Object.fromEntries(keys.map((key) => [key, attributes[key]]));
}
