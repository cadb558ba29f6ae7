/** Keeps the newest values. */
export class Ring<T> {
  readonly #size: number;
  readonly #values: T[] = [];
  #oldest = 0;
  #dropped = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** A copy, oldest first. */
  get values(): readonly T[] {
    return [...this.#values.slice(this.#oldest), ...this.#values.slice(0, this.#oldest)];
  }

  /** Number of values that newer ones replaced. */
  get dropped(): number {
    return this.#dropped;
  }

  last(): T | undefined {
    return this.#values.at(this.#oldest - 1);
  }

  add(value: T): void {
    if (this.#values.length < this.#size) {
      this.#values.push(value);
    } else {
      this.#values[this.#oldest] = value;
      this.#oldest = (this.#oldest + 1) % this.#size;
      this.#dropped += 1;
    }
  }

  clear(): void {
    this.#values.length = 0;
    this.#oldest = 0;
    this.#dropped = 0;
  }
}
