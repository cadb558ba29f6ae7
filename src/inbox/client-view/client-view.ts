import { HtmlParser } from '../../message/parts/html-parser.js';
import { STYLES_SIZE } from '../../check/body-lint.js';
import type { MailClient } from '../../check/clients/mail-client.js';
import { ClientSupport } from './client-support.js';
import { SupportedStyle } from './supported-style.js';
import { wordHtml } from './word-conditions.js';

/**
 * Approximates how a mail client shows html: drops the markup and styles that its most important program does not
 * support, by the data of Can I email. It imitates nothing else: no additions, changed colors or fonts of the
 * client. Without a client it returns the html unchanged.
 */
export function asShownIn(client: MailClient | undefined, html: string): string {
  if (client === undefined) return html;
  const read = client === 'Outlook (Windows)' ? wordHtml(html) : html;
  return new ClientView(client, read).shown();
}

type TagAttributes = Readonly<Record<string, string>>;

/** Whether a tag stays, is replaced by its content, or goes with its content. */
type TagFate = 'kept' | 'unwrapped' | 'removed';

/** The content of these tags would be shown as text without the tag. */
const REMOVED: ReadonlySet<string> = new Set(['script', 'style', 'svg', 'iframe', 'xml', 'title']);

class ClientView {
  readonly #client: MailClient;
  readonly #html: string;
  readonly #support: ClientSupport;
  readonly #style: SupportedStyle;
  /** Fates of the open tags, outermost first. */
  readonly #fates: TagFate[] = [];
  readonly #shown: string[] = [];
  /** Offset up to which the html has been copied or skipped. */
  #at = 0;
  /** Number of open tags that are being removed. */
  #removing = 0;
  #inBody = false;
  #sheetStart: number | undefined;
  /** Characters of style sheets seen so far. */
  #styles = 0;

  constructor(client: MailClient, html: string) {
    this.#client = client;
    this.#html = html;
    this.#support = new ClientSupport(client);
    this.#style = new SupportedStyle(this.#support);
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

  #open(tag: string, attributes: TagAttributes, start: number, end: number): void {
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

  #fateOf(tag: string, attributes: TagAttributes): TagFate {
    // VML and similar tags of Word: browsers would show their content.
    const isForWord = this.#client === 'Outlook (Windows)' && (tag.includes(':') || tag === 'xml');
    const isDropped =
      this.#support.dropped({ kind: 'tag', tag, attributes, inBody: this.#inBody }) !== undefined;
    if (!isDropped && !isForWord) return 'kept';
    return REMOVED.has(tag) ? 'removed' : 'unwrapped';
  }

  #changeAttributes(tag: string, attributes: TagAttributes, start: number, end: number): void {
    const written = Object.entries(attributes);
    const left = written.flatMap(([name, value]) => this.#attribute(tag, name, value, attributes));
    if (left.length === written.length && left.every(([name, value]) => attributes[name] === value)) return;
    const text = left.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('');
    this.#replace(start, end, `<${tag}${text}${this.#html.startsWith('/>', end - 2) ? '/' : ''}>`);
  }

  #attribute(
    tag: string,
    name: string,
    value: string,
    attributes: TagAttributes,
  ): ReadonlyArray<readonly [name: string, value: string]> {
    if (name !== 'style')
      return this.#support.dropped({ kind: 'attribute', tag, name, value }) ? [] : [[name, value]];
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

function escapeAttribute(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
