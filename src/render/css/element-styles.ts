import { Parser } from 'htmlparser2';
import { componentValues } from './component-values.js';
import { declarationsOf, type Declaration } from './declarations.js';
import type { Selector } from './selector.js';
import { withAttribute } from './shelter.js';
import { appliedSelectors, type SheetRule } from './style-rules.js';

/** A selector with the declarations of its rule. */
interface Application {
  readonly selector: Selector;
  readonly declarations: readonly Declaration[];
}

/** A page whose elements have their styles, and the selectors that match any. */
export interface Resolved {
  readonly html: string;
  readonly used: ReadonlySet<Selector>;
}

/**
 * What the engine is given: for each selector a rule with its number for a declaration, and numbers in the
 * place of the elements' own styles. It answers which rules an element has, the weightier later; what they
 * come to is worked out here, since the engine keeps one declaration of a property, whatever it is, and
 * gives up on `style` attributes that browsers put up with.
 */
export class ElementStyles {
  readonly html: string;
  readonly css: string;
  readonly #word: string;
  readonly #rules: readonly Application[];
  /** As written in the page, but for double quotes. */
  readonly #own: string[] = [];
  readonly #used = new Set<Selector>();

  /** @param whole whether the page is parsed as a document: a piece of one has no root */
  constructor(html: string, rules: readonly SheetRule[], whole: boolean) {
    this.#word = unusedWord(html);
    this.#rules = rules.flatMap((rule) => applications(rule, whole));
    this.css = this.#rules
      .map(({ selector: { match } }, index) => `${match}{${this.#word}r${index}:0}`)
      .join('\n');
    this.html = withAttribute(html, 'style', (value) => this.#hidden(value));
  }

  /** Makes real styles of the numbers. */
  resolve(html: string): Resolved {
    const number = `${this.#word}(?:r|o)\\d+: ?0;? *`;
    const known = new Map<string, string>();
    const resolved = html.replace(new RegExp(` style="((?:${number})+)"`, 'g'), (_, numbers: string) => {
      const style = known.get(numbers) ?? this.#style(numbers);
      known.set(numbers, style);
      return ` style="${style}"`;
    });
    return { html: resolved, used: this.#used };
  }

  #hidden(value: string): string {
    return `${this.#word}o${this.#own.push(value.replaceAll('"', '&quot;')) - 1}:0`;
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

function applications(rule: SheetRule, whole: boolean): readonly Application[] {
  if (rule.kind !== 'style') return [];
  const { declarations = [] } = rule;
  return appliedSelectors(rule)
    .filter(({ asksRoot }) => whole || !asksRoot)
    .map((selector) => ({ selector, declarations }));
}

function unusedWord(html: string): string {
  let word = '--mail';
  while (html.includes(word)) word += 'q';
  return word;
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
 * What the declarations of rules come to for one element. What one rule says twice about a property stays: it
 * is for programs that know only the first.
 * @param rules their declarations, the weightier rules later
 * @param own the element's own, which come behind these and win
 */
function elementStyle(rules: readonly (readonly Declaration[])[], own: readonly Declaration[] = []): string {
  let style: readonly Declaration[] = [];
  for (const declarations of rules) {
    const counting = declarations.filter((declaration) => !isBeaten(declaration, style, declarations));
    style = [...left(style, counting), ...counting];
  }
  return left(style, own, true).map(written).join('');
}

/** Whether an important declaration of another rule keeps one from counting. */
function isBeaten(
  { property, important }: Declaration,
  style: readonly Declaration[],
  declarations: readonly Declaration[],
): boolean {
  const isImportant =
    important || declarations.some((other) => other.important && other.property === property);
  return !isImportant && style.some((other) => other.important && other.property === property);
}

/** What stays of a style under declarations that count for more. */
function left(
  style: readonly Declaration[],
  declarations: readonly Declaration[],
  keepsImportant = false,
): readonly Declaration[] {
  return style.filter(({ property, important, uncertain }) => {
    const later = declarations.find((other) => other.property === property);
    if (!later || (keepsImportant && important)) return true;
    // A program that does not know the later value takes this one.
    return later.uncertain && !uncertain;
  });
}

function written({ name, value, important }: Declaration): string {
  return `${name}: ${value}${important ? ' !important' : ''};`;
}
