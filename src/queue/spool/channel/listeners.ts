/** Who wants to be called back. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** @returns what ends it */
  add(listener: (value: T) => void): () => void {
    // Of its own, so that the same function may listen twice.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  call(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
