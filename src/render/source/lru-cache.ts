/** A map that forgets what was used longest ago once it is full. */
export class LruCache<V> {
  // A Map keeps the order of insertion: the first entry is the one used longest ago.
  readonly #entries = new Map<string, V>();
  readonly #capacity: number;

  /** @param capacity entries kept at most */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity) return;
      this.#entries.delete(oldest);
    }
  }
}
