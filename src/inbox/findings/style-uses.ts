import type { AtRuleUse, PropertyUse, SelectorUse } from './markup-use.js';

/** What a style sheet, or the value of a `style` attribute, does. */
export type StyleUse = (AtRuleUse | PropertyUse | SelectorUse) & {
  /** In the sheet. */
  readonly offset: number;
  /** Within the block of an at-rule. */
  readonly nested: boolean;
};

/** Comments, strings (up to the end of their line at most), and what structures a sheet; `;` within parentheses belongs to a data URL. */
const TOKEN =
  /\/\*[^]*?(?:\*\/|$)|"(?:\\[^]|[^"\\\n]+)*"?|'(?:\\[^]|[^'\\\n]+)*'?|\((?:"[^"]*"|'[^']*'|[^()"']|\([^()]*\))*\)|[{};]|\s+|[^]/g;

/** Reads CSS the way browsers do as far as structure goes: what cannot be a rule or a declaration is left out. */
export function styleUses(css: string): readonly StyleUse[] {
  const reading = new StyleReading();
  for (const { 0: token, index } of css.matchAll(TOKEN)) {
    if (!token.startsWith('/*')) reading.token(token, index);
  }
  return reading.end();
}

class StyleReading {
  readonly #uses: StyleUse[] = [];
  /** The blocks around: whether each, or one around it, is an at-rule's. */
  readonly #open: boolean[] = [];
  #text = '';
  /** Nothing but white space so far. */
  #isBlank = true;
  #start = 0;

  token(token: string, index: number): void {
    if (token === '{') this.#begin();
    else if (token === ';' || token === '}') this.#end(token === '}');
    else {
      if (this.#isBlank) this.#start = index;
      this.#isBlank &&= token.trim() === '';
      this.#text += token;
    }
  }

  end(): readonly StyleUse[] {
    this.#end(false);
    return this.#uses;
  }

  #begin(): void {
    const prelude = this.#text.trim();
    this.#take(preludeUse(prelude, this.#at()));
    this.#open.push(prelude.startsWith('@') || this.#isNested);
  }

  #end(ofBlock: boolean): void {
    this.#take(statementUse(this.#text.trim(), this.#at()));
    if (ofBlock) this.#open.pop();
  }

  #take(use: StyleUse | undefined): void {
    if (use) this.#uses.push(use);
    this.#text = '';
    this.#isBlank = true;
  }

  #at(): At {
    return { offset: this.#start, nested: this.#isNested };
  }

  get #isNested(): boolean {
    return this.#open.at(-1) ?? false;
  }
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
