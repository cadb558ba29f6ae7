import { HtmlParser } from '../../message/parts/html-parser.js';
import { PARSER_OPTIONS } from './derived-text.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlattenedTemplate } from '../inline/flattened-template.js';
import { checkCharacters, laterPlaceholders } from '../inline/page-tokens.js';
import { checkHelper, ENDED_COMMENT, mayEnd, unbalanced } from '../inline/placeholder-positions.js';
import { readAttributes, TextMarkup, type Attributes } from './text-markup.js';
import { TextRecording, type TextAttribute, type PieceSteps, type ValueMode } from './text-steps.js';

/** Elements whose content is parsed by rules of its own. */
const FOREIGN = new Set(['svg', 'math']);
const RAW = new Set(['script', 'style', 'title', 'textarea', 'xmp']);

/**
 * Records the steps of each piece between the placeholders of a page.
 * @param html the page with its placeholders as tokens
 * @param markupHelpers names of the application's helpers that may print HTML
 * @throws {SlowPath} where the steps depend on values
 */
export function recordText(
  html: string,
  page: FlattenedTemplate,
  markupHelpers: ReadonlySet<string>,
): readonly PieceSteps[] {
  checkCharacters(page);
  checkSource(html, page);
  return new TextRecorder(html, page, markupHelpers).read();
}

function checkSource(html: string, { placeholderTokens, placeholders }: FlattenedTemplate): void {
  const completed = new RegExp(String.raw`([<&][#a-z0-9/!?[\]-]*)${placeholderTokens.pattern}`, 'i').exec(
    html,
  );
  if (!completed) return;
  const [, before = '', index] = completed;
  const place = placeholders[Number(index)]?.node.place;
  throw new SlowPath(`a tag follows "${before}", which it may complete`, place);
}

/** Reads a page as `deriveText` reads a mail, and notes the state of the reading at each placeholder. */
class TextRecorder {
  readonly #page: FlattenedTemplate;
  readonly #html: string;
  readonly #markupHelpers: ReadonlySet<string>;
  readonly #recording: TextRecording;
  readonly #markup: TextMarkup;
  readonly #parser: HtmlParser;
  /** Names of the open elements. */
  readonly #open: string[] = [];
  /** One for each placeholder; equal states read the same html the same way. */
  readonly #states: string[] = [];
  #attributes = new Set<string>();
  #insides = 0;

  constructor(html: string, page: FlattenedTemplate, markupHelpers: ReadonlySet<string>) {
    this.#html = html;
    this.#markupHelpers = markupHelpers;
    this.#page = page;
    this.#recording = new TextRecording((text) => page.placeholderTokens.isIn(text));
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

  read(): readonly PieceSteps[] {
    this.#parser.end(this.#html);
    if (this.#states.length !== this.#page.placeholders.length)
      throw this.#slow('a tag stands where no text is read');
    this.#checkBranches();
    return this.#recording.finish();
  }

  #openName(name: string): void {
    if (FOREIGN.has(name)) throw this.#slow(`it has <${name}>`);
    if (this.#hasPlaceholder(name)) throw this.#slow('a tag stands in the name of an element');
    this.#open.push(name);
    this.#attributes = new Set();
  }

  #attribute(name: string, value: string, quote: string | undefined | null): void {
    const twice = this.#attributes.has(name);
    this.#attributes.add(name);
    if (this.#hasPlaceholder(name)) throw this.#slow('a tag stands between attributes');
    if (!this.#hasPlaceholder(value)) return;
    if (quote === null) throw this.#slow(`a tag stands in an attribute without quotes, ${name}`);
    const attribute = twice ? undefined : this.#read(name);
    if (attribute) this.#capture(value, attribute);
    else this.#unread(value);
  }

  /** The attribute, if it decides about the text. */
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
    if (this.#hasPlaceholder(text) && this.#open.includes('xmp')) throw this.#slow('a tag stands in <xmp>');
    this.#split(text, this.#markup.mode, '', (piece) => this.#markup.text(piece));
  }

  #close(name: string): void {
    this.#open.pop();
    this.#markup.close(name);
  }

  #comment(comment: string): void {
    if (!this.#hasPlaceholder(comment)) return;
    if (comment.startsWith('[CDATA[')) throw this.#slow('a tag stands in CDATA');
    if (mayEnd(`<!--${comment}-->`, this.#page)) throw this.#slow(ENDED_COMMENT);
    this.#unread(comment);
  }

  /** Text that readers of the mail never see. */
  #unread(text: string): void {
    this.#split(text, 'nothing', this.#inside(), () => undefined);
  }

  /** A state of its own for the inside of an attribute or comment. */
  #inside(): string {
    this.#insides += 1;
    return `in ${this.#insides}`;
  }

  #split(text: string, mode: ValueMode, inside: string, piece: (text: string) => void): void {
    const tokens = new RegExp(this.#page.placeholderTokens.pattern, 'g');
    let end = 0;
    for (const match of text.matchAll(tokens)) {
      piece(text.slice(end, match.index));
      end = match.index + match[0].length;
      this.#placeholder(Number(match[1]), mode, inside);
    }
    piece(text.slice(end));
  }

  #placeholder(index: number, mode: ValueMode, inside: string): void {
    if (index !== this.#states.length) throw this.#slow('a tag stands where no text is read');
    if (mode === 'words' || mode === 'verbatim')
      checkHelper(this.#page.placeholders[index], this.#markupHelpers);
    this.#states.push([...this.#open, this.#markup.state, inside].join(' '));
    this.#recording.endPiece(mode);
  }

  /** Checks that html behind a block is read the same way, however often the block is printed. */
  #checkBranches(): void {
    for (const { placeholder, index, opened } of laterPlaceholders(this.#page.placeholders)) {
      if (placeholder.branches && this.#states[index] !== this.#states[opened])
        throw this.#slow(unbalanced(placeholder), placeholder);
    }
  }

  /** @param placeholder the one that the reason is about; by default the next, which is near */
  #slow(reason: string, placeholder = this.#page.placeholders[this.#states.length]): SlowPath {
    return new SlowPath(reason, placeholder?.node.place);
  }

  #hasPlaceholder(text: string): boolean {
    return this.#page.placeholderTokens.isIn(text);
  }
}
