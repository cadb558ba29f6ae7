import { TokenType } from '@csstools/css-tokenizer';
import {
  componentValues,
  isKind,
  splitAt,
  textOf,
  trimmed,
  type ComponentValue,
} from '../../render/css/component-values.js';
import type { AtRuleUse, PropertyUse, SelectorUse } from './markup-use.js';

/** An item of a style sheet or of a `style` attribute. */
export type StyleItem = StyleDeclaration | StyleRule | StyleAtRule;

interface Placed {
  /** Offset in the sheet. */
  readonly offset: number;
}

export interface StyleDeclaration extends Placed {
  readonly kind: 'declaration';
  readonly use: PropertyUse;
  /** The declaration as written. */
  readonly text: string;
}

export interface StyleRule extends Placed {
  readonly kind: 'rule';
  readonly selectors: readonly SelectorUse[];
  readonly items: readonly StyleItem[];
}

export interface StyleAtRule extends Placed {
  readonly kind: 'at-rule';
  readonly use: AtRuleUse;
  /** Items of its block; absent for a rule without one, such as `@import`. */
  readonly items?: readonly StyleItem[];
}

/** Reads CSS as browsers do: text that can be neither a rule nor a declaration is skipped. */
export function styleTree(css: string): readonly StyleItem[] {
  return block(componentValues(css), false);
}

/** Reads the declarations and rules of a block or of a whole sheet. */
function block(values: readonly ComponentValue[], isInRule: boolean): readonly StyleItem[] {
  const items: StyleItem[] = [];
  const given = new Map<string, readonly string[]>();
  let part: ComponentValue[] = [];
  const end = (curly?: ComponentValue): void => {
    const read = trimmed(part);
    const item = curly ? rule(read, curly, isInRule) : statement(read, given);
    if (item) items.push(item);
    if (item?.kind === 'declaration') remember(given, item.use);
    part = [];
  };
  for (const value of values) {
    if (isKind(value, TokenType.Semicolon)) end();
    else if (isKind(value, TokenType.OpenCurly) && !isVariable(part)) end(value);
    else part.push(value);
  }
  end();
  return items;
}

/** Bounds memory: each declaration of a property keeps the values before it. */
const MAX_FALLBACKS = 8;

function remember(given: Map<string, readonly string[]>, { property, value }: PropertyUse): void {
  given.set(property, [...(given.get(property) ?? []), value].slice(-MAX_FALLBACKS));
}

function rule(
  prelude: readonly ComponentValue[],
  { inside = [] }: ComponentValue,
  isInRule: boolean,
): StyleItem | undefined {
  const offset = prelude[0]?.offset ?? 0;
  if (startsAtRule(prelude)) return { ...atRule(prelude), items: block(inside, isInRule) };
  const selectors = splitAt(prelude, TokenType.Comma).map((part): SelectorUse => {
    return { kind: 'selector', selector: textOf(part), isNested: isInRule };
  });
  return selectors.length === 0 ? undefined : { kind: 'rule', selectors, items: block(inside, true), offset };
}

function atRule(prelude: readonly ComponentValue[]): StyleAtRule {
  return {
    kind: 'at-rule',
    use: { kind: 'at-rule', rule: textOf(prelude) },
    offset: prelude[0]?.offset ?? 0,
  };
}

function statement(
  values: readonly ComponentValue[],
  given: ReadonlyMap<string, readonly string[]>,
): StyleItem | undefined {
  if (startsAtRule(values)) return atRule(values);
  const text = textOf(values);
  const [, name, written] = /^([\w-]+)\s*:\s*([^]*)$/.exec(text) ?? [];
  if (name === undefined || written === undefined) return undefined;
  const [property, value] = [name.toLowerCase(), written.toLowerCase()];
  const fallbacks = [...(given.get(property) ?? []), ...(given.get(BEHIND[property] ?? '') ?? [])];
  const use: PropertyUse = { kind: 'property', property, value, fallbacks };
  return { kind: 'declaration', use, text, offset: values[0]?.offset ?? 0 };
}

/** Property whose value shows where a client does not know the value of this one. */
const BEHIND: Readonly<Record<string, string>> = {
  background: 'background-color',
  'background-image': 'background-color',
};

function startsAtRule([first]: readonly ComponentValue[]): boolean {
  return first !== undefined && isKind(first, TokenType.AtKeyword);
}

function isVariable(values: readonly ComponentValue[]): boolean {
  return /^--[\w-]+\s*:/.test(textOf(trimmed(values)));
}
