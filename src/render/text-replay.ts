import { TextAssembly } from './text-assembly.js';
import { hidesElement, type GatheredElement } from './text-markup.js';
import type { TextAttribute, TextStep, ValueReading } from './text-step.js';

/** The text of one mail, from the steps its template was read into and the values between them. */
export class TextReplay {
  readonly #assembly = new TextAssembly();
  #capturing: TextAttribute = 'alt';
  #captured = '';
  #alt = '';
  #href = '';
  #start = '';
  #style = '';
  #foreseen = true;

  take(steps: readonly TextStep[]): void {
    for (const step of steps) this.#take(step);
  }

  value(text: string, reading: ValueReading): void {
    if (reading === 'words') this.#assembly.words(text);
    else if (reading === 'capture') this.#captured += text;
    else if (reading === 'verbatim') this.#assembly.verbatim(text);
  }

  /** Nothing when a value hides an element, or shows one, other than it was foreseen. */
  finish(): string | undefined {
    return this.#foreseen ? this.#assembly.finish() : undefined;
  }

  #take(step: TextStep): void {
    const assembly = this.#assembly;
    switch (step.do) {
      case 'words':
        return assembly.evenWords(step.text);
      case 'space':
        return assembly.space();
      case 'breaks':
        return assembly.breaks(step.count);
      case 'begin':
        return assembly.begin(this.#completed(step.element, step.captured));
      case 'end':
        return assembly.end(step.name);
      case 'begin-capture':
        this.#capturing = step.of;
        this.#captured = '';
        return undefined;
      case 'capture':
        this.#captured += step.text;
        return undefined;
      case 'end-capture':
        return this.#keep();
      case 'image':
        return assembly.image(this.#alt);
      case 'break':
        return assembly.lineBreak();
      case 'verbatim':
        return assembly.verbatim(step.text);
      case 'rule':
        return assembly.rule();
      case 'expect-hidden':
        if (hidesElement(this.#style) !== step.hidden) this.#foreseen = false;
        return undefined;
    }
  }

  #keep(): void {
    const as = this.#capturing;
    if (as === 'href') this.#href = this.#captured;
    else if (as === 'style') this.#style = this.#captured;
    else if (as === 'alt') this.#alt = this.#captured;
    else this.#start = this.#captured;
  }

  #completed(element: GatheredElement, captured: 'href' | 'start' | undefined): GatheredElement {
    if (captured === undefined) return element;
    const { name, breaks, href, start } = element;
    return captured === 'href'
      ? { name, breaks, href: this.#href, start }
      : { name, breaks, href, start: this.#start };
  }
}
