import { HtmlParser } from '../../message/parts/html-parser.js';
import { tagOf, type HiddenTags } from './hidden-tags.js';

/** A mistake that MJML would silently ignore; its offset is in the text with hidden tags. */
interface OutlineFault {
  readonly offset: number;
  readonly what: string;
  readonly fix?: string;
}

interface MjmlOutline {
  /** The text with an `<mj-raw>`, which MJML prints in its place, around every tag between elements. */
  readonly text: string;
  readonly faults: readonly OutlineFault[];
  /** Placeholders that MJML may drop: those in comments, and in defaults that no element may use. */
  readonly optional: ReadonlySet<string>;
  /** Offsets of the styles that ask to be inlined. */
  readonly inlined: readonly number[];
}

/** Begins the content of `<mj-style>`, to tell it from the styles that MJML itself adds. */
export const OWN_STYLE = '/*mj-style*/';

const MAILS_OWN = { lang: '{{@locale}}', dir: '{{@dir}}' } as const;

/** Elements whose children are elements, and that keep an `<mj-raw>` in its place. MJML drops text between the children. */
const OPEN = new Set(
  'mj-body mj-section mj-wrapper mj-group mj-column mj-hero mj-navbar mj-social mj-accordion mj-accordion-element'.split(
    ' ',
  ),
);
/** Elements whose children are elements, and that refuse an `<mj-raw>` or move it elsewhere. */
const SHUT = new Set('mjml mj-head mj-attributes mj-html-attributes mj-selector mj-carousel'.split(' '));

/** The element with default attributes for other elements. */
const DEFAULTS = 'mj-attributes';

/** Finds the text and tags between elements, the includes and the missing end tags, none of which MJML reports. */
export function mjmlOutline(hidden: HiddenTags): MjmlOutline {
  return new OutlineReader(hidden).read();
}

interface OpenMjmlElement {
  readonly name: string;
  readonly offset: number;
}

interface Insertion {
  readonly offset: number;
  readonly text: string;
}

class OutlineReader {
  readonly #hidden: HiddenTags;
  readonly #parser: HtmlParser;
  readonly #open: OpenMjmlElement[] = [];
  /** Number of open `<mj-attributes>`. */
  #defaults = 0;
  /** Number of open elements at the beginning of an element that prints its content unchanged; undefined outside. */
  #contentDepth: number | undefined;
  readonly #insertions: Insertion[] = [];
  readonly #faults: OutlineFault[] = [];
  readonly #optional = new Set<string>();
  readonly #inlined: number[] = [];

  constructor(hidden: HiddenTags) {
    this.#hidden = hidden;
    this.#parser = new HtmlParser(
      {
        onopentag: (name, attributes) => this.#opened(name, attributes),
        onclosetag: (name, implied) => this.#closed(name, implied),
        ontext: (text) => this.#text(text),
        oncomment: (text) => this.#mayDrop(text),
      },
      // The options that MJML itself uses.
      {
        recognizeCDATA: true,
        decodeEntities: false,
        recognizeSelfClosing: true,
        lowerCaseAttributeNames: false,
      },
    );
  }

  read(): MjmlOutline {
    this.#parser.end(this.#hidden.text);
    return {
      text: inserted(this.#hidden.text, this.#insertions),
      faults: this.#faults,
      optional: this.#optional,
      inlined: this.#inlined,
    };
  }

  get #tag(): string {
    const { startIndex, endIndex } = this.#parser;
    return this.#hidden.text.slice(startIndex, endIndex + 1);
  }

  #opened(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#open.push({ name, offset: this.#parser.startIndex });
    if (name === DEFAULTS) this.#defaults += 1;
    if (this.#contentDepth !== undefined) return;
    if (name === 'mjml') this.#setLanguage(attributes);
    if (name === 'mj-include') {
      const fix = 'Use {{> partial}}, whose html stands as it is, or write the elements here';
      this.#faults.push({ offset: this.#parser.startIndex, what: 'mj-include is not followed here', fix });
    }
    if (this.#defaults > 0) this.#mayDrop(this.#tag);
    if (name === 'mj-style' && !this.#tag.endsWith('/>')) this.#style(attributes['inline'] === 'inline');
    if (!OPEN.has(name) && !SHUT.has(name)) this.#contentDepth = this.#open.length;
  }

  /** Adds the mail's language and direction if the template has none: MJML would write that they are unknown. */
  #setLanguage(attributes: Readonly<Record<string, string>>): void {
    const missing = Object.entries(MAILS_OWN).filter(([name]) => !(name in attributes));
    const text = missing.map(([name, value]) => ` ${name}="${value}"`).join('');
    this.#insertions.push({ offset: this.#parser.startIndex + '<mjml'.length, text });
  }

  /** Leaves inlining to `CssInliner`: MJML's own inliner hangs on selectors it does not know. */
  #style(inline: boolean): void {
    const { startIndex, endIndex } = this.#parser;
    if (inline) {
      this.#inlined.push(startIndex);
      // If an attribute is given twice, the first one counts.
      this.#insertions.push({ offset: startIndex + '<mj-style'.length, text: ' inline="no"' });
    }
    this.#insertions.push({ offset: endIndex + 1, text: OWN_STYLE });
  }

  #closed(name: string, implied: boolean): void {
    const own = this.#contentDepth === undefined || this.#contentDepth === this.#open.length;
    if (own) this.#contentDepth = undefined;
    const { offset = 0 } = this.#open.pop() ?? {};
    if (name === DEFAULTS) this.#defaults -= 1;
    if (!own || !implied || !/^mj(?:ml$|-)/.test(name) || this.#tag.endsWith('/>')) return;
    this.#faults.push({ offset, what: `<${name}> is never closed`, fix: `Add </${name}>` });
  }

  #text(text: string): void {
    const parent = this.#open.at(-1)?.name;
    if (this.#contentDepth !== undefined || parent === undefined) return;
    const start = this.#parser.endIndex + 1 - text.length;
    let end = 0;
    for (const { index, 0: placeholder } of text.matchAll(this.#hidden.pattern)) {
      this.#loose(text.slice(end, index), start + end);
      end = index + placeholder.length;
      if (tagOf(this.#hidden, placeholder).comment) continue;
      if (OPEN.has(parent)) this.#wrap(start + index, start + end);
      else this.#misplaced(parent, start + index);
    }
    this.#loose(text.slice(end), start + end);
  }

  #wrap(start: number, end: number): void {
    this.#insertions.push({ offset: start, text: '<mj-raw>' }, { offset: end, text: '</mj-raw>' });
  }

  #misplaced(parent: string, offset: number): void {
    const fix = 'Put it into an element that is printed, or around a whole one inside <mj-body>';
    this.#faults.push({ offset, what: `no tag can stand between the elements of <${parent}>`, fix });
  }

  #loose(text: string, offset: number): void {
    if (text.trim() === '') return;
    const what = 'MJML prints no text between elements';
    this.#faults.push({ offset: offset + text.search(/\S/), what, fix: 'Put it into <mj-text>' });
  }

  #mayDrop(text: string): void {
    for (const [placeholder] of text.matchAll(this.#hidden.pattern)) this.#optional.add(placeholder);
  }
}

/** @param insertions in the order of their offsets */
function inserted(text: string, insertions: readonly Insertion[]): string {
  let result = '';
  let end = 0;
  for (const { offset, text: more } of insertions) {
    result += text.slice(end, offset) + more;
    end = offset;
  }
  return result + text.slice(end);
}
