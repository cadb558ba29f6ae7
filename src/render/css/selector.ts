import { HashType, TokenType } from '@csstools/css-tokenizer';
import {
  isBlank,
  isDelim,
  isKind,
  splitAt,
  textOf,
  trimmed,
  type ComponentValue,
} from './component-values.js';
import { namesMailHook } from './mail-hooks.js';

/** A selector of a style rule. */
export interface Selector {
  /** As written, without comments. */
  readonly text: string;
  /** The selector for the engine, with the same specificity; absent if only the reader's program can match it. */
  readonly match?: string;
  /** Whether elements beside or before decide about a match. */
  readonly dependsOnSiblings: boolean;
  /** Whether the content of the element decides about a match. */
  readonly dependsOnContent: boolean;
  /** Whether it matches only the root of a document. */
  readonly dependsOnRoot: boolean;
  /** Names of the attributes whose values decide about a match, in lower case. */
  readonly attributes: readonly string[];
  /** Classes and ids in the selector. */
  readonly names: readonly string[];
  /** Whether it is meant for elements that a mail program adds. */
  readonly isHook: boolean;
}

export function selectorsOf(prelude: readonly ComponentValue[]): readonly Selector[] {
  return splitAt(prelude, TokenType.Comma).map((values) => new SelectorParser().selector(values));
}

/** Pseudo-classes for the position of an element. */
const PLACES = new Set(
  'first-child last-child only-child first-of-type last-of-type only-of-type'.split(' '),
);
const COUNTED_PLACES = new Set('nth-child nth-last-child nth-of-type nth-last-of-type'.split(' '));
/** Matches `odd` and `2n + 1`, but not `2 of .x`, which the engine does not know. */
const COUNT = /^(?:odd|even|(?=.)[+-]?\d*n?(?:\s*[+-]\s*\d+)?)$/i;
/** Elements that are links if they have an `href`. */
const LINKS = new Set([undefined, 'a', 'area']);

/** Parses one selector. The engine never gets a selector with a part that is not known here. */
class SelectorParser {
  #dependsOnSiblings = false;
  #dependsOnContent = false;
  #dependsOnRoot = false;
  readonly #attributes: string[] = [];
  readonly #names: string[] = [];

  selector(values: readonly ComponentValue[]): Selector {
    const text = textOf(values);
    const match = this.#complex(values);
    return {
      text,
      ...(match !== undefined && { match }),
      dependsOnSiblings: this.#dependsOnSiblings,
      dependsOnContent: this.#dependsOnContent,
      dependsOnRoot: this.#dependsOnRoot,
      attributes: [...new Set(this.#attributes)],
      names: this.#names,
      isHook: namesMailHook(text),
    };
  }

  #complex(values: readonly ComponentValue[]): string | undefined {
    const matches = compoundsOf(values).map(({ compound, combinator }) => {
      if (/[+~]/.test(combinator)) this.#dependsOnSiblings = true;
      const match = this.#compound(compound);
      return match === undefined ? undefined : match + combinator;
    });
    return matches.includes(undefined) ? undefined : matches.join('');
  }

  #compound(values: readonly ComponentValue[]): string | undefined {
    if (values.length === 0) return undefined;
    const type = typeOf(values[0]);
    let match = type ?? '';
    let known = true;
    for (let at = type === undefined ? 0 : 1; at < values.length;) {
      const [part, length] = this.#part(values.slice(at, at + 3), type === '*' ? undefined : type);
      if (part === undefined) known = false;
      match += part ?? '';
      at += length;
    }
    return known ? match : undefined;
  }

