import { HtmlParser } from '../../message/parts/html-parser.js';
import { tagOf, type HiddenTags } from './hidden-tags.js';

/** Something MJML would pass over in silence, at an offset of the text it is given. */
export interface OutlineFault {
  readonly offset: number;
  readonly what: string;
  readonly fix?: string;
}

export interface MjmlOutline {
  /** The text with every tag that stands between elements inside an `<mj-raw>`, which MJML prints where it is. */
  readonly text: string;
  readonly faults: readonly OutlineFault[];
  /** Words that need not come out again: in comments, and in defaults that nothing may use. */
  readonly optional: ReadonlySet<string>;
  /** Where styles stand that are to be inlined whatever the options say. */
  readonly inlined: readonly number[];
}

/** Begins what `<mj-style>` holds, to tell it from the styles MJML itself adds. */
export const OWN_STYLE = '/*mj-style*/';

const MAILS_OWN = { lang: '{{@locale}}', dir: '{{@dir}}' } as const;

/** Elements whose children are elements; MJML drops text between them. In these an `<mj-raw>` may stand, and stays in its place. */
const OPEN = new Set(
  'mj-body mj-section mj-wrapper mj-group mj-column mj-hero mj-navbar mj-social mj-accordion mj-accordion-element'.split(
    ' ',
  ),
);
/** In these it may not, or MJML moves it elsewhere. */
const SHUT = new Set('mjml mj-head mj-attributes mj-html-attributes mj-selector mj-carousel'.split(' '));

/** Holds what elements of a kind have where they say nothing. */
const DEFAULTS = 'mj-attributes';

/** Reads MJML for what is not an element of its own: text and tags between elements, includes, ends left out. */
export function mjmlOutline(hidden: HiddenTags): MjmlOutline {
  return new OutlineReader(hidden).read();
}

interface OpenElement {
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
  readonly #open: OpenElement[] = [];
  /** How many open elements are `<mj-attributes>`. */
  #defaults = 0;
  /** How many elements are open around the content of an element that prints it as it is. */
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
        oncomment: (text) => this.#leave(text),
      },
      // As MJML reads it.
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
    if (name === 'mjml') this.#speak(attributes);
    if (name === 'mj-include') {
      const fix = 'Use {{> partial}}, whose html stands as it is, or write the elements here';
      this.#faults.push({ offset: this.#parser.startIndex, what: 'mj-include is not followed here', fix });
    }
    if (this.#defaults > 0) this.#leave(this.#tag);
    if (name === 'mj-style' && !this.#tag.endsWith('/>')) this.#style(attributes['inline'] === 'inline');
    if (!OPEN.has(name) && !SHUT.has(name)) this.#contentDepth = this.#open.length;
  }

  /** MJML would say that the language is not known; where the template says nothing, it is the mail's. */
  #speak(attributes: Readonly<Record<string, string>>): void {
    const missing = Object.entries(MAILS_OWN).filter(([name]) => !(name in attributes));
    const text = missing.map(([name, value]) => ` ${name}="${value}"`).join('');
    this.#insertions.push({ offset: this.#parser.startIndex + '<mjml'.length, text });
  }

  /** Inlined with all other styles of the page: MJML's own inliner hangs on selectors it does not know. */
  #style(inline: boolean): void {
    const { startIndex, endIndex } = this.#parser;
    if (inline) {
      this.#inlined.push(startIndex);
      // Of an attribute that stands twice, the first counts.
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
    for (const { index, 0: word } of text.matchAll(this.#hidden.pattern)) {
      this.#loose(text.slice(end, index), start + end);
      end = index + word.length;
      if (tagOf(this.#hidden, word).comment) continue;
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

  #leave(text: string): void {
    for (const [word] of text.matchAll(this.#hidden.pattern)) this.#optional.add(word);
  }
}

/** Insertions come in the order of their offsets. */
function inserted(text: string, insertions: readonly Insertion[]): string {
  let result = '';
  let end = 0;
  for (const { offset, text: more } of insertions) {
    result += text.slice(end, offset) + more;
    end = offset;
  }
  return result + text.slice(end);
}
