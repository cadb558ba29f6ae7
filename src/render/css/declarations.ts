import { TokenType, type CSSToken } from '@csstools/css-tokenizer';
import {
  asWritten,
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
  /** The name in lower case, unless it is a custom property. */
  readonly property: string;
  /** The value on one line, without double quotes if that is possible. */
  readonly value: string;
  readonly important: boolean;
  /** Whether some programs may not know such a value, and use the declaration before it. */
  readonly uncertain: boolean;
}

/** Functions that every mail program knows. */
const CERTAIN = new Set(['url', 'rgb']);

/** @returns undefined if there are rules among the declarations of the block */
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
  const [bang, word] = solid.slice(-2);
  const important =
    bang !== undefined && isDelim(bang, '!') && word !== undefined && /^important$/i.test(textOf([word]));
  const value = important ? trimmed(values.slice(0, values.indexOf(bang))) : values;
  const property = name.startsWith('--') ? name : name.toLowerCase();
  return { name, property, value: textOf(value, onOneLine), important, uncertain: value.some(mayBeUnknown) };
}

function mayBeUnknown({ token }: ComponentValue): boolean {
  return token[0] === TokenType.Function && !CERTAIN.has(token[4].value.toLowerCase());
}

function onOneLine(token: CSSToken): string {
  const [kind, text] = token;
  if (kind === TokenType.Whitespace) return ' ';
  if (kind !== TokenType.String) return asWritten(token);
  const inner = text.slice(1, text.length > 1 && text.endsWith(text.charAt(0)) ? -1 : undefined);
  return inner.includes("'") ? `"${inner}"` : `'${inner}'`;
}
