import type { SourceLocation } from '../faults/source-location.js';

/**
 * Nodes of the syntax tree handed to Handlebars' compiler. They are Handlebars' own nodes with two
 * differences: strips are spent (whitespace control has run), and `loc` is there only where a
 * helper needs it at run time, because the compiler copies it into every call.
 */
export interface StrictProgram {
  readonly type: 'Program';
  readonly body: readonly StrictNode[];
  readonly blockParams?: readonly string[] | undefined;
}

export interface StrictNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface StrictCall extends StrictNode {
  readonly path: StrictNode;
  readonly params: readonly StrictNode[];
  readonly hash?: StrictNode | undefined;
  readonly loc?: CallLocation | undefined;
}

/** The `loc` of a call in a strict syntax tree. `start` is there because the code generator reads it. */
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

export function pathNode(parts: readonly string[], depth = 0): StrictNode {
  return {
    type: 'PathExpression',
    data: false,
    depth,
    parts,
    original: parts.join('/') || (depth ? '..' : 'this'),
  };
}

export function numberNode(value: number): StrictNode {
  return { type: 'NumberLiteral', value, original: value };
}

export function stringNode(value: string): StrictNode {
  return { type: 'StringLiteral', value, original: value };
}

export function callNode(
  name: string,
  params: readonly StrictNode[],
  rest: Partial<StrictCall> = {},
): StrictCall {
  return { ...rest, type: 'SubExpression', path: pathNode([name]), params };
}

export function callLocation(place: SourceLocation): CallLocation {
  return { place, start: { line: place.line, column: place.column - 1 } };
}

/** A program rendered inside another template's `{{> @partial-block}}`. */
export function insidePartial(name: string, program: StrictProgram): StrictProgram {
  const call: StrictNode = {
    ...SPENT_STRIPS,
    type: 'PartialBlockStatement',
    name: pathNode([name]),
    params: [pathNode([])],
    hash: undefined,
    program,
  };
  return { type: 'Program', body: [call] };
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function programOf(value: unknown): StrictProgram | undefined {
  return isProgram(value) ? value : undefined;
}

function isProgram(value: unknown): value is StrictProgram {
  return isNode(value) && value.type === 'Program' && Array.isArray(value['body']);
}

export function isNode(value: unknown): value is StrictNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Our own helpers the strict tree calls; users cannot name them. */
export const STRICT_HELPERS = {
  /** (base, site) → a value to print */
  print: '$print',
  /** (base, site) → a value to pass on, or nothing where the site is lenient */
  value: '$value',
  /** (site) → the same for `@` paths */
  data: '$data',
  printData: '$printData',
  /** (base, site) → the preheader */
  preheader: '$preheader',
  /** (value, site) → what a helper returned, if it can be printed */
  shown: '$shown',
  /** (object, key, site) */
  lookup: '$lookup',
  /** (name, site) → the name of a known partial */
  partial: '$partial',
  /** () → never: what is printed here was not foreseen when styles were inlined */
  unforeseen: '$unforeseen',
} as const;

/** The built-in helper that prints messages. */
export const TRANSLATE = 't';

/** Built-in helpers that always return text. */
export const SELF_PRINTING: ReadonlySet<string> = new Set([
  'url',
  'concat',
  'formatDate',
  'formatNumber',
  'formatCurrency',
  'formatList',
  'formatRelativeTime',
  TRANSLATE,
]);
