/** Writes placeholders as tokens: words that occur nowhere else in the page. */
export class PlaceholderTokens {
  /** Source of a regular expression that matches a token; its only group is the index. */
  readonly pattern: string;
  readonly #start: string;
  readonly #first: RegExp;
  readonly #every: RegExp;
  readonly #inComment: RegExp;

  /** @param source everything the page has besides its placeholders */
  constructor(source: string) {
    let salt = 0;
    while (source.includes(`placeholder${salt}x`)) salt += 1;
    this.#start = `placeholder${salt}x`;
    this.pattern = String.raw`${this.#start}(\d+)x`;
    this.#first = new RegExp(this.pattern);
    this.#every = new RegExp(this.pattern, 'g');
    this.#inComment = new RegExp(`<!--(${this.#start}\\d+x)-->`, 'g');
  }

  token(index: number): string {
    return `${this.#start}${index}x`;
  }

  /** The text for an error message: `{{…}}` instead of each token. */
  readable(text: string): string {
    return text.replace(this.#every, '{{…}}');
  }

  /** Takes the tokens out of the comments in which an HTML parser was given them. */
  uncommented(html: string): string {
    return html.replace(this.#inComment, '$1');
  }

  isIn(text: string): boolean {
    return text.includes(this.#start) && this.#first.test(text);
  }

  /** The indexes of the placeholders in a text, in their order. */
  indexesIn(text: string): readonly number[] {
    if (!text.includes(this.#start)) return [];
    return [...text.matchAll(this.#every)].map(([, index]) => Number(index));
  }
}
