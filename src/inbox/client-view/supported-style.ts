import type { PropertyUse } from '../../check/clients/markup-use.js';
import { type StyleDeclaration, type StyleItem, styleTree } from '../../check/clients/style-tree.js';
import type { ClientSupport } from './client-support.js';

/** The element of a `style` attribute; empty for style sheets. */
export type StyledElement = Pick<PropertyUse, 'tag' | 'classes'>;

/** Reduces the CSS of a mail to what a client supports. */
export class SupportedStyle {
  readonly #support: ClientSupport;

  constructor(dropped: ClientSupport) {
    this.#support = dropped;
  }

  /** @returns the value of a `style` attribute: unchanged if all of it is supported, empty if nothing is */
  attribute(css: string, element: StyledElement): string {
    const items = styleTree(css);
    const written = this.#written(items, element) ?? '';
    const all = items.map((item) => (item.kind === 'declaration' ? `${item.text};` : '')).join('');
    return written === all ? css : written;
  }

  sheet(css: string): string {
    return this.#written(styleTree(css), {}) ?? '';
  }

  /** Undefined if one of the values makes the client drop the whole block. */
  #written(items: readonly StyleItem[], element: StyledElement): string | undefined {
    const written: string[] = [];
    for (const item of items) {
      const text = this.#item(item, element);
      if (text === undefined) return undefined;
      if (text !== '') written.push(text);
    }
    return written.join('');
  }

  #item(item: StyleItem, element: StyledElement): string | undefined {
    if (item.kind === 'declaration') return this.#declaration(item, element);
    if (item.kind === 'at-rule') {
      if (this.#support.dropped(item.use)) return '';
      const block = item.items && this.#written(item.items, element);
      if (item.items && block === undefined) return undefined;
      return block === undefined ? `${item.use.rule};` : `${item.use.rule}{${block}}`;
    }
    const selectors = item.selectors.filter((use) => !this.#support.dropped(use));
    const block = this.#written(item.items, element);
    if (block === undefined) return undefined;
    return selectors.length === 0 ? '' : `${selectors.map((use) => use.selector).join(',')}{${block}}`;
  }

  #declaration({ use, text }: StyleDeclaration, element: StyledElement): string | undefined {
    const own = this.#support.client === 'Outlook (Windows)' ? inWord(use) : undefined;
    const fact = { ...use, ...own, ...element };
    const dropped = this.#support.dropped(fact);
    if (dropped === 'with-block') return undefined;
    if (dropped === undefined) return own ? `${own.property}:${own.value};` : `${text};`;
    const color = this.#support.client === 'Outlook (Windows)' ? colorOf(fact) : undefined;
    return color === undefined ? '' : `background-color:${color};`;
  }
}

/** Properties of Word and their counterparts in browsers. */
const WORD: Readonly<Record<string, string>> = {
  'mso-padding-alt': 'padding',
  'mso-border-alt': 'border',
  'mso-line-height-alt': 'line-height',
};

function inWord({ property, value }: PropertyUse): Pick<PropertyUse, 'property' | 'value'> | undefined {
  if (property === 'mso-hide') return { property: 'display', value: 'none' };
  const name = WORD[property];
  return name === undefined ? undefined : { property: name, value };
}

const PLACEMENT =
  /^(?:no-repeat|repeat(?:-[xy])?|space|round|fixed|local|scroll|top|bottom|left|right|center|cover|contain|auto|none|(?:border|padding|content)-box|initial|inherit|!important|[\d.+-].*|\/)$/;

/** Word applies the color of a `background` and ignores its image. */
function colorOf({ property, value }: PropertyUse): string | undefined {
  if (property !== 'background') return undefined;
  const parts = value.replaceAll(/(?:url|[a-z-]*gradient)\([^()]*(?:\([^()]*\)[^()]*)*\)/g, ' ').split(/\s+/);
  return parts.find((part) => part !== '' && !part.includes(',') && !PLACEMENT.test(part));
}
