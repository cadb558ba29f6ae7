/** How marks are written: as a word that occurs nowhere else in the page. */
export class MarkWords {
  readonly #start: string;
  readonly #word: RegExp;

  constructor(sources: string) {
    let salt = 0;
    while (sources.includes(`mark${salt}x`)) salt += 1;
    this.#start = `mark${salt}x`;
    this.#word = new RegExp(this.pattern);
  }

  word(index: number): string {
    return `${this.#start}${index}x`;
  }

  /** Source of a regular expression that matches a word; its only group is the index. */
  get pattern(): string {
    return String.raw`${this.#start}(\d+)x`;
  }

  /** Text as a reader knows it. */
  hidden(text: string): string {
    return text.replace(new RegExp(this.pattern, 'g'), '{{…}}');
  }

  isIn(text: string): boolean {
    return this.#word.test(text);
  }

  /** HTML with nothing around the words that an HTML parser was given in comments. */
  bare(html: string): string {
    return html.replace(new RegExp(`<!--(${this.pattern.replace('(', '(?:')})-->`, 'g'), '$1');
  }

  in(text: string): readonly number[] {
    return [...text.matchAll(new RegExp(this.pattern, 'g'))].map(([, index]) => Number(index));
  }
}