  /** Reads a class, an id, an attribute or a pseudo-class; `length` is the number of values it consists of. */
  #part(
    [first, second]: readonly ComponentValue[],
    type: string | undefined,
  ): readonly [part: string | undefined, length: number] {
    if (!first) return [undefined, 1];
    if (first.token[0] === TokenType.Hash && first.token[4].type === HashType.ID)
      return [this.#named(first.token[4].value, 'id', textOf([first])), 1];
    if (isKind(first, TokenType.OpenSquare)) return [this.#attribute(first), 1];
    if (isDelim(first, '.') && second?.token[0] === TokenType.Ident)
      return [this.#named(second.token[4].value, 'class', textOf([first, second])), 2];
    if (isKind(first, TokenType.Colon) && second) return [this.#pseudoClass(second, type), 2];
    return [undefined, 1];
  }

  #named(name: string, attribute: string, match: string): string {
    this.#names.push(name);
    this.#attributes.push(attribute);
    return match;
  }

  #attribute({ inside = [] }: ComponentValue): string | undefined {
    const [name, ...rest] = inside.filter((value) => !isBlank(value));
    if (name?.token[0] !== TokenType.Ident) return undefined;
    const attribute = name.token[4].value.toLowerCase();
    if (rest.length === 0) return `[${attribute}]`;
    this.#attributes.push(attribute);
    const value = rest.at(-1);
    const operator = textOf(rest.slice(0, -1));
    // The engine knows no flags, and never sees a real `style` attribute (see `ElementStyles`).
    const isKnown =
      /^[~|^$*]?=$/.test(operator) &&
      value !== undefined &&
      (isKind(value, TokenType.Ident) || isKind(value, TokenType.String)) &&
      attribute !== 'style';
    return isKnown ? `[${attribute}${operator}${textOf([value])}]` : undefined;
  }

  #pseudoClass({ token, inside = [] }: ComponentValue, type: string | undefined): string | undefined {
    if (token[0] === TokenType.Ident) return this.#plainPseudoClass(token[4].value.toLowerCase(), type);
    if (token[0] !== TokenType.Function) return undefined;
    const name = token[4].value.toLowerCase();
    if (name === 'not') return this.#not(inside);
    const count = textOf(trimmed(inside));
    if (!COUNTED_PLACES.has(name) || !COUNT.test(count)) return undefined;
    this.#dependsOnSiblings = true;
    return `:${name}(${count})`;
  }

  #plainPseudoClass(name: string, type: string | undefined): string | undefined {
    if (name === 'link' || name === 'any-link') return LINKS.has(type?.toLowerCase()) ? '[href]' : undefined;
    if (name === 'empty') this.#dependsOnContent = true;
    else if (name === 'root') this.#dependsOnRoot = true;
    else if (PLACES.has(name)) this.#dependsOnSiblings = true;
    else return undefined;
    return `:${name}`;
  }

  #not(inside: readonly ComponentValue[]): string | undefined {
    const parts = splitAt(inside, TokenType.Comma).map((values) => this.#complex(values));
    return parts.length === 0 || parts.includes(undefined) ? undefined : `:not(${parts.join(', ')})`;
  }
}

function typeOf(value: ComponentValue | undefined): string | undefined {
  if (value?.token[0] === TokenType.Ident) return textOf([value]);
  return value && isDelim(value, '*') ? '*' : undefined;
}

interface Compound {
  readonly compound: readonly ComponentValue[];
  readonly combinator: string;
}

function compoundsOf(values: readonly ComponentValue[]): readonly Compound[] {
  const compounds: Compound[] = [];
  const solid = values.filter((value) => !isKind(value, TokenType.Comment));
  let compound: ComponentValue[] = [];
  for (const [at, value] of solid.entries()) {
    const combinator = combinatorAt(solid, at);
    if (combinator === undefined) compound.push(value);
    else if (combinator !== '') {
      compounds.push({ compound, combinator });
      compound = [];
    }
  }
  return [...compounds, { compound, combinator: '' }];
}

/** The combinator that a value is, empty for blanks beside one, undefined for any other value. */
function combinatorAt(values: readonly ComponentValue[], at: number): string | undefined {
  const [before, value, after] = [values[at - 1], values[at], values[at + 1]];
  const sign = signOf(value);
  if (sign !== undefined) return ` ${sign} `;
  if (!value || !isBlank(value)) return undefined;
  const isBeside = signOf(before) !== undefined || signOf(after) !== undefined || (after && isBlank(after));
  return isBeside ? '' : ' ';
}

function signOf(value: ComponentValue | undefined): string | undefined {
  return value && ['>', '+', '~'].find((sign) => isDelim(value, sign));
}
