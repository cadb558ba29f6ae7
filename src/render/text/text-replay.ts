import { TextAssembly } from './text-assembly.js';
import type { GatheredElement, ReadAttribute } from './text-markup.js';
import type { TextAttribute, TextStep, ValueReading } from './text-step.js';
import { visibilityIn } from './text-visibility.js';

/** The text of one mail, from the steps its template was read into and the values between them. */
export class TextReplay {
  readonly #assembly = new TextAssembly();
  #capturing: TextAttribute = 'alt';
  #captured = '';
  /** The last of each that was captured. */
  readonly #attributes: Partial<Record<TextAttribute, string>> = {};
  #foreseen = true;

  take(steps: readonly TextStep[]): void {
    for (const step of steps) this.#take(step);
  }

  value(text: string, reading: ValueReading): void {
    if (reading === 'words') this.#assembly.words(text);
    else if (reading === 'capture') this.#captured += text;
    else if (reading === 'verbatim') this.#assembly.verbatim(text);
  }

  /** Nothing when a value hides words, or shows some, other than it was foreseen. */
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
        this.#attributes[this.#capturing] = this.#captured;
        return undefined;
      case 'image':
        return this.#image(step.alt);
      case 'break':
        return assembly.lineBreak();
      case 'verbatim':
        return assembly.verbatim(step.text);
      case 'rule':
        return assembly.rule();
      case 'expect':
        return this.#check(step);
    }
  }

  #image(alt = this.#attributes.alt ?? ''): void {
    this.#assembly.image(alt);
  }

  #check({ visibility, around, name }: TextStep & { readonly do: 'expect' }): void {
    const style = this.#attributes.style ?? '';
    if (visibilityIn(around, name, style) !== visibility) this.#foreseen = false;
  }

  #completed(element: GatheredElement, captured: readonly ReadAttribute[]): GatheredElement {
    if (captured.length === 0) return element;
    const attributes: Partial<Record<ReadAttribute, string>> = { ...element.attributes };
    for (const name of captured) attributes[name] = this.#attributes[name] ?? '';
    const { name, breaks, seen } = element;
    return { name, breaks, seen, attributes };
  }
}
