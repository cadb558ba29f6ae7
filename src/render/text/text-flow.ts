const SPACES = /[ \t\r\n\f\u00a0]+/g;
/** Matches text whose white space has to be collapsed. */
const UNEVEN = /[\t\r\n\f\u00a0]|^ | $| {2}/;
const ENDS_IN_WORD = /[\p{L}\p{M}\p{N}]$/u;
/** Matches text that may follow an image or an address without a space. */
const CLOSING = /^[\s\p{Pe}\p{Pf},.;:!?…'"]/u;

/** A text with its white space collapsed; `before` and `after` tell whether it began and ended with any. */
export interface FlowingText {
  readonly before: boolean;
  readonly words: string;
  readonly after: boolean;
}

/** Collapses white space as HTML does. */
export function flowing(text: string): FlowingText {
  const even = text.replace(SPACES, ' ');
  return { before: even.startsWith(' '), words: even.replace(/^ | $/g, ''), after: even.endsWith(' ') };
}

/** Builds text from words and blocks, with white space as HTML collapses it. */
export class TextFlow {
  #text = '';
  /** The end of the text, kept apart because V8 copies a growing string whenever one looks into it. */
  #last = '';
  /** Line breaks wanted before the first words. */
  #lead = 0;
  #breaks = 0;
  #space = false;
  #startsWithSpace = false;
  #startsWithImage = false;
  /** Whether it ends in an image or an address, which no word may touch. */
  #endsApart = false;
  /** Whether lines may end in spaces, or several blank lines follow each other. */
  #rough = false;

  text(text: string): void {
    if (!UNEVEN.test(text)) return this.words(text);
    const { before, words, after } = flowing(text);
    if (before) this.space();
    this.words(words);
    if (after) this.space();
  }

  /** Does the same as `text`, for words whose white space is already collapsed. */
  words(words: string): void {
    if (words !== '') this.#append(words);
  }

  image(alt: string): void {
    const { before, words, after } = flowing(alt);
    if (words === '') return this.text(alt);
    if (before) this.space();
    this.#append(words, true);
    this.#endsApart = true;
    if (after) this.space();
  }

  space(): void {
    if (this.#text === '') this.#startsWithSpace = true;
    this.#space = true;
  }

  verbatim(text: string): void {
    if (text === '') return;
    this.#rough = true;
    this.#append(text);
  }

  /** Adds a link with the white space that its flow began and ended with. */
  link(text: string, flow: TextFlow, endsInAddress: boolean): void {
    this.breaks(flow.#lead);
    if (flow.#startsWithSpace) this.space();
    if (text !== '') this.#append(text, flow.#startsWithImage);
    if (text !== '') this.#endsApart = endsInAddress || flow.#endsApart;
    this.breaks(flow.#breaks);
    if (flow.#space) this.space();
  }

  /** Adds a finished text on lines of its own. */
  block(text: string, breaks: number): void {
    this.breaks(breaks);
    if (text !== '') this.#append(text);
    this.breaks(breaks);
  }

  /** Adds the text of another flow as if it had been built here. */
  section(flow: TextFlow, text = flow.finish()): void {
    this.breaks(flow.#lead);
    if (text !== '') this.#append(text);
    this.breaks(flow.#breaks);
  }

  /** Wants at least this many line breaks before the next words. */
  breaks(count: number): void {
    if (count > this.#breaks) this.#breaks = count;
  }

  lineBreak(): void {
    this.#breaks += 1;
  }

  /** Notes that the text may have white space to be put in order at the end. */
  roughen(): void {
    this.#rough = true;
  }

  /** The text without blank space at its ends, and with no more than one blank line at a time. */
  finish(): string {
    if (!this.#rough) return this.#text.trimEnd();
    return this.#text
      .split('\n')
      .map(withoutTrailingBlanks)
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+/, '')
      .trimEnd();
  }

  #append(piece: string, isImage = false): void {
    if (this.#text === '') {
      this.#lead = this.#breaks;
      this.#startsWithImage = isImage;
    } else this.#text += this.#separator(piece, isImage);
    this.#text += piece;
    this.#last = piece;
    this.#breaks = 0;
    this.#space = false;
    this.#endsApart = false;
  }

  #separator(piece: string, isImage: boolean): string {
    if (this.#breaks > 0) return this.#breaks === 1 ? '\n' : '\n\n';
    if (this.#space) return ' ';
    const touches = this.#endsApart
      ? !CLOSING.test(piece)
      : isImage && ENDS_IN_WORD.test(this.#last.slice(-2));
    return touches ? ' ' : '';
  }
}

/** Not a pattern: one would try to match from each of many spaces in turn. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(0, end);
}
