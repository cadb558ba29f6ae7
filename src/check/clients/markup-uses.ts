import { HtmlParser } from '../../message/parts/html-parser.js';
import type { MarkupUse, StyleFact } from './markup-use.js';
import { type StyleItem, styleTree } from './style-tree.js';

/** All uses of features in a mail's html: tags, attributes, and the CSS of style sheets and `style` attributes. */
export function markupUses(html: string): readonly MarkupUse[] {
  return new MarkupReading(html).uses();
}

/** The element whose `style` attribute is read. */
interface Element {
  readonly tag: string;
  readonly classes: readonly string[];
}

class MarkupReading {
  readonly #html: string;
  readonly #uses: MarkupUse[] = [];
  #inBody = false;
  /** The style sheet being read, and where it starts. */
  #sheet: { readonly css: string; readonly start: number } | undefined;
  /** Inside `<!--[if !mso]><!-->`, which Outlook for Windows skips. */
  #forOthers = false;

  constructor(html: string) {
    this.#html = html;
  }

  uses(): readonly MarkupUse[] {
    const parser = new HtmlParser({
      onopentag: (tag, attributes) => {
        this.#tag(tag, attributes, parser.startIndex);
        this.#sheet = tag === 'style' ? { css: '', start: parser.endIndex + 1 } : undefined;
      },
      onclosetag: (tag) => {
        if (tag === 'style') this.#endSheet();
      },
      ontext: (text) => {
        this.#sheet &&= { ...this.#sheet, css: this.#sheet.css + text };
      },
      oncomment: (comment) => this.#comment(comment),
    });
    parser.end(this.#html);
    return this.#uses;
  }

  #tag(tag: string, attributes: Readonly<Record<string, string>>, offset: number): void {
    if (tag === 'body') this.#inBody = true;
    const at = { offset, hiddenFromOutlook: this.#forOthers };
    this.#uses.push({ kind: 'tag', tag, attributes, inBody: this.#inBody, ...at });
    for (const [name, value] of Object.entries(attributes)) {
      this.#uses.push({ kind: 'attribute', tag, name, value, ...at });
    }
    const { style } = attributes;
    const classes = attributes['class']?.split(/\s+/) ?? [];
    if (style !== undefined) this.#style(styleUses(style), offset, { tag, classes });
  }

  #endSheet(): void {
    if (this.#sheet) this.#style(styleUses(this.#sheet.css), this.#sheet.start);
    this.#sheet = undefined;
  }

  #style(uses: readonly StyleUse[], start: number, element?: Element): void {
    for (const { nested, offset, ...use } of uses) {
      this.#uses.push({
        ...use,
        ...element,
        // Entities make offsets within an attribute uncertain, so the offset of its tag is used.
        offset: element === undefined ? start + offset : start,
        hiddenFromOutlook: this.#forOthers || nested,
      });
    }
  }

  #comment(comment: string): void {
    if (/^\s*\[if\s+!mso/i.test(comment)) this.#forOthers = true;
    else if (/^\s*<!\[endif\]/i.test(comment)) this.#forOthers = false;
  }
}

/** A use of a feature in a style sheet or in the value of a `style` attribute. */
type StyleUse = StyleFact & {
  /** Offset in the sheet. */
  readonly offset: number;
  /** Within the block of an at-rule. */
  readonly nested: boolean;
};

function styleUses(css: string): readonly StyleUse[] {
  return usesOf(styleTree(css), false);
}

function usesOf(items: readonly StyleItem[], nested: boolean): readonly StyleUse[] {
  return items.flatMap((item): readonly StyleUse[] => {
    const { offset } = item;
    if (item.kind === 'declaration') return [{ ...item.use, offset, nested }];
    if (item.kind === 'at-rule') return [{ ...item.use, offset, nested }, ...usesOf(item.items ?? [], true)];
    const selectors = item.selectors.map((use) => ({ ...use, offset, nested }));
    return [...selectors, ...usesOf(item.items, nested)];
  });
}
