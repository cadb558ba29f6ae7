import type { SourceLocation } from '../faults/source-location.js';

/**
 * The syntax tree that Handlebars' compiler gets. Its nodes are Handlebars' own with two differences: strips are
 * spent, because whitespace control has run, and `loc` exists only where a helper needs it at run time, because the
 * compiler copies it into every call.
 */
export interface StrictProgram {
  readonly type: 'Program';
  readonly body: readonly StrictNode[];
  readonly blockParams?: readonly string[] | undefined;
}

export type StrictNode = ContentNode | PrintNode | BlockNode | PartialNode | InlineNode;

interface Statement {
  /** Absent for a statement that no template contains. Handlebars ignores it. */
  readonly place?: SourceLocation | undefined;
}

export interface ContentNode extends Statement {
  readonly type: 'ContentStatement';
  readonly value: string;
  readonly original: string;
}

interface CallFields {
  readonly path: PathNode;
  readonly params: readonly StrictExpression[];
  readonly hash?: HashNode | undefined;
  readonly loc?: CallLocation | undefined;
}

export interface PrintNode extends Statement, CallFields {
  readonly type: 'MustacheStatement';
  readonly escaped: boolean;
}

export interface BlockNode extends Statement, CallFields {
  readonly type: 'BlockStatement';
  readonly program?: StrictProgram | undefined;
  readonly inverse?: StrictProgram | undefined;
}

export interface PartialNode extends Statement {
  readonly type: 'PartialStatement' | 'PartialBlockStatement';
  /** A call computes the name at run time. */
  readonly name: PathNode | StrictCall;
  readonly params: readonly StrictExpression[];
  readonly hash?: HashNode | undefined;
  readonly indent: string;
  readonly program?: StrictProgram | undefined;
}

export interface InlineNode extends Statement {
  readonly type: 'DecoratorBlock';
  readonly path: PathNode;
  /** The name of the partial. */
  readonly params: readonly [StringNode];
  readonly program: StrictProgram;
}

export type StrictExpression = PathNode | StrictCall | LiteralNode;

export interface PathNode {
  readonly type: 'PathExpression';
  readonly data: boolean;
  readonly depth: number;
  readonly parts: readonly string[];
  readonly original: string;
}

export interface StrictCall extends CallFields {
  readonly type: 'SubExpression';
}

interface LiteralNode {
  readonly type: 'StringLiteral' | 'NumberLiteral' | 'BooleanLiteral' | 'UndefinedLiteral' | 'NullLiteral';
  readonly value?: string | number | boolean;
  readonly original?: string | number | boolean;
}

interface StringNode extends LiteralNode {
  readonly value: string;
}

export interface HashNode {
  readonly type: 'Hash';
  readonly pairs: readonly HashPairNode[];
}

interface HashPairNode {
  readonly type: 'HashPair';
  readonly key: string;
  readonly value: StrictExpression;
}

/** The `loc` of a call in a strict syntax tree. Handlebars' code generator reads `start`. */
export interface CallLocation {
  readonly place: SourceLocation;
  readonly start: { readonly line: number; readonly column: number };
}

const NO_STRIP = { open: false, close: false } as const;
export const SPENT_STRIPS = {
  strip: NO_STRIP,
  openStrip: NO_STRIP,
  inverseStrip: NO_STRIP,
  closeStrip: NO_STRIP,
} as const;

export function contentNode(text: string): ContentNode {
  return { type: 'ContentStatement', value: text, original: text };
}

export function pathNode(parts: readonly string[], depth = 0): PathNode {
  const original = parts.join('/') || (depth ? '..' : 'this');
  return { type: 'PathExpression', data: false, depth, parts, original };
}

export function numberNode(value: number): StrictExpression {
  return { type: 'NumberLiteral', value, original: value };
}

export function stringNode(value: string): StringNode {
  return { type: 'StringLiteral', value, original: value };
}

export function hashPair(key: string, value: StrictExpression): HashPairNode {
  return { type: 'HashPair', key, value };
}

export function callNode(
  name: string,
  params: readonly StrictExpression[],
  rest: Pick<CallFields, 'hash' | 'loc'> = {},
): StrictCall {
  return { ...rest, type: 'SubExpression', path: pathNode([name]), params };
}

export function callLocation(place: SourceLocation): CallLocation {
  return { place, start: { line: place.line, column: place.column - 1 } };
}

/** Wraps a program in a call of a partial, whose `{{> @partial-block}}` prints it. */
export function insidePartial(name: string, program: StrictProgram): StrictProgram {
  const call: PartialNode = {
    ...SPENT_STRIPS,
    type: 'PartialBlockStatement',
    name: pathNode([name]),
    params: [pathNode([])],
    indent: '',
    program,
  };
  return { type: 'Program', body: [call] };
}

/** The white space before a standalone partial, which begins each line of what the partial prints. */
export function indentOf(node: StrictNode): string {
  return 'indent' in node ? node.indent : '';
}

/** Helpers that only the strict tree calls; templates cannot write such names. */
export const STRICT_HELPERS = {
  /** (base, site) → a value to print */
  print: '$print',
  /** (base, site) → a value to pass on; `undefined` if missing at a lenient site */
  value: '$value',
  /** (site) → the same for `@` paths */
  data: '$data',
  printData: '$printData',
  /** (base, site) → the preheader */
  preheader: '$preheader',
  /** (value, site) → the result of a helper, if it can be printed */
  shown: '$shown',
  /** (object, key, site) */
  lookup: '$lookup',
  /** (name, site) → the name of a known partial */
  partial: '$partial',
  /** () → never: stands where the inlining of styles expected nothing to be printed */
  unforeseen: '$unforeseen',
} as const;
