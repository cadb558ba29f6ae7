import { TextBuilder } from './text-builder.js';
import { flowing } from './text-flow.js';
import {
  readAttributes,
  type GatheredElement,
  type ReadAttribute,
  type ReadAttributes,
  type TextMode,
  type TextWriter,
} from './text-markup.js';
import { visibilityIn, type Visibility } from './text-visibility.js';

/** The attributes that decide about the text. */
export type TextAttribute = ReadAttribute | 'style';

/** One step towards the text of a mail; `docs/architecture.md` explains how steps are recorded and replayed. */
export type TextStep =
  | { readonly do: 'words' | 'verbatim' | 'capture'; readonly text: string }
  | { readonly do: 'space' | 'break' | 'rule' | 'end-capture' }
  /** Without `alt` the captured one counts. */
  | { readonly do: 'image'; readonly alt?: string }
  | { readonly do: 'breaks'; readonly count: number }
  | { readonly do: 'begin'; readonly element: GatheredElement; readonly captured: readonly ReadAttribute[] }
  | { readonly do: 'end'; readonly name: string }
  | { readonly do: 'begin-capture'; readonly of: TextAttribute }
  /** The visibility that was assumed for the element with the captured `style`. */
  | {
      readonly do: 'expect';
      readonly visibility: Visibility;
      readonly around: Visibility;
      readonly name: string;
    };

/** How a value between two pieces is read: as text, or as part of an attribute's value. */
export type ValueMode = TextMode | 'capture';

/** The steps of a piece of html, and the mode in which the value behind it is read. */
export interface PieceSteps {
  readonly steps: readonly TextStep[];
  readonly mode: ValueMode;
}

/** Records the steps of each piece instead of writing text. */
export class TextRecording implements TextWriter {
  readonly #finished: PieceSteps[] = [];
  readonly #hasPlaceholder: (text: string) => boolean;
  #steps: TextStep[] = [];

  constructor(hasPlaceholder: (text: string) => boolean) {
    this.#hasPlaceholder = hasPlaceholder;
  }

  endPiece(mode: ValueMode): void {
    this.#finished.push({ steps: this.#steps, mode });
    this.#steps = [];
  }

  finish(): readonly PieceSteps[] {
    this.endPiece('nothing');
    return this.#finished;
  }

  get flow(): this {
    return this;
  }

  text(text: string): void {
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
    this.#steps.push(this.#hasPlaceholder(alt) ? { do: 'image' } : { do: 'image', alt });
  }

  begin(element: GatheredElement): void {
    const written = Object.entries(element.attributes);
    const known = written.filter(([, value]) => !this.#hasPlaceholder(value));
    // A captured value replaces the placeholder in the attribute.
    const captured = readAttributes(element.name).filter((key) =>
      this.#hasPlaceholder(element.attributes[key] ?? ''),
    );
    const attributes: ReadAttributes = Object.fromEntries(known);
    this.#steps.push({ do: 'begin', element: { ...element, attributes }, captured });
  }

  end(name: string): void {
    this.#steps.push({ do: 'end', name });
  }

  /** Assumes that a value in `style` does not change the visibility; the replay notices a mail in which it does. */
  visibility(around: Visibility, name: string, style: string): Visibility {
    const visibility = visibilityIn(around, name, style);
    if (this.#hasPlaceholder(style)) this.#steps.push({ do: 'expect', visibility, around, name });
    return visibility;
  }

  /** Begins the value of an attribute of the next element. */
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

  /** Joins words to those before them if nothing but a space stands between. */
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

/** Makes the text of one mail from recorded steps and the values between them. */
export class TextReplay {
  readonly #builder = new TextBuilder();
  #capturing: TextAttribute = 'alt';
  #captured = '';
  /** The last captured value of each attribute. */
  readonly #attributes: Partial<Record<TextAttribute, string>> = {};
  #asAssumed = true;

  take(steps: readonly TextStep[]): void {
    for (const step of steps) this.#take(step);
  }

  value(text: string, mode: ValueMode): void {
    if (mode === 'words') this.#builder.flow.text(text);
    else if (mode === 'capture') this.#captured += text;
    else if (mode === 'verbatim') this.#builder.flow.verbatim(text);
  }

  /** @returns undefined if a value hid or showed words other than the recording assumed */
  finish(): string | undefined {
    return this.#asAssumed ? this.#builder.finish() : undefined;
  }

  #take(step: TextStep): void {
    const builder = this.#builder;
    switch (step.do) {
      case 'words':
        return builder.flow.words(step.text);
      case 'space':
        return builder.flow.space();
      case 'breaks':
        return builder.flow.breaks(step.count);
      case 'begin':
        return builder.begin(this.#completed(step.element, step.captured));
      case 'end':
        return builder.end(step.name);
      case 'begin-capture':
        this.#capturing = step.of;
        this.#captured = '';
        return undefined;
      case 'capture':
        this.#captured += step.text;
        return undefined;
      case 'end-capture':
        this.#attributes[this.#capturing] = this.#captured;
        return undefined;
      case 'image':
        return this.#image(step.alt);
      case 'break':
        return builder.flow.lineBreak();
      case 'verbatim':
        return builder.flow.verbatim(step.text);
      case 'rule':
        return builder.rule();
      case 'expect':
        return this.#check(step);
    }
  }

  #image(alt = this.#attributes.alt ?? ''): void {
    this.#builder.image(alt);
  }

  #check({ visibility, around, name }: TextStep & { readonly do: 'expect' }): void {
    const style = this.#attributes.style ?? '';
    if (visibilityIn(around, name, style) !== visibility) this.#asAssumed = false;
  }

  #completed(element: GatheredElement, captured: readonly ReadAttribute[]): GatheredElement {
    if (captured.length === 0) return element;
    const attributes: Partial<Record<ReadAttribute, string>> = { ...element.attributes };
    for (const name of captured) attributes[name] = this.#attributes[name] ?? '';
    const { name, breaks, seen } = element;
    return { name, breaks, seen, attributes };
  }
}
