import { flowing } from './text-flow.js';
import { hidesElement, type GatheredElement, type TextReading, type TextWriter } from './text-markup.js';

/** The attributes that say what text there is. */
export type TextAttribute = 'alt' | 'href' | 'start' | 'style';

/** One thing to do for the text of a mail; what could be done when the template was compiled, was. */
export type TextStep =
  | { readonly do: 'words' | 'verbatim' | 'capture'; readonly text: string }
  | { readonly do: 'space' | 'break' | 'rule' | 'image' | 'end-capture' }
  | { readonly do: 'breaks'; readonly count: number }
  | { readonly do: 'begin'; readonly element: GatheredElement; readonly captured?: 'href' | 'start' }
  | { readonly do: 'end'; readonly name: string }
  | { readonly do: 'begin-capture'; readonly of: TextAttribute }
  | { readonly do: 'expect-hidden'; readonly hidden: boolean };

/** How what is printed between two pieces is read: as text, or as the value of an attribute. */
export type ValueReading = TextReading | 'capture';

/** What a piece of a template means for the text, and how the value behind it is read. */
export interface TextSteps {
  readonly steps: readonly TextStep[];
  readonly reading: ValueReading;
}

/** Notes what there is to do for the text, piece by piece. */
export class TextRecording implements TextWriter {
  readonly #finished: TextSteps[] = [];
  readonly #isMarked: (text: string) => boolean;
  #steps: TextStep[] = [];

  /** @param isMarked whether a text holds values that are not known yet */
  constructor(isMarked: (text: string) => boolean) {
    this.#isMarked = isMarked;
  }

  /** Ends a piece. */
  mark(reading: ValueReading): void {
    this.#finished.push({ steps: this.#steps, reading });
    this.#steps = [];
  }

  finish(): readonly TextSteps[] {
    this.mark('nothing');
    return this.#finished;
  }

  words(text: string): void {
    const { before, words, after } = flowing(text);
    if (before) this.#space();
    if (words !== '') this.#words(words);
    if (after) this.#space();
  }

  verbatim(text: string): void {
    if (text !== '') this.#steps.push({ do: 'verbatim', text });
  }

  breaks(count: number): void {
    const last = this.#steps.at(-1);
    if (last?.do !== 'breaks') this.#steps.push({ do: 'breaks', count });
    else if (last.count < count) this.#steps[this.#steps.length - 1] = { do: 'breaks', count };
  }

  lineBreak(): void {
    this.#steps.push({ do: 'break' });
  }

  rule(): void {
    this.#steps.push({ do: 'rule' });
  }

  image(alt: string): void {
    if (this.#isMarked(alt)) this.#steps.push({ do: 'image' });
    else this.words(alt);
  }

  begin(element: GatheredElement): void {
    const { href, start } = element;
    // What is captured takes the place of the words that stand for it.
    if (this.#isMarked(href))
      this.#steps.push({ do: 'begin', element: { ...element, href: '' }, captured: 'href' });
    else if (this.#isMarked(start))
      this.#steps.push({ do: 'begin', element: { ...element, start: '' }, captured: 'start' });
    else this.#steps.push({ do: 'begin', element });
  }

  end(name: string): void {
    this.#steps.push({ do: 'end', name });
  }

  /** Of a value that is not known yet, what it most likely does; a mail for which it does not is noticed. */
  isHidden(style: string): boolean {
    const hidden = hidesElement(style);
    if (this.#isMarked(style)) this.#steps.push({ do: 'expect-hidden', hidden });
    return hidden;
  }

  /** What follows is the value of an attribute of the next element. */
  beginCapture(of: TextAttribute): void {
    this.#steps.push({ do: 'begin-capture', of });
  }

  capture(text: string): void {
    if (text !== '') this.#steps.push({ do: 'capture', text });
  }

  endCapture(): void {
    this.#steps.push({ do: 'end-capture' });
  }

  #space(): void {
    if (this.#steps.at(-1)?.do !== 'space') this.#steps.push({ do: 'space' });
  }

  /** Words, joined to those before them where nothing but a space stands between. */
  #words(words: string): void {
    const space = this.#steps.at(-1)?.do === 'space' ? 1 : 0;
    const before = this.#steps.at(-1 - space);
    if (before?.do !== 'words') {
      this.#steps.push({ do: 'words', text: words });
      return;
    }
    const text = `${before.text}${space ? ' ' : ''}${words}`;
    this.#steps.splice(-1 - space, 1 + space, { do: 'words', text });
  }
}
