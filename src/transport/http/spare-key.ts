/** The key of MAIL_API_KEY, for the one URL without a key. It counts the URLs that take it. */
export class SpareKey {
  readonly #value: string;
  #taken = 0;

  constructor(value: string) {
    this.#value = value;
  }

  /** Number of URLs that took the key. */
  get taken(): number {
    return this.#taken;
  }

  take(): string {
    this.#taken += 1;
    return this.#value;
  }
}
