import { TokenType } from '@csstools/css-tokenizer';
import {
  componentValues,
  isKind,
  textOf,
  trimmed,
  type ComponentValue,
} from '../../render/css/component-values.js';
import type { AtRuleUse, PropertyUse, SelectorUse } from './markup-use.js';

/** What a style sheet, or the value of a `style` attribute, does. */
export type StyleUse = (AtRuleUse | PropertyUse | SelectorUse) & {
  /** In the sheet. */
  readonly offset: number;
  /** Within the block of an at-rule. */
  readonly nested: boolean;
};

/** Reads CSS the way browsers do as far as structure goes: what cannot be a rule or a declaration is left out. */
export function styleUses(css: string): readonly StyleUse[] {
  return blockUses(componentValues(css), false);
}

/** The declarations and rules of a block, or of a whole sheet. */
function blockUses(values: readonly ComponentValue[], nested: boolean): readonly StyleUse[] {
  const uses: StyleUse[] = [];
  const given = new Map<string, readonly string[]>();
  let part: ComponentValue[] = [];
  const end = (): void => {
    const use = statementUse(trimmed(part), nested, given);
    if (use?.kind === 'property') given.set(use.property, [...(given.get(use.property) ?? []), use.value]);
    uses.push(...(use ? [use] : []));
    part = [];
  };
  for (const value of values) {
    if (isKind(value, TokenType.Semicolon)) end();
    else if (isKind(value, TokenType.OpenCurly) && !isVariable(part)) {
      uses.push(...ruleUses(trimmed(part), value, nested));
      part = [];
    } else part.push(value);
  }
  end();
  return uses;
}

function ruleUses(
  prelude: readonly ComponentValue[],
  { inside = [] }: ComponentValue,
  nested: boolean,
): readonly StyleUse[] {
  const isAtRule = startsAtRule(prelude);
  const own = preludeUse(prelude, nested);
  return [...(own ? [own] : []), ...blockUses(inside, nested || isAtRule)];
}

function preludeUse(prelude: readonly ComponentValue[], nested: boolean): StyleUse | undefined {
  const text = textOf(prelude);
  const at = { offset: prelude[0]?.offset ?? 0, nested };
  if (text === '') return undefined;
  return startsAtRule(prelude)
    ? { kind: 'at-rule', rule: text, ...at }
    : { kind: 'selector', selector: text, ...at };
}

function statementUse(
  statement: readonly ComponentValue[],
  nested: boolean,
  given: ReadonlyMap<string, readonly string[]>,
): StyleUse | undefined {
  if (startsAtRule(statement)) return preludeUse(statement, nested);
  const [, name, written] = /^([\w-]+)\s*:\s*([^]*)$/.exec(textOf(statement)) ?? [];
  if (name === undefined || written === undefined) return undefined;
  const [property, value] = [name.toLowerCase(), written.toLowerCase()];
  const fallbacks = [...(given.get(property) ?? []), ...(given.get(BEHIND[property] ?? '') ?? [])];
  return { kind: 'property', property, value, fallbacks, offset: statement[0]?.offset ?? 0, nested };
}

/** What is seen where the value of a property is not known, though that is another one's. */
const BEHIND: Readonly<Record<string, string>> = {
  background: 'background-color',
  'background-image': 'background-color',
};

function startsAtRule([first]: readonly ComponentValue[]): boolean {
  return first !== undefined && isKind(first, TokenType.AtKeyword);
}

function isVariable(statement: readonly ComponentValue[]): boolean {
  return /^--[\w-]+\s*:/.test(textOf(trimmed(statement)));
}
