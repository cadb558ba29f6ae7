import { tokenize, TokenType, type CSSToken } from '@csstools/css-tokenizer';

/** A CSS token; a function or an opening bracket includes everything up to its end (CSS Syntax Level 3, 5.4.7). */
export interface ComponentValue {
  readonly token: CSSToken;
  /** Absent for a token that opens nothing. */
  readonly inside?: readonly ComponentValue[];
  /** Index in the source. */
  readonly offset: number;
}

type Kind = CSSToken[0];

/** The closing token of each opening one. */
const CLOSERS: ReadonlyMap<Kind, readonly [kind: Kind, text: string]> = new Map([
  [TokenType.OpenCurly, [TokenType.CloseCurly, '}']],
  [TokenType.OpenSquare, [TokenType.CloseSquare, ']']],
  [TokenType.OpenParen, [TokenType.CloseParen, ')']],
  [TokenType.Function, [TokenType.CloseParen, ')']],
]);

interface Open {
  readonly closer: Kind | undefined;
  readonly values: ComponentValue[];
}

/** Bounds the depth of brackets. Real style sheets stay far below; deeper brackets are read as single tokens. */
const MAX_DEPTH = 100;

/** Reads CSS as browsers do: the end of the source closes everything that is open. */
export function componentValues(css: string): readonly ComponentValue[] {
  const values: ComponentValue[] = [];
  const open: Open[] = [{ closer: undefined, values }];
  let offset = 0;
  for (const token of tokenize({ css })) {
    const [kind, text] = token;
    const top = open.at(-1);
    if (kind === TokenType.EOF || !top) break;
    const closer = open.length > MAX_DEPTH ? undefined : CLOSERS.get(kind)?.[0];
    if (kind === top.closer) open.pop();
    else if (closer === undefined) top.values.push({ token, offset });
    else {
      const inside: ComponentValue[] = [];
      top.values.push({ token, inside, offset });
      open.push({ closer, values: inside });
    }
    offset += text.length;
  }
  return values;
}

export function isKind({ token }: ComponentValue, kind: Kind): boolean {
  return token[0] === kind;
}

/** White space or a comment. */
export function isBlank({ token: [kind] }: ComponentValue): boolean {
  return kind === TokenType.Whitespace || kind === TokenType.Comment;
}

/** Whether it is this character on its own. */
export function isDelim({ token }: ComponentValue, character: string): boolean {
  return token[0] === TokenType.Delim && token[4].value === character;
}

export function trimmed(values: readonly ComponentValue[]): readonly ComponentValue[] {
  const first = values.findIndex((value) => !isBlank(value));
  return first < 0 ? [] : values.slice(first, values.findLastIndex((value) => !isBlank(value)) + 1);
}

/** The parts between tokens of a kind, without empty ones. */
export function splitAt(
  values: readonly ComponentValue[],
  kind: Kind,
): readonly (readonly ComponentValue[])[] {
  const parts: ComponentValue[][] = [];
  let part: ComponentValue[] = [];
  for (const value of values) {
    if (!isKind(value, kind)) part.push(value);
    else {
      parts.push(part);
      part = [];
    }
  }
  return [...parts, part].map(trimmed).filter(({ length }) => length > 0);
}

/** Writes values without comments, and closes everything that the source left open. */
export function textOf(
  values: readonly ComponentValue[],
  written: (value: CSSToken) => string = asWritten,
): string {
  return values
    .map((value, index) => {
      const { token, inside } = value;
      if (token[0] === TokenType.Comment)
        return separates(values[index - 1], values[index + 1]) ? '/**/' : '';
      const end = CLOSERS.get(token[0])?.[1];
      return inside && end ? written(token) + textOf(inside, written) + end : written(token);
    })
    .join('');
}

/** Whether a comment separates two tokens that would be one without it. */
function separates(before: ComponentValue | undefined, after: ComponentValue | undefined): boolean {
  return before !== undefined && after !== undefined && !isBlank(before) && !isBlank(after);
}

export function asWritten([kind, text]: CSSToken): string {
  if (kind === TokenType.String)
    return text.length > 1 && text.endsWith(text.charAt(0)) ? text : text + text.charAt(0);
  return kind === TokenType.URL && !text.endsWith(')') ? `${text})` : text;
}

/** Whether browsers ignore a statement of these values, for a bracket that closes nothing or a malformed string or URL. */
export function isBroken(values: readonly ComponentValue[]): boolean {
  return values.some(
    ({ token, inside }) => BROKEN.has(token[0]) || (inside !== undefined && isBroken(inside)),
  );
}

const BROKEN: ReadonlySet<Kind> = new Set([
  TokenType.BadString,
  TokenType.BadURL,
  TokenType.CloseCurly,
  TokenType.CloseSquare,
  TokenType.CloseParen,
]);
