import { TokenType, type CSSToken } from '@csstools/css-tokenizer';
import {
  isBlank,
  isBroken,
  isDelim,
  isKind,
  splitAt,
  textOf,
  trimmed,
  type ComponentValue,
} from './component-values.js';

/** One `name: value` of a rule or of a `style` attribute. */
export interface Declaration {
  /** As written. */
  readonly name: string;
  /** In lower case, unless it is a variable. */
  readonly property: string;
  /** On one line, and without double quotes where there is a way without. */
  readonly value: string;
  readonly important: boolean;
  /** Some programs may not know such a value, and take the one before it. */
  readonly uncertain: boolean;
}

/** Functions that every program knows. */
const CERTAIN = new Set(['url', 'rgb']);

/**
 * The declarations of a block.
 * @returns nothing when rules stand among them
 */
export function declarationsOf(block: readonly ComponentValue[]): readonly Declaration[] | undefined {
  const declarations: Declaration[] = [];
  for (const statement of splitAt(block, TokenType.Semicolon)) {
    const colon = statement.findIndex((value) => isKind(value, TokenType.Colon));
    const name = trimmed(statement.slice(0, Math.max(colon, 0)));
    const isCustom = textOf(name).startsWith('--');
    if (!isCustom && statement.some((value) => isRule(value))) return undefined;
    if (name.length === 0 || name.some(isBlank) || isBroken(statement)) continue;
    declarations.push(declaration(textOf(name), trimmed(statement.slice(colon + 1))));
  }
  return declarations;
}

function isRule({ token: [kind] }: ComponentValue): boolean {
  return kind === TokenType.OpenCurly || kind === TokenType.AtKeyword;
}

function declaration(name: string, values: readonly ComponentValue[]): Declaration {
  const solid = values.filter((value) => !isBlank(value));
  const [mark, word] = solid.slice(-2);
  const important =
    mark !== undefined && isDelim(mark, '!') && word !== undefined && /^important$/i.test(textOf([word]));
  const value = important ? trimmed(values.slice(0, values.indexOf(mark))) : values;
  const property = name.startsWith('--') ? name : name.toLowerCase();
  return { name, property, value: textOf(value, onOneLine), important, uncertain: value.some(mayBeUnknown) };
}

function mayBeUnknown({ token }: ComponentValue): boolean {
  return token[0] === TokenType.Function && !CERTAIN.has(token[4].value.toLowerCase());
}

function onOneLine(token: CSSToken): string {
  const [kind, text] = token;
  if (kind === TokenType.Whitespace) return ' ';
  if (kind !== TokenType.String) return kind === TokenType.URL && !text.endsWith(')') ? `${text})` : text;
  const inner = text.slice(1, text.length > 1 && text.endsWith(text.charAt(0)) ? -1 : undefined);
  return inner.includes("'") ? `"${inner}"` : `'${inner}'`;
}
