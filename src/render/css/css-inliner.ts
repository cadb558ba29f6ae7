import { LruCache } from '../format/lru-cache.js';
import { unusedWord } from '../format/unused-word.js';
import { applyRules, isWhole, type CssEngine } from './css-engine.js';
import { ElementStyles, type StyledPage } from './element-styles.js';
import type { Selector } from './selector.js';
import { maskComments } from './masked-html.js';
import { appliedSelectors, styleRules, type SheetRule } from './style-rules.js';
import { ATTRIBUTES, bringsStyles, withSheets, type FindSheet, type SheetOrigin } from './style-tags.js';

/** Bounds the style sheets whose rules are kept. */
const MAX_SHEETS = 200;

/** A page without the style sheets that may be inlined: a placeholder stands for each. */
export interface ExtractedPage {
  readonly rest: string;
  readonly sheets: readonly ExtractedSheet[];
  /** The selectors that the engine can apply. */
  readonly selectors: readonly Selector[];
}

interface ExtractedSheet {
  readonly placeholder: string;
  readonly from: SheetOrigin;
  readonly rules: readonly SheetRule[];
}

/** A page with its styles inlined. */
export interface InlinedPage {
  readonly html: string;
  /** Number of selectors of linked sheets that were left out, because no element of the page can match them. */
  readonly dropped: number;
}

/**
 * Moves the rules of style sheets into `style` attributes. Rules that cannot be moved stay in a `<style>`:
 * at-rules, rules for states and for elements that mail programs add, rules that the engine cannot apply or
 * that match no element. Sheets made for many pages, which are files and the kit's, lose the selectors whose
 * classes and ids the page does not have. The doctype and all comments, which the engine's parser would
 * rewrite, stay as they were.
 */
export class CssInliner {
  readonly #engine: CssEngine;
  readonly #rules = new LruCache<readonly SheetRule[]>(MAX_SHEETS);

  constructor(engine: CssEngine) {
    this.#engine = engine;
  }

  inline(html: string, find: FindSheet): InlinedPage {
    if (!bringsStyles(html)) return { html, dropped: 0 };
    const extracted = this.extract(html, find);
    return this.finish(this.apply(extracted.rest, extracted), extracted);
  }

  /** @param find returns the local style sheet behind a link's `href`, if there is one */
  extract(html: string, find: FindSheet): ExtractedPage {
    const word = unusedWord('mailsheet', html);
    const sheets: ExtractedSheet[] = [];
    const rest = withSheets(html, find, ({ css, from }) => {
      const sheet = {
        placeholder: `${word}${sheets.length}z`,
        from,
        rules: this.#rules.getOrMake(css, () => styleRules(css)),
      };
      sheets.push(sheet);
      return sheet.placeholder;
    });
    const selectors = sheets.flatMap(({ rules }) => rules.flatMap(appliedSelectors));
    return { rest, sheets, selectors };
  }

  /** Puts the rules into the `style` attributes of the page or of a version of it. */
  apply(html: string, { sheets, selectors }: ExtractedPage): StyledPage {
    if (selectors.length === 0) return { html, used: new Set() };
    const masked = maskComments(html);
    const rules = sheets.flatMap((sheet) => sheet.rules);
    const styles = new ElementStyles(masked.html, rules, isWhole(masked.html));
    const styled = styles.resolve(applyRules(this.#engine, styles.html, styles.css));
    return { html: masked.restore(styled.html), used: styled.used };
  }

  /** Puts the remaining rules back into the page, and removes the `<style>` of a sheet without any. */
  finish({ html, used }: StyledPage, { sheets }: ExtractedPage): InlinedPage {
    let dropped = 0;
    /** All words of the page, among them its classes and ids. */
    let words: ReadonlySet<string> | undefined;
    const canMatch = ({ names }: Selector): boolean => {
      words ??= new Set(html.split(/[\s"'=<>]+/));
      return names.some((name) => words?.has(name));
    };
    const finished = sheets.reduce((page, { placeholder, from, rules }) => {
      const isDropped = (selector: Selector): boolean =>
        from !== 'page' && !selector.isHook && !canMatch(selector);
      const kept = rules.flatMap((rule) => {
        const remaining = remainderOf(rule, used, isDropped);
        if (from === 'file') dropped += remaining.dropped;
        return remaining.kept ?? [];
      });
      return withContent(page, placeholder, kept.join('\n'));
    }, html);
    return { html: finished, dropped };
  }
}

interface Remainder {
  readonly kept?: string;
  readonly dropped: number;
}

/** The part of a rule that stays in its sheet: selectors that were not inlined, and those for mail programs. */
function remainderOf(
  rule: SheetRule,
  used: ReadonlySet<Selector>,
  isDropped: (selector: Selector) => boolean,
): Remainder {
  if (rule.kind === 'at-rule') return { kept: rule.text, dropped: 0 };
  const applied = new Set(appliedSelectors(rule));
  const left = rule.selectors.filter((selector) => !used.has(selector) || selector.isHook);
  const kept = left.filter(
    (selector) => !applied.has(selector) || used.has(selector) || !isDropped(selector),
  );
  const dropped = left.length - kept.length;
  return kept.length > 0
    ? { kept: kept.map(({ text }) => text).join(', ') + rule.body, dropped }
    : { dropped };
}

function withContent(html: string, placeholder: string, content: string): string {
  if (content !== '') return html.replace(placeholder, () => content);
  return html.replace(new RegExp(`<style\\b${ATTRIBUTES}>${placeholder}</style>`), '');
}
