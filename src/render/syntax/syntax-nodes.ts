import { show } from '../../errors/config-report.js';

/** `{{"first name"}}` and `{{12}}` are paths of one step. */
export function calleePath(path: hbs.AST.PathExpression | hbs.AST.Literal): hbs.AST.PathExpression {
  if (isPath(path)) return path;
  const original = 'original' in path ? String(path.original) : '';
  return { type: 'PathExpression', data: false, depth: 0, parts: [original], original, loc: path.loc };
}

export function isSimple(path: hbs.AST.PathExpression): boolean {
  return path.parts.length === 1 && path.depth === 0 && !path.data && path.original === path.parts[0];
}

/** The parser takes `{{> 1}}` and `{{> true}}` for names too, and leaves them what they are. */
export function writtenName({ original }: { readonly original: unknown }): string {
  return typeof original === 'string' ? original : show(original);
}

export function inlineName(block: hbs.AST.DecoratorBlock): string | undefined {
  const [name] = block.params;
  return block.path.original === 'inline' && name && isStringLiteral(name) ? name.value : undefined;
}

export function hasPairs(hash: hbs.AST.Hash | undefined): boolean {
  return pairsOf(hash).length > 0;
}

export function pairsOf(hash: hbs.AST.Hash | undefined): readonly hbs.AST.HashPair[] {
  return hash?.pairs ?? [];
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

/** The typings promise the list; a program without block parameters has none. */
export function namesOf({ blockParams }: { readonly blockParams?: readonly string[] }): readonly string[] {
  return blockParams ?? [];
}
