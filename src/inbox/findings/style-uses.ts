import type { AtRuleUse, PropertyUse, SelectorUse } from './markup-use.js';

/** What a style sheet, or the value of a `style` attribute, does. */
export type StyleUse = (AtRuleUse | PropertyUse | SelectorUse) & {
  /** In the sheet. */
  readonly offset: number;
  /** Within the block of an at-rule. */
  readonly nested: boolean;
};

/** Comments, strings, and the characters that structure a sheet; `;` within parentheses belongs to a data URL. */
const TOKEN =
  /\/\*[^]*?(?:\*\/|$)|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\((?:"[^"]*"|'[^']*'|[^()"']|\([^()]*\))*\)|[{};]|[^]/g;

/** Reads CSS the way browsers do as far as structure goes: what cannot be a rule or a declaration is left out. */
export function styleUses(css: string): readonly StyleUse[] {
  const uses: StyleUse[] = [];
  const open: boolean[] = [];
  let text = '';
  let start = 0;
  const take = (use: (text: string) => StyleUse | undefined): void => {
    const found = use(text.trim());
    if (found) uses.push(found);
    text = '';
  };
  for (const { 0: token, index } of css.matchAll(TOKEN)) {
    if (token.startsWith('/*')) continue;
    const at = { offset: start, nested: open.includes(true) };
    if (token === '{') {
      open.push(text.trim().startsWith('@'));
      take((prelude) => preludeUse(prelude, at));
    } else if (token === ';' || token === '}') {
      take((statement) => statementUse(statement, at));
      if (token === '}') open.pop();
    } else {
      if (text.trim() === '') start = index;
      text += token;
    }
  }
  take((statement) => statementUse(statement, { offset: start, nested: open.includes(true) }));
  return uses;
}

type At = Pick<StyleUse, 'offset' | 'nested'>;

function preludeUse(prelude: string, at: At): StyleUse | undefined {
  if (prelude === '') return undefined;
  return prelude.startsWith('@')
    ? { kind: 'at-rule', rule: prelude, ...at }
    : { kind: 'selector', selector: prelude, ...at };
}

function statementUse(statement: string, at: At): StyleUse | undefined {
  if (statement.startsWith('@')) return { kind: 'at-rule', rule: statement, ...at };
  const [, property, value] = /^([\w-]+)\s*:\s*([^]*)$/.exec(statement) ?? [];
  if (property === undefined || value === undefined) return undefined;
  return { kind: 'property', property: property.toLowerCase(), value: value.toLowerCase(), ...at };
}
