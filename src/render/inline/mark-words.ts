/** How marks are written: as a word that occurs nowhere else in the page. */
export class MarkWords {
  /** Source of a regular expression that matches a word; its only group is the index. */
  readonly pattern: string;
  readonly #start: string;
  readonly #first: RegExp;
  readonly #every: RegExp;
  readonly #inComment: RegExp;

  constructor(sources: string) {
    let salt = 0;
    while (sources.includes(`mark${salt}x`)) salt += 1;
    this.#start = `mark${salt}x`;
    this.pattern = String.raw`${this.#start}(\d+)x`;
    this.#first = new RegExp(this.pattern);
    this.#every = new RegExp(this.pattern, 'g');
    this.#inComment = new RegExp(`<!--(${this.#start}\\d+x)-->`, 'g');
  }

  word(index: number): string {
    return `${this.#start}${index}x`;
  }

  /** Text as a reader knows it. */
  hidden(text: string): string {
    return text.replace(this.#every, '{{…}}');
  }

  /** HTML with nothing around the words that an HTML parser was given in comments. */
  bare(html: string): string {
    return html.replace(this.#inComment, '$1');
  }

  isIn(text: string): boolean {
    return text.includes(this.#start) && this.#first.test(text);
  }

  in(text: string): readonly number[] {
    if (!text.includes(this.#start)) return [];
    return [...text.matchAll(this.#every)].map(([, index]) => Number(index));
  }
}
