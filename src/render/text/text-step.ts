import { flowing } from './text-flow.js';
import {
  readAttributes,
  type GatheredElement,
  type ReadAttribute,
  type ReadAttributes,
  type TextReading,
  type TextWriter,
} from './text-markup.js';
import { visibilityIn, type Visibility } from './text-visibility.js';

/** The attributes that say what text there is. */
export type TextAttribute = ReadAttribute | 'style';

/** One thing to do for the text of a mail; what could be done when the template was compiled, was. */
export type TextStep =
  | { readonly do: 'words' | 'verbatim' | 'capture'; readonly text: string }
  | { readonly do: 'space' | 'break' | 'rule' | 'end-capture' }
  /** Without `alt` it is what was captured. */
  | { readonly do: 'image'; readonly alt?: string }
  | { readonly do: 'breaks'; readonly count: number }
  | { readonly do: 'begin'; readonly element: GatheredElement; readonly captured: readonly ReadAttribute[] }
  | { readonly do: 'end'; readonly name: string }
  | { readonly do: 'begin-capture'; readonly of: TextAttribute }
  /** How the element with the captured `style` was taken to be seen. */
  | {
      readonly do: 'expect';
      readonly visibility: Visibility;
      readonly around: Visibility;
      readonly name: string;
    };

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
    this.#steps.push(this.#isMarked(alt) ? { do: 'image' } : { do: 'image', alt });
  }

  begin(element: GatheredElement): void {
    const written = Object.entries(element.attributes);
    const known = written.filter(([, value]) => !this.#isMarked(value));
    // What is captured takes the place of the words that stand for it.
    const captured = readAttributes(element.name).filter((key) =>
      this.#isMarked(element.attributes[key] ?? ''),
    );
    const attributes: ReadAttributes = Object.fromEntries(known);
    this.#steps.push({ do: 'begin', element: { ...element, attributes }, captured });
  }

  end(name: string): void {
    this.#steps.push({ do: 'end', name });
  }

  /** Of a value that is not known yet, what it most likely does; a mail for which it does not is noticed. */
  visibility(around: Visibility, name: string, style: string): Visibility {
    const visibility = visibilityIn(around, name, style);
    if (this.#isMarked(style)) this.#steps.push({ do: 'expect', visibility, around, name });
    return visibility;
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
