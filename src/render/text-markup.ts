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
const GATHERED = new Set(['a', 'li', 'ul', 'ol', 'tr', 'td', 'th', 'blockquote']);
const VOID = new Set(['img', 'br', 'hr', 'input', 'meta', 'link', 'area', 'col', 'wbr']);

function breaks(count: number, names: string): Readonly<Record<string, number>> {
  return Object.fromEntries(names.split(' ').map((name): [string, number] => [name, count]));
}

export type Attributes = Readonly<Record<string, string>>;

/** An element whose text is put together before it joins the text around it. */
export interface GatheredElement {
  readonly name: string;
  /** Line breaks around it where it is a block like any other. */
  readonly breaks: number;
  readonly href: string;
  /** Number of the first item of a list, as written. */
  readonly start: string;
}

/** Whoever puts the text together, told what is to be seen in it. */
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
  /** Whether the value of a `style` attribute hides its element. */
  isHidden(style: string): boolean;
}

/** How text at the present place is read. */
export type TextReading = 'words' | 'verbatim' | 'nothing';

export function hidesElement(style: string): boolean {
  return HIDDEN.test(style);
}

/** What a reader of plain text is told of markup: elements that are hidden, or not meant to be read, are left out. */
export class TextMarkup {
  readonly #writer: TextWriter;
  #skipping = '';
  #skipDepth = 0;
  #preformatted = 0;

  constructor(writer: TextWriter) {
    this.#writer = writer;
  }

  get reading(): TextReading {
    if (this.#skipDepth > 0) return 'nothing';
    return this.#preformatted > 0 ? 'verbatim' : 'words';
  }

  /** Equal where the same markup will be read the same way. */
  get state(): string {
    const skipping = this.#skipDepth > 0 ? `${this.#skipping} ${this.#skipDepth}` : '';
    return `${skipping} ${this.#preformatted}`;
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skip(name, attributes)) return;
    if (name === 'br') this.#writer.lineBreak();
    else if (name === 'img') this.#writer.image(attributes['alt'] ?? '');
    else if (name === 'hr') this.#writer.rule();
    else if (GATHERED.has(name)) this.#writer.begin(gathered(name, attributes));
    else this.#breaks(name);
    if (name === 'pre') this.#preformatted += 1;
  }

  text(text: string): void {
    if (this.#skipDepth > 0) return;
    if (this.#preformatted > 0) this.#writer.verbatim(text.replaceAll('\r\n', '\n'));
    else this.#writer.words(text);
  }

  close(name: string): void {
    if (this.#skipDepth > 0) {
      if (name === this.#skipping) this.#skipDepth -= 1;
      return;
    }
    if (name === 'pre') this.#preformatted = Math.max(this.#preformatted - 1, 0);
    if (GATHERED.has(name)) this.#writer.end(name);
    else this.#breaks(name);
  }

  #breaks(name: string): void {
    const count = BREAKS[name];
    if (count !== undefined) this.#writer.breaks(count);
  }

  #skip(name: string, attributes: Attributes): boolean {
    if (this.#skipDepth > 0) {
      // A head that was never closed ends where the body starts.
      if (name === 'body' && this.#skipping === 'head') this.#skipDepth = 0;
      else if (name === this.#skipping) this.#skipDepth += 1;
      return this.#skipDepth > 0;
    }
    if (!SKIPPED.has(name) && !this.#isHidden(attributes)) return false;
    if (VOID.has(name)) return true;
    this.#skipping = name;
    this.#skipDepth = 1;
    return true;
  }

  #isHidden(attributes: Attributes): boolean {
    const { style } = attributes;
    return 'hidden' in attributes || (style !== undefined && this.#writer.isHidden(style));
  }
}

function gathered(name: string, attributes: Attributes): GatheredElement {
  const href = name === 'a' ? attributes['href'] : undefined;
  const start = name === 'ol' ? attributes['start'] : undefined;
  return { name, breaks: BREAKS[name] ?? 0, href: href ?? '', start: start ?? '' };
}
