/** Puts text together from words and blocks, as HTML collapses white space. */
export class TextFlow {
  #text = '';
  #breaks = 0;
  #space = false;
  #startsWithSpace = false;

  /** Words to be flowed; white space is one space, and none at a line's start. */
  text(text: string): void {
    const words = text.split(/[ \t\r\n\f\u00a0]+/);
    for (const [index, word] of words.entries()) {
      if (index > 0) this.#wantSpace();
      if (word !== '') this.#append(word);
    }
  }

  /** Text whose spaces and line breaks count. */
  verbatim(text: string): void {
    if (text !== '') this.#append(text.replaceAll('\r\n', '\n'));
  }

  /** A finished piece inside a line, with the spaces its own flow began and ended with. */
  inline(text: string, flow: TextFlow): void {
    if (flow.#startsWithSpace) this.#wantSpace();
    if (text !== '') this.#append(text);
    if (flow.#space) this.#wantSpace();
  }

  /** A finished piece on lines of its own. */
  block(text: string, breaks: number): void {
    this.breaks(breaks);
    if (text !== '') this.#append(text);
    this.breaks(breaks);
  }

  /** At least this many line breaks before what comes next. */
  breaks(count: number): void {
    this.#breaks = Math.max(this.#breaks, count);
  }

  lineBreak(): void {
    this.#breaks += 1;
  }

  /** The text, without blank space at its ends and with single blank lines. */
  finish(): string {
    return this.#text
      .replace(/[ \t]+$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+|\s+$/g, '');
  }

  #wantSpace(): void {
    if (this.#text === '') this.#startsWithSpace = true;
    this.#space = true;
  }

  #append(piece: string): void {
    if (this.#text !== '' && this.#breaks > 0) this.#text += '\n'.repeat(this.#breaks);
    else if (this.#text !== '' && this.#space) this.#text += ' ';
    this.#text += piece;
    this.#breaks = 0;
    this.#space = false;
  }
}
