import { Parser, type Handler, type ParserOptions } from 'htmlparser2';

/** Most open elements that the parser keeps, and searches for each tag. Browsers do not nest deeper either. */
const DEEPEST = 512;

/**
 * Reads html in linear time, however deep it nests. Only their own tags open and close elements below `DEEPEST`; implied end
 * tags hold above. `end` must get the whole html at once.
 */
export class HtmlParser extends Parser {
  readonly #elements: OpenElements;
  readonly #closesItself: boolean;
  /** Names of the open elements below `DEEPEST`. */
  readonly #sunk: string[] = [];
  #html = '';
  #isOpening = false;
  /** True if the current tag opens an element below. */
  #sinks = false;

  constructor(handler: Partial<Handler>, options: ParserOptions = {}) {
    const elements = new OpenElements(handler);
    super(elements.handler, options);
    this.#elements = elements;
    this.#closesItself = options.recognizeSelfClosing ?? false;
  }

  override end(html = ''): void {
    this.#html = html;
    super.end(html);
  }

  override onopentagname(start: number, endIndex: number): void {
    this.#isOpening = true;
    this.#sinks = false;
    super.onopentagname(start, endIndex);
    this.#isOpening = false;
  }

  /** Reports an element below as void, so that the parser does not keep it; at the end of the same tag it tells the truth. */
  protected override isVoidElement(name: string): boolean {
    if (super.isVoidElement(name)) return true;
    this.#sinks = this.#isOpening && this.#elements.count >= DEEPEST;
    if (this.#sinks) this.#sunk.push(name);
    return this.#sinks;
  }

  override onselfclosingtag(endIndex: number): void {
    if (!this.#sinks) return super.onselfclosingtag(endIndex);
    this.onopentagend(endIndex);
    if (this.#closesItself || this.isInForeignContext()) this.#closeLast(false);
  }

  override onclosetag(start: number, endIndex: number): void {
    if (this.#sunk.length === 0) return super.onclosetag(start, endIndex);
    this.endIndex = endIndex;
    this.#close(this.#html.slice(start, endIndex).toLowerCase());
    this.startIndex = endIndex + 1;
  }

  override onend(): void {
    while (this.#sunk.length > 0) this.#closeLast(true);
    super.onend();
  }

  #close(name: string): void {
    if (!this.#sunk.slice(-DEEPEST).includes(name)) return;
    while (this.#sunk.at(-1) !== name) this.#closeLast(true);
    this.#closeLast(false);
  }

  #closeLast(isImplied: boolean): void {
    this.#elements.handler.onclosetag(this.#sunk.pop() ?? '', isImplied);
  }
}

/** Counts the open elements from the calls of a handler. */
class OpenElements {
  count = 0;
  readonly handler: Partial<Handler> & Pick<Handler, 'onopentagname' | 'onclosetag'>;

  constructor(handler: Partial<Handler>) {
    this.handler = {
      ...handler,
      onopentagname: (name) => {
        this.count += 1;
        handler.onopentagname?.(name);
      },
      onclosetag: (name, isImplied) => {
        this.count -= 1;
        handler.onclosetag?.(name, isImplied);
      },
    };
  }
}
