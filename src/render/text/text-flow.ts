const SPACES = /[ \t\r\n\f\u00a0]+/g;
/** Whether white space has to be put in order before words can be taken as they are. */
const UNEVEN = /[\t\r\n\f\u00a0]|^ | $| {2}/;
const ENDS_IN_WORD = /[\p{L}\p{M}\p{N}]$/u;
/** May stand right behind an image or an address. */
const CLOSING = /^[\s\p{Pe}\p{Pf},.;:!?…'"]/u;

/** A text with its white space collapsed, and whether there was some at its ends. */
export interface FlowingText {
  readonly before: boolean;
  readonly words: string;
  readonly after: boolean;
}

/** White space as HTML collapses it. */
export function flowing(text: string): FlowingText {
  const even = text.replace(SPACES, ' ');
  return { before: even.startsWith(' '), words: even.replace(/^ | $/g, ''), after: even.endsWith(' ') };
}

/** Puts text together from words and blocks, as HTML collapses white space. */
export class TextFlow {
  #text = '';
  /** What it ends with: to look into a text that grows would copy it each time. */
  #last = '';
  /** Line breaks that are wanted before its first words. */
  #lead = 0;
  #breaks = 0;
  #space = false;
  #startsWithSpace = false;
  #startsWithImage = false;
  /** It ends in an image or an address, which no word may touch. */
  #endsApart = false;
  /** Its lines may end in spaces, or be blank more than once. */
  #rough = false;

  /** Words to be flowed; white space is one space, and none at a line's start. */
  text(text: string): void {
    if (!UNEVEN.test(text)) return this.words(text);
    const { before, words, after } = flowing(text);
    if (before) this.space();
    this.words(words);
    if (after) this.space();
  }

  /** Words whose white space is collapsed already. */
  words(words: string): void {
    if (words !== '') this.#append(words);
  }

  /** What is shown in the place of an image. */
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

  /** Text whose spaces and line breaks count. */
  verbatim(text: string): void {
    if (text === '') return;
    this.#rough = true;
    this.#append(text);
  }

  /** A link, with the white space its flow began and ended with. */
  link(text: string, flow: TextFlow, endsInAddress: boolean): void {
    this.breaks(flow.#lead);
    if (flow.#startsWithSpace) this.space();
    if (text !== '') this.#append(text, flow.#startsWithImage);
    if (text !== '') this.#endsApart = endsInAddress || flow.#endsApart;
    this.breaks(flow.#breaks);
    if (flow.#space) this.space();
  }

  /** A finished piece on lines of its own. */
  block(text: string, breaks: number): void {
    this.breaks(breaks);
    if (text !== '') this.#append(text);
    this.breaks(breaks);
  }

  /** What was put together elsewhere, as if it had been put together here. */
  section(flow: TextFlow, text = flow.finish()): void {
    this.breaks(flow.#lead);
    if (text !== '') this.#append(text);
    this.breaks(flow.#breaks);
  }

  /** At least this many line breaks before what comes next. */
  breaks(count: number): void {
    if (count > this.#breaks) this.#breaks = count;
  }

  lineBreak(): void {
    this.#breaks += 1;
  }

  /** What was appended may hold white space of any kind. */
  roughen(): void {
    this.#rough = true;
  }

  /** The text, without blank space at its ends and with single blank lines. */
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

/** Without spaces and tabs at its end; a pattern would try each of them in turn. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(0, end);
}
