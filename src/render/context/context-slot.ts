/** What a template does with a value; decides which types will do for it. */
export type ContextUse =
  'print' | 'date' | 'number' | 'url' | 'message-key' | 'message-date' | 'message-number';

/** One value of a context as the templates that read it see it. */
export class ContextSlot {
  readonly #fields = new Map<string, ContextSlot>();
  readonly #uses = new Set<ContextUse>();
  readonly #samples = new Set<string>();
  #item: ContextSlot | undefined;
  #keyed = false;
  #required = false;
  #opaque = false;

  /** Its fields, by name in alphabetical order. */
  get fields(): ReadonlyArray<readonly [name: string, slot: ContextSlot]> {
    return [...this.#fields].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  get uses(): ReadonlySet<ContextUse> {
    return this.#uses;
  }

  /** What the samples have here: results of `typeof`. */
  get samples(): ReadonlySet<string> {
    return this.#samples;
  }

  /** The elements, when it is iterated over. */
  get elements(): ContextSlot | undefined {
    return this.#item;
  }

  /** Its elements have keys that matter: it may be an object as well as an array. */
  get keyed(): boolean {
    return this.#keyed;
  }

  get required(): boolean {
    return this.#required;
  }

  /** Read in ways that cannot be foreseen: any object will do. */
  get opaque(): boolean {
    return this.#opaque;
  }

  field(name: string): ContextSlot {
    const slot = this.#fields.get(name) ?? new ContextSlot();
    this.#fields.set(name, slot);
    return slot;
  }

  item(): ContextSlot {
    this.#item ??= new ContextSlot();
    return this.#item;
  }

  /** The key of an element is read. */
  key(): void {
    this.#keyed = true;
  }

  use(use: ContextUse): void {
    this.#uses.add(use);
  }

  demand(): void {
    this.#required = true;
  }

  obscure(): void {
    this.#opaque = true;
  }

  /** Notes the types of a sample at the slots that are there; a sample adds none. */
  learn(sample: unknown): void {
    if (Array.isArray(sample)) {
      for (const element of sample) this.#item?.learn(element);
    } else if (typeof sample === 'object' && sample !== null) {
      for (const [name, value] of Object.entries(sample))
        (this.#item ?? this.#fields.get(name))?.learn(value);
      if (this.#item) this.#keyed = true;
    } else this.#samples.add(sample === null ? 'null' : typeof sample);
  }
}
