import Handlebars from 'handlebars';
import { show } from '../../errors/show.js';

export type HelperCall = hbs.AST.MustacheStatement | hbs.AST.SubExpression;
export type PartialTag = hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement;

/** `{{"first name"}}` and `{{12}}` are paths of one step. */
export function calleePath(path: hbs.AST.PathExpression | hbs.AST.Literal): hbs.AST.PathExpression {
  if (isPath(path)) return path;
  const original = 'original' in path ? String(path.original) : '';
  return { type: 'PathExpression', data: false, depth: 0, parts: [original], original, loc: path.loc };
}

export function isSimple(path: hbs.AST.PathExpression): boolean {
  return path.parts.length === 1 && path.depth === 0 && !path.data && path.original === path.parts[0];
}

/** The parser accepts `{{> 1}}` and `{{> true}}` as names too, and keeps them a number and a boolean. */
export function writtenName({ original }: { readonly original: unknown }): string {
  return typeof original === 'string' ? original : show(original);
}

/** The plain name a path begins with; undefined where it begins with `../`, `@`, `this` or a point. */
export function plainName({
  parts: [first],
  depth,
  data,
  original,
}: hbs.AST.PathExpression): string | undefined {
  return depth > 0 || data || /^(\.|this\b)/.test(original) ? undefined : first;
}

/** Reports whether a tag calls a helper. Without arguments it prints a path, unless the application has that helper. */
export function isHelperCall(
  { path, params, hash }: hbs.AST.MustacheStatement,
  userHelpers: ReadonlySet<string>,
  blockParams: { has(name: string): boolean },
): boolean {
  const callee = calleePath(path);
  const { original } = callee;
  const given = params.length + pairsOf(hash).length;
  return given > 0 || (isSimple(callee) && !blockParams.has(original) && userHelpers.has(original));
}

export function inlineName(block: hbs.AST.DecoratorBlock): string | undefined {
  const [name] = block.params;
  return block.path.original === 'inline' && name && isStringLiteral(name) ? name.value : undefined;
}

/** The inline partials of a block by name. A partial that is called with the block sees them too. */
export function inlinesOf(program: hbs.AST.Program): ReadonlyMap<string, hbs.AST.Program> {
  const inlines = new Map<string, hbs.AST.Program>();
  for (const block of program.body.filter(isDecoratorBlock)) {
    const name = inlineName(block);
    if (name !== undefined) inlines.set(name, block.program);
  }
  return inlines;
}

/** The pairs of a hash. The typings promise one; a call without named arguments has none. */
export function pairsOf(hash: hbs.AST.Hash | undefined): readonly hbs.AST.HashPair[] {
  return hash?.pairs ?? [];
}

/** Every node of a tree, each before those inside it. */
export function nodesIn(tree: hbs.AST.Program | undefined): readonly hbs.AST.Node[] {
  const collection = new NodeCollection();
  if (tree) collection.accept(tree);
  return collection.nodes;
}

class NodeCollection extends Handlebars.Visitor {
  readonly nodes: hbs.AST.Node[] = [];

  /** Handlebars passes absent nodes too. */
  override accept(node: hbs.AST.Node | undefined): void {
    if (!node) return;
    this.nodes.push(node);
    super.accept(node);
  }
}

export const isMustache = (node: hbs.AST.Node): node is hbs.AST.MustacheStatement =>
  node.type === 'MustacheStatement';
export const isBlock = (node: hbs.AST.Node): node is hbs.AST.BlockStatement => node.type === 'BlockStatement';
export const isPartial = (node: hbs.AST.Node): node is hbs.AST.PartialStatement =>
  node.type === 'PartialStatement';
export const isPartialBlock = (node: hbs.AST.Node): node is hbs.AST.PartialBlockStatement =>
  node.type === 'PartialBlockStatement';
export const isDecoratorBlock = (node: hbs.AST.Node): node is hbs.AST.DecoratorBlock =>
  node.type === 'DecoratorBlock';
export const isContent = (node: hbs.AST.Node): node is hbs.AST.ContentStatement =>
  node.type === 'ContentStatement';
export const isPath = (node: hbs.AST.Node): node is hbs.AST.PathExpression => node.type === 'PathExpression';
export const isSubExpression = (node: hbs.AST.Node): node is hbs.AST.SubExpression =>
  node.type === 'SubExpression';
export const isStringLiteral = (node: hbs.AST.Node): node is hbs.AST.StringLiteral =>
  node.type === 'StringLiteral';
export const isLiteral = (
  node: hbs.AST.Node,
): node is hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral =>
  node.type === 'StringLiteral' || node.type === 'NumberLiteral' || node.type === 'BooleanLiteral';

/** The names of block parameters. The typings promise the list; a program without parameters has none. */
export function namesOf({ blockParams }: { readonly blockParams?: readonly string[] }): readonly string[] {
  return blockParams ?? [];
}
