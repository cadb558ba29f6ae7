import { Parser } from 'htmlparser2';
import { unusedWord } from '../format/unused-word.js';
import { componentValues } from './component-values.js';
import { declarationsOf, type Declaration } from './declarations.js';
import type { Selector } from './selector.js';
import { mapAttribute } from './masked-html.js';
import { appliedSelectors, type SheetRule } from './style-rules.js';

/** A selector with the declarations of its rule. */
interface AppliedSelector {
  readonly selector: Selector;
  readonly declarations: readonly Declaration[];
}

/** A page whose elements have their styles. */
export interface StyledPage {
  readonly html: string;
  /** The selectors that match elements of the page. */
  readonly used: ReadonlySet<Selector>;
}

/**
 * Lets the engine only match selectors, and cascades their declarations itself: the engine keeps one
 * declaration of each property, whatever it is, and gives up on `style` attributes that browsers accept.
 * For that, the engine gets a style sheet in which each selector declares nothing but its number, and a page
 * in which each element's own style is a number. It answers with the numbers of the rules that an element
 * has, in ascending order of weight.
 */
export class ElementStyles {
  readonly html: string;
  readonly css: string;
  readonly #word: string;
  readonly #rules: readonly AppliedSelector[];
  /** The elements' own styles as written, with double quotes escaped. */
  readonly #own: string[] = [];
  readonly #used = new Set<Selector>();

  /** @param whole whether the page is a document; a fragment has no root */
  constructor(html: string, rules: readonly SheetRule[], whole: boolean) {
    this.#word = unusedWord('--mail', html);
    this.#rules = rules.flatMap((rule) => appliedBy(rule, whole));
    this.css = this.#rules
      .map(({ selector: { match } }, index) => `${match}{${this.#word}r${index}:0}`)
      .join('\n');
    this.html = mapAttribute(html, 'style', (value) => {
      const number = this.#own.push(value.replaceAll('"', '&quot;')) - 1;
      return `${this.#word}o${number}:0`;
    });
  }

  /** Replaces the numbers in the engine's result by styles. */
  resolve(html: string): StyledPage {
    const number = `${this.#word}(?:r|o)\\d+: ?0;? *`;
    const known = new Map<string, string>();
    const resolved = html.replace(new RegExp(` style="((?:${number})+)"`, 'g'), (_, numbers: string) => {
      const style = known.get(numbers) ?? this.#style(numbers);
      known.set(numbers, style);
      return ` style="${style}"`;
    });
    return { html: resolved, used: this.#used };
  }

  #style(numbers: string): string {
    let own = '';
    const rules: (readonly Declaration[])[] = [];
    for (const [, kind, index] of numbers.matchAll(/([ro])(\d+):/g)) {
      const rule = this.#rules[Number(index)];
      if (kind === 'o') own = this.#own[Number(index)] ?? '';
      else if (rule) {
        this.#used.add(rule.selector);
        rules.push(rule.declarations);
      }
    }
    return rules.length === 0 ? own : escaped(elementStyle(rules, ownDeclarations(own))) + own;
  }
}

function appliedBy(rule: SheetRule, whole: boolean): readonly AppliedSelector[] {
  if (rule.kind !== 'style') return [];
  const { declarations = [] } = rule;
  return appliedSelectors(rule)
    .filter(({ dependsOnRoot }) => whole || !dependsOnRoot)
    .map((selector) => ({ selector, declarations }));
}

function escaped(style: string): string {
  return style.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

/** @param style the value of a `style` attribute as written */
function ownDeclarations(style: string): readonly Declaration[] {
  if (style.trim() === '') return [];
  return declarationsOf(componentValues(style.includes('&') ? decoded(style) : style)) ?? [];
}

function decoded(value: string): string {
  let text = '';
  const parser = new Parser({ onattribute: (_, found) => (text = found) });
  parser.end(`<a a="${value}">`);
  return text;
}

/**
 * Cascades the declarations of rules for one element. Two declarations of a property in one rule both stay,
 * because the first is for programs that do not know the second.
 * @param rules declarations of each rule, in ascending order of weight
 * @param own the element's own declarations, which follow and win
 */
function elementStyle(rules: readonly (readonly Declaration[])[], own: readonly Declaration[] = []): string {
  let style: readonly Declaration[] = [];
  for (const declarations of rules) {
    const counting = declarations.filter((declaration) => !isBeaten(declaration, style, declarations));
    style = [...remaining(style, counting), ...counting];
  }
  return remaining(style, own, true).map(written).join('');
}

/** Whether an important declaration in the style so far wins over this one. */
function isBeaten(
  { property, important }: Declaration,
  style: readonly Declaration[],
  declarations: readonly Declaration[],
): boolean {
  const isImportant =
    important || declarations.some((other) => other.important && other.property === property);
  return !isImportant && style.some((other) => other.important && other.property === property);
}

/** The declarations of a style that remain when others win over them. */
function remaining(
  style: readonly Declaration[],
  declarations: readonly Declaration[],
  keepsImportant = false,
): readonly Declaration[] {
  return style.filter(({ property, important, uncertain }) => {
    const later = declarations.find((other) => other.property === property);
    if (!later || (keepsImportant && important)) return true;
    // Programs that do not know the later value take this one.
    return later.uncertain && !uncertain;
  });
}

function written({ name, value, important }: Declaration): string {
  return `${name}: ${value}${important ? ' !important' : ''};`;
}
