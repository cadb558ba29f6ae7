import { TokenType } from '@csstools/css-tokenizer';
import {
  componentValues,
  isBlank,
  isKind,
  textOf,
  trimmed,
  type ComponentValue,
} from './component-values.js';
import { declarationsOf, type Declaration } from './declarations.js';
import { selectorsOf, type Selector } from './selector.js';

export type SheetRule = AtRule | StyleRule;

/** An at-rule, or text that is no rule and that browsers ignore. */
interface AtRule {
  readonly kind: 'at-rule';
  readonly text: string;
}

export interface StyleRule {
  readonly kind: 'style';
  readonly selectors: readonly Selector[];
  /** Absent if there are rules among them. */
  readonly declarations?: readonly Declaration[];
  /** `{ … }` as written, without comments. */
  readonly body: string;
}

/** The rules of a style sheet, in their order. */
export function styleRules(css: string): readonly SheetRule[] {
  const rules: SheetRule[] = [];
  let prelude: ComponentValue[] = [];
  for (const value of componentValues(css)) {
    if (prelude.length === 0 && isBetween(value)) continue;
    const block = isKind(value, TokenType.OpenCurly) ? value : undefined;
    const isAtRule = prelude[0] !== undefined && isKind(prelude[0], TokenType.AtKeyword);
    if (!block) prelude.push(value);
    if (block) rules.push(isAtRule ? atRule([...prelude, block]) : styleRule(prelude, block));
    else if (isAtRule && isKind(value, TokenType.Semicolon)) rules.push(atRule(prelude));
    else continue;
    prelude = [];
  }
  return prelude.length === 0 ? rules : [...rules, unfinished(trimmed(prelude))];
}

/** Keeps the end of a sheet that is no rule; an at-rule there gets its semicolon. */
function unfinished(prelude: readonly ComponentValue[]): AtRule {
  const isAtRule = prelude[0] !== undefined && isKind(prelude[0], TokenType.AtKeyword);
  return { kind: 'at-rule', text: textOf(prelude) + (isAtRule ? ';' : '') };
}

/** Blanks, and the comment signs that hid style sheets from the first browsers. */
function isBetween(value: ComponentValue): boolean {
  return isBlank(value) || isKind(value, TokenType.CDO) || isKind(value, TokenType.CDC);
}

function atRule(values: readonly ComponentValue[]): AtRule {
  return { kind: 'at-rule', text: textOf(values) };
}

function styleRule(prelude: readonly ComponentValue[], block: ComponentValue): SheetRule {
  const selectors = selectorsOf(prelude);
  if (selectors.length === 0) return atRule([block]);
  const declarations = declarationsOf(block.inside ?? []);
  return { kind: 'style', selectors, body: textOf([block]), ...(declarations && { declarations }) };
}

/** The selectors of a rule that the engine can apply. */
export function appliedSelectors(rule: SheetRule): readonly Selector[] {
  return rule.kind === 'style' && rule.declarations
    ? rule.selectors.filter(({ match }) => match !== undefined)
    : [];
}
