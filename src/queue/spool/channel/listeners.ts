/** A set of callbacks. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** @returns a function that removes the callback */
  add(listener: (value: T) => void): () => void {
    // A function of its own, so that the same callback may be added twice.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  call(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
