/** The key that MAIL_API_KEY gives for the one URL that has none; who takes it is counted. */
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
