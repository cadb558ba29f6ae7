import { HtmlParser } from '../../message/parts/html-parser.js';
import { PARSER_OPTIONS } from './derived-text.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlatPage } from '../inline/flat-page.js';
import { checkCharacters, laterMarks } from '../inline/marked-html.js';
import { checkHelper, ENDED_COMMENT, mayEnd, unbalanced } from '../inline/mark-places.js';
import { readAttributes, TextMarkup, type Attributes } from './text-markup.js';
import { TextRecording, type TextAttribute, type TextSteps, type ValueReading } from './text-step.js';

/** Their content is parsed by rules of its own. */
const FOREIGN = new Set(['svg', 'math']);
const RAW = new Set(['script', 'style', 'title', 'textarea', 'xmp']);

/**
 * What each piece between the marks of a page means for the text that is derived from it.
 * @param html the page with bare words for marks
 * @param markupHelpers the application's helpers that may print HTML
 * @throws {SlowPath} where that depends on what is printed
 */
export function markedText(
  html: string,
  page: FlatPage,
  markupHelpers: ReadonlySet<string>,
): readonly TextSteps[] {
  checkCharacters(page);
  checkSource(html, page);
  return new MarkedText(html, page, markupHelpers).read();
}

function checkSource(html: string, { words, marks, places }: FlatPage): void {
  const completed = new RegExp(String.raw`([<&][#a-z0-9/!?[\]-]*)${words.pattern}`, 'i').exec(html);
  if (!completed) return;
  const [, before = '', index] = completed;
  const place = places.of(marks[Number(index)]?.node);
  throw new SlowPath(`a tag follows "${before}", which it may complete`, place);
}

/** Reads a page as `deriveText` reads a mail, and notes at each mark how things stand. */
class MarkedText {
  readonly #page: FlatPage;
  readonly #html: string;
  readonly #markupHelpers: ReadonlySet<string>;
  readonly #recording: TextRecording;
  readonly #markup: TextMarkup;
  readonly #parser: HtmlParser;
  /** Names of the open elements. */
  readonly #open: string[] = [];
  /** Per mark: equal where what follows is read the same way. */
  readonly #states: string[] = [];
  #attributes = new Set<string>();
  #insides = 0;

  constructor(html: string, page: FlatPage, markupHelpers: ReadonlySet<string>) {
    this.#html = html;
    this.#markupHelpers = markupHelpers;
    this.#page = page;
    this.#recording = new TextRecording((text) => page.words.isIn(text));
    this.#markup = new TextMarkup(this.#recording);
    this.#parser = new HtmlParser(
      {
        onopentagname: (name) => this.#openName(name),
        onattribute: (name, value, quote) => this.#attribute(name, value, quote),
        onopentag: (name, attributes) => this.#openTag(name, attributes),
        ontext: (text) => this.#text(text),
        onclosetag: (name) => this.#close(name),
        oncomment: (comment) => this.#comment(comment),
        onprocessinginstruction: (_, text) => this.#unread(text),
      },
      PARSER_OPTIONS,
    );
  }

  read(): readonly TextSteps[] {
    this.#parser.end(this.#html);
    if (this.#states.length !== this.#page.marks.length)
      throw this.#slow('a tag stands where no text is read');
    this.#checkBranches();
    return this.#recording.finish();
  }

  #openName(name: string): void {
    if (FOREIGN.has(name)) throw this.#slow(`it has <${name}>`);
    if (this.#isMarked(name)) throw this.#slow('a tag stands in the name of an element');
    this.#open.push(name);
    this.#attributes = new Set();
  }

  #attribute(name: string, value: string, quote: string | undefined | null): void {
    const twice = this.#attributes.has(name);
    this.#attributes.add(name);
    if (this.#isMarked(name)) throw this.#slow('a tag stands between attributes');
    if (!this.#isMarked(value)) return;
    if (quote === null) throw this.#slow(`a tag stands in an attribute without quotes, ${name}`);
    const attribute = twice ? undefined : this.#read(name);
    if (attribute) this.#capture(value, attribute);
    else this.#unread(value);
  }

  /** The attribute, if it says something for the text. */
  #read(name: string): TextAttribute | undefined {
    if (name === 'style') return name;
    return readAttributes(this.#open.at(-1) ?? '').find((attribute) => attribute === name);
  }

  #capture(value: string, attribute: TextAttribute): void {
    this.#recording.beginCapture(attribute);
    this.#split(value, 'capture', this.#inside(), (text) => this.#recording.capture(text));
    this.#recording.endCapture();
  }

  #openTag(name: string, attributes: Attributes): void {
    const end = this.#parser.endIndex;
    if (RAW.has(name) && this.#html[end - 1] === '/') throw this.#slow(`it has <${name}/>`);
    this.#markup.open(name, attributes);
  }

  #text(text: string): void {
    if (this.#isMarked(text) && this.#open.includes('xmp')) throw this.#slow('a tag stands in <xmp>');
    this.#split(text, this.#markup.reading, '', (piece) => this.#markup.text(piece));
  }

  #close(name: string): void {
    this.#open.pop();
    this.#markup.close(name);
  }

  #comment(comment: string): void {
    if (!this.#isMarked(comment)) return;
    if (comment.startsWith('[CDATA[')) throw this.#slow('a tag stands in CDATA');
    if (mayEnd(`<!--${comment}-->`, this.#page)) throw this.#slow(ENDED_COMMENT);
    this.#unread(comment);
  }

  /** What is there for machines. */
  #unread(text: string): void {
    this.#split(text, 'nothing', this.#inside(), () => undefined);
  }

  /** A name for the inside of an attribute or comment. */
  #inside(): string {
    this.#insides += 1;
    return `in ${this.#insides}`;
  }

  #split(text: string, reading: ValueReading, inside: string, piece: (text: string) => void): void {
    const words = new RegExp(this.#page.words.pattern, 'g');
    let end = 0;
    for (const match of text.matchAll(words)) {
      piece(text.slice(end, match.index));
      end = match.index + match[0].length;
      this.#mark(Number(match[1]), reading, inside);
    }
    piece(text.slice(end));
  }

  #mark(index: number, reading: ValueReading, inside: string): void {
    if (index !== this.#states.length) throw this.#slow('a tag stands where no text is read');
    if (reading === 'words' || reading === 'verbatim')
      checkHelper(this.#page.marks[index], this.#page, this.#markupHelpers);
    this.#states.push([...this.#open, this.#markup.state, inside].join(' '));
    this.#recording.mark(reading);
  }

  /** However a block is printed, what follows has to be read the same way. */
  #checkBranches(): void {
    for (const { mark, index, opened } of laterMarks(this.#page.marks)) {
      if (mark.branches && this.#states[index] !== this.#states[opened])
        throw this.#slow(unbalanced(mark), mark);
    }
  }

  /** Unless it is told which, the reason is near the mark that is to come. */
  #slow(reason: string, mark = this.#page.marks[this.#states.length]): SlowPath {
    return new SlowPath(reason, this.#page.places.of(mark?.node));
  }

  #isMarked(text: string): boolean {
    return this.#page.words.isIn(text);
  }
}
