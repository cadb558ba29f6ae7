import { applied, isWhole, type CssEngine } from './css-engine.js';
import { ElementStyles } from './element-styles.js';
import type { Selector } from './selector.js';
import { shelter } from './shelter.js';
import { appliedSelectors, styleRules, type SheetRule, type StyleRule } from './style-rules.js';
import { bringsStyles, withSheets, type FindSheet, type SheetOrigin } from './style-tags.js';

const MAX_SHEETS = 200;

/** A page with a word in the place of each style sheet that may be inlined. */
export interface PartedPage {
  readonly rest: string;
  readonly sheets: readonly Sheet[];
  /** The selectors whose elements the engine finds. */
  readonly selectors: readonly Selector[];
}

export interface Sheet {
  readonly word: string;
  readonly from: SheetOrigin;
  readonly rules: readonly SheetRule[];
}

/** A parted page whose elements have their styles; the words are still in it. */
export interface StyledPage {
  readonly html: string;
  /** The selectors that match elements of the page. */
  readonly used: ReadonlySet<Selector>;
}

/** A page with its styles inlined. */
export interface InlinedPage {
  readonly html: string;
  /** How many selectors of linked sheets were left out, because nothing in the page asks for them. */
  readonly dropped: number;
}

/**
 * Moves the rules of style sheets into `style` attributes. Whatever cannot be moved stays in a `<style>`:
 * at-rules, rules for states and for what mail programs add, rules that the engine cannot apply or has no
 * element for. Sheets that were made for many pages, files and the kit's, lose what nothing in the page
 * asks for. What the engine's parser would rewrite (doctype, comments, conditional comments) comes out as it
 * went in.
 */
export class CssInliner {
  readonly #engine: CssEngine;
  readonly #rules = new Map<string, readonly SheetRule[]>();

  constructor(engine: CssEngine) {
    this.#engine = engine;
  }

  /** @param find the local style sheet behind a link's `href`, if there is one */
  inline(html: string, find: FindSheet): InlinedPage {
    if (!bringsStyles(html)) return { html, dropped: 0 };
    const parted = this.part(html, find);
    return this.finish(this.apply(parted.rest, parted), parted);
  }

  /** Takes style sheets out of a page. */
  part(html: string, find: FindSheet): PartedPage {
    const word = unusedWord(html);
    const sheets: Sheet[] = [];
    const rest = withSheets(html, find, ({ css, from }) => {
      const sheet = { word: `${word}${sheets.length}z`, from, rules: this.#rulesOf(css) };
      sheets.push(sheet);
      return sheet.word;
    });
    const selectors = sheets.flatMap(({ rules }) => rules.flatMap(appliedSelectors));
    return { rest, sheets, selectors };
  }

  /** Puts rules into the style attributes of a parted page. */
  apply(html: string, { sheets, selectors }: PartedPage): StyledPage {
    if (selectors.length === 0) return { html, used: new Set() };
    const sheltered = shelter(html);
    const rules = sheets.flatMap((sheet) => sheet.rules);
    const styles = new ElementStyles(sheltered.html, rules, isWhole(sheltered.html));
    const styled = styles.resolve(applied(this.#engine, styles.html, styles.css));
    return { html: sheltered.restore(styled.html), used: styled.used };
  }

  /** Puts what is left of its style sheets back into a page; an empty one goes away. */
  finish({ html, used }: StyledPage, { sheets }: PartedPage): InlinedPage {
    let dropped = 0;
    let words: ReadonlySet<string> | undefined;
    const isAskedFor = ({ names }: Selector): boolean => {
      words ??= wordsOf(html);
      return names.some((name) => words?.has(name));
    };
    const finished = sheets.reduce((page, { word, from, rules }) => {
      const isDropped = (selector: Selector): boolean =>
        from !== 'page' && !selector.isHook && !isAskedFor(selector);
      const kept = rules.flatMap((rule) => {
        const left = leftOf(rule, used, isDropped);
        if (from === 'file') dropped += left.dropped;
        return left.kept ?? [];
      });
      return withContent(page, word, kept.join('\n'));
    }, html);
    return { html: finished, dropped };
  }

  #rulesOf(css: string): readonly SheetRule[] {
    const known = this.#rules.get(css);
    if (known) return known;
    if (this.#rules.size >= MAX_SHEETS) this.#rules.clear();
    const rules = styleRules(css);
    this.#rules.set(css, rules);
    return rules;
  }
}

function unusedWord(html: string): string {
  let word = 'mailsheet';
  while (html.includes(word)) word += 'q';
  return word;
}

interface Left {
  readonly kept?: string;
  readonly dropped: number;
}

/** What stays of a rule in its sheet: the selectors that are not inlined, and those that are not only for elements of the page. */
function leftOf(
  rule: SheetRule,
  used: ReadonlySet<Selector>,
  isDropped: (selector: Selector) => boolean,
): Left {
  if (rule.kind === 'at-rule') return { kept: rule.text, dropped: 0 };
  const known = new Set(appliedSelectors(rule));
  const left = rule.selectors.filter((selector) => !used.has(selector) || selector.isHook);
  const kept = left.filter((selector) => !known.has(selector) || used.has(selector) || !isDropped(selector));
  const dropped = left.length - kept.length;
  return kept.length > 0 ? { kept: written(kept, rule), dropped } : { dropped };
}

function written(selectors: readonly Selector[], { body }: StyleRule): string {
  return selectors.map(({ text }) => text).join(', ') + body;
}

/** The classes and ids in a page, among its other words. */
function wordsOf(html: string): ReadonlySet<string> {
  return new Set(html.split(/[\s"'=<>]+/));
}

function withContent(html: string, word: string, content: string): string {
  if (content !== '') return html.replace(word, () => content);
  return html.replace(new RegExp(`<style\\b(?:"[^"]*"|'[^']*'|[^>"'])*>${word}</style>`), '');
}
