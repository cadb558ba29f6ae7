/** How a template uses a value; decides which types fit. */
export type ContextUse =
  'print' | 'date' | 'number' | 'url' | 'message-key' | 'message-date' | 'message-number';

/** One value of a context, with everything that templates read from it. */
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

  /** The types of this value in samples, as `typeof` names them. */
  get samples(): ReadonlySet<string> {
    return this.#samples;
  }

  /** The slot of its elements, where a template loops over it. */
  get elements(): ContextSlot | undefined {
    return this.#item;
  }

  /** A template reads the keys of its elements, so it may be an object or an array. */
  get keyed(): boolean {
    return this.#keyed;
  }

  get required(): boolean {
    return this.#required;
  }

  /** Templates read it in ways that only run time decides, so any object fits. */
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

  markKeyed(): void {
    this.#keyed = true;
  }

  use(use: ContextUse): void {
    this.#uses.add(use);
  }

  markRequired(): void {
    this.#required = true;
  }

  markOpaque(): void {
    this.#opaque = true;
  }

  /** Adds the types of a sample to existing slots; a sample adds no slot. */
  inferFrom(sample: unknown): void {
    if (Array.isArray(sample)) {
      for (const element of sample) this.#item?.inferFrom(element);
    } else if (typeof sample === 'object' && sample !== null) {
      for (const [name, value] of Object.entries(sample))
        (this.#item ?? this.#fields.get(name))?.inferFrom(value);
      if (this.#item) this.#keyed = true;
    } else this.#samples.add(sample === null ? 'null' : typeof sample);
  }
}
