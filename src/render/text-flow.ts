const SPACES = /[ \t\r\n\f\u00a0]+/g;
/** Whether white space has to be put in order before words can be taken as they are. */
const UNEVEN = /[\t\r\n\f\u00a0]|^ | $| {2}/;

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
  #breaks = 0;
  #space = false;
  #startsWithSpace = false;
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

  /** A finished piece inside a line, with the spaces its own flow began and ended with. */
  inline(text: string, flow: TextFlow): void {
    if (flow.#startsWithSpace) this.space();
    if (text !== '') this.#append(text);
    if (flow.#space) this.space();
  }

  /** A finished piece on lines of its own. */
  block(text: string, breaks: number): void {
    this.breaks(breaks);
    if (text !== '') this.#append(text);
    this.breaks(breaks);
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
      .replace(/[ \t]+$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+|\s+$/g, '');
  }

  #append(piece: string): void {
    if (this.#text !== '' && this.#breaks > 0) this.#text += this.#breaks === 1 ? '\n' : '\n\n';
    else if (this.#text !== '' && this.#space) this.#text += ' ';
    this.#text += piece;
    this.#breaks = 0;
    this.#space = false;
  }
}
