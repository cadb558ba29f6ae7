import { HtmlParser } from '../../message/parts/html-parser.js';
import { STYLES_SIZE } from '../../check/body-lint.js';
import type { MailClient } from '../../check/clients/mail-client.js';
import { DroppedBy } from './dropped.js';
import { ShownStyle } from './shown-style.js';
import { wordHtml } from './word-conditions.js';

/**
 * Html about as a mail client would show it: without what its most important program does not show, by the data
 * of Can I email; as it is without a client. Nothing is added that such a program adds, no colors are changed, and its fonts are not ours.
 */
export function asShownIn(client: MailClient | undefined, html: string): string {
  if (client === undefined) return html;
  const read = client === 'Outlook (Windows)' ? wordHtml(html) : html;
  return new ClientView(client, read).shown();
}

type Attributes = Readonly<Record<string, string>>;

/** What becomes of a tag: it stays, only what it holds does, or nothing. */
type Fate = 'kept' | 'unwrapped' | 'removed';

/** Without their tag, what these hold would be read as text. */
const REMOVED: ReadonlySet<string> = new Set(['script', 'style', 'svg', 'iframe', 'xml', 'title']);

class ClientView {
  readonly #client: MailClient;
  readonly #html: string;
  readonly #dropped: DroppedBy;
  readonly #style: ShownStyle;
  /** Of the open tags. */
  readonly #fates: Fate[] = [];
  readonly #shown: string[] = [];
  /** How far the html has been read into that. */
  #at = 0;
  /** Open tags within the one that is removed, with it. */
  #removing = 0;
  #inBody = false;
  #sheetStart: number | undefined;
  /** Characters of style sheets so far. */
  #styles = 0;

  constructor(client: MailClient, html: string) {
    this.#client = client;
    this.#html = html;
    this.#dropped = new DroppedBy(client);
    this.#style = new ShownStyle(this.#dropped);
  }

  shown(): string {
    const parser = new HtmlParser({
      onopentag: (tag, attributes, isImplied) => {
        const end = isImplied ? parser.startIndex : parser.endIndex + 1;
        this.#open(tag, attributes, parser.startIndex, end);
      },
      onclosetag: (tag, isImplied) => {
        const end = isImplied ? parser.startIndex : parser.endIndex + 1;
        this.#close(tag, parser.startIndex, end);
      },
    });
    parser.end(this.#html);
    if (this.#removing === 0) this.#copyTo(this.#html.length);
    return this.#shown.join('');
  }

  #open(tag: string, attributes: Attributes, start: number, end: number): void {
    if (tag === 'body') this.#inBody = true;
    const fate = this.#removing > 0 ? 'removed' : this.#fateOf(tag, attributes);
    this.#fates.push(fate);
    if (fate === 'removed') {
      if (this.#removing === 0) this.#copyTo(start);
      this.#at = Math.max(this.#at, end);
      this.#removing += 1;
      return;
    }
    if (fate === 'unwrapped') this.#replace(start, end, '');
    else if (end > start) this.#changeAttributes(tag, attributes, start, end);
    this.#sheetStart = tag === 'style' ? end : undefined;
  }

  #close(tag: string, start: number, end: number): void {
    const fate = this.#fates.pop();
    if (fate === 'removed') {
      this.#removing -= 1;
      this.#at = Math.max(this.#at, end);
    } else if (fate === 'unwrapped') this.#replace(start, end, '');
    else if (tag === 'style' && this.#sheetStart !== undefined) this.#writeSheet(this.#sheetStart, start);
    this.#sheetStart = undefined;
  }

  #fateOf(tag: string, attributes: Attributes): Fate {
    // VML and the like: browsers show what they hold.
    const isForWord = this.#client === 'Outlook (Windows)' && (tag.includes(':') || tag === 'xml');
    const isDropped = this.#dropped.of({ kind: 'tag', tag, attributes, inBody: this.#inBody }) !== undefined;
    if (!isDropped && !isForWord) return 'kept';
    return REMOVED.has(tag) ? 'removed' : 'unwrapped';
  }

  #changeAttributes(tag: string, attributes: Attributes, start: number, end: number): void {
    const written = Object.entries(attributes);
    const left = written.flatMap(([name, value]) => this.#attribute(tag, name, value, attributes));
    if (left.length === written.length && left.every(([name, value]) => attributes[name] === value)) return;
    const text = left.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
    this.#replace(start, end, `<${tag}${text}${this.#html.startsWith('/>', end - 2) ? '/' : ''}>`);
  }

  #attribute(
    tag: string,
    name: string,
    value: string,
    attributes: Attributes,
  ): ReadonlyArray<readonly [name: string, value: string]> {
    if (name !== 'style')
      return this.#dropped.of({ kind: 'attribute', tag, name, value }) ? [] : [[name, value]];
    const style = this.#style.attribute(value, { tag, classes: attributes['class']?.split(/\s+/) ?? [] });
    return style === '' ? [] : [[name, style]];
  }

  #writeSheet(start: number, end: number): void {
    const css = this.#html.slice(start, end);
    this.#styles += css.length;
    const isPassedOver = this.#client === 'Gmail' && this.#styles > STYLES_SIZE;
    this.#replace(start, end, isPassedOver ? '' : this.#style.sheet(css));
  }

  #replace(start: number, end: number, text: string): void {
    if (start < this.#at) return;
    this.#copyTo(start);
    this.#shown.push(text);
    this.#at = Math.max(this.#at, end);
  }

  #copyTo(offset: number): void {
    if (offset > this.#at) this.#shown.push(this.#html.slice(this.#at, offset));
    this.#at = Math.max(this.#at, offset);
  }
}

function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
