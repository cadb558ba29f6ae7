import type { Component } from '../helpers/component.js';
import { isBlockHelper } from '../helpers/helper.js';
import {
  callLocation,
  callNode,
  contentNode,
  pathNode,
  SPENT_STRIPS,
  STRICT_HELPERS,
  stringNode,
  type HashNode,
  type PartialNode,
  type StrictCall,
  type StrictNode,
  type StrictProgram,
} from '../engine/strict-node.js';
import { CallChecks, type CallCheckOptions } from './call-checks.js';
import { componentHash, wrongInCall, type Argument, type ComponentCall } from './component-call.js';
import type { Callable } from './partial-call.js';
import {
  isBlockParam,
  StrictExpressions,
  type BlockParams,
  type StrictExpressionOptions,
} from './strict-expressions.js';
import { contentPlace, type Piece } from './piece.js';
import {
  calleePath,
  inlineName,
  inlinesOf,
  isBlock,
  isContent,
  isDecoratorBlock,
  isMustache,
  isPartial,
  isPartialBlock,
  isStringLiteral,
  isSubExpression,
  namesOf,
  pairsOf,
  writtenName,
  type PartialTag,
} from './syntax-nodes.js';

export interface StrictSyntaxOptions extends CallCheckOptions, StrictExpressionOptions {
  /** Finds the parameters that a partial declares, if it does. */
  readonly component: (name: string) => Component | undefined;
}

/** A rewritten piece of a template. */
export interface StrictPiece {
  readonly program: StrictProgram;
  /** The body, with the partials it calls. */
  readonly root: Callable;
  /** The inline partials it defines. */
  readonly inlines: readonly Callable[];
  /** Names of the inline partials that a layout around it may call. */
  readonly slots: ReadonlySet<string>;
}

/** The meaning of the names at one point of a template. */
interface Scope {
  readonly blockParams: BlockParams;
  readonly inlines: ReadonlyMap<string, Callable>;
  /** The body or inline partial that the statements belong to. */
  readonly node: Callable;
  readonly certain: boolean;
}

/**
 * Rewrites the syntax tree of a piece so that every path follows our rules instead of Handlebars': each becomes a
 * call of a strict helper with the number of its site. Checks all names on the way.
 */
export function strictSyntax(piece: Piece, tree: hbs.AST.Program, options: StrictSyntaxOptions): StrictPiece {
  const root: Callable = { label: piece.place.file, calls: [], defined: [] };
  const scope: Scope = { blockParams: new Set(), inlines: new Map(), node: root, certain: true };
  const rewrite = new StrictRewrite(piece, options);
  const slots = new Set(inlinesOf(tree).keys());
  return { program: rewrite.program(tree, scope), root, inlines: rewrite.inlines, slots };
}

class StrictRewrite {
  readonly inlines: Callable[] = [];
  readonly #piece: Piece;
  readonly #options: StrictSyntaxOptions;
  readonly #checks: CallChecks;
  readonly #expressions: StrictExpressions;

  constructor(piece: Piece, options: StrictSyntaxOptions) {
    this.#piece = piece;
    this.#options = options;
    this.#checks = new CallChecks(piece, options);
    this.#expressions = new StrictExpressions(options, this.#checks);
  }

  program(program: hbs.AST.Program, outer: Scope): StrictProgram {
    const own = [...inlinesOf(program).keys()].map((label): Callable => ({ label, calls: [], defined: [] }));
    this.inlines.push(...own);
    const inner: Scope = {
      ...outer,
      blockParams: new Set([...outer.blockParams, ...namesOf(program)]),
      inlines: new Map([...outer.inlines, ...own.map((node) => [node.label, node] as const)]),
    };
    const body = program.body.flatMap((node) => this.#placed(node, this.#statement(node, inner)));
    return { type: 'Program', body, blockParams: program.blockParams };
  }

  #placed(node: hbs.AST.Node, statement: StrictNode | undefined): readonly StrictNode[] {
    if (!statement) return [];
    const place = isContent(node) ? contentPlace(this.#piece, node) : this.#checks.placeOf(node);
    return [{ ...statement, place }];
  }

  #statement(node: hbs.AST.Node, scope: Scope): StrictNode | undefined {
    if (isMustache(node)) return this.#mustache(node, scope);
    if (isBlock(node)) return this.#block(node, scope);
    if (isPartial(node)) return this.#partial(node, undefined, scope);
    if (isPartialBlock(node)) return this.#partial(node, node.program, scope);
    if (isDecoratorBlock(node)) return this.#inline(node, scope);
    if (isContent(node)) return contentNode(node.value);
    if (node.type === 'Decorator')
      this.#checks.fault(node, 'decorators other than {{#*inline}} are not supported');
    return undefined;
  }

  #mustache(node: hbs.AST.MustacheStatement, { blockParams }: Scope): StrictNode {
    const printed = this.#expressions.printed(node, blockParams);
    return { ...SPENT_STRIPS, ...printed, type: 'MustacheStatement', escaped: node.escaped };
  }

  #block(node: hbs.AST.BlockStatement, scope: Scope): StrictNode {
    const path = calleePath(node.path);
    const name = path.original;
    const { blockParams } = scope;
    this.#checks.block(node, name, isBlockParam(path, blockParams));
    const inner: Scope = { ...scope, certain: false };
    const isNative = isBlockHelper(name);
    const use = isNative ? 'lenient' : 'value';
    return {
      ...SPENT_STRIPS,
      type: 'BlockStatement',
      path: pathNode([name]),
      params: this.#expressions.all(node.params, use, blockParams),
      hash: this.#expressions.hash(node.hash, use, blockParams),
      program: optional(node.program, (program) => this.program(program, inner)),
      inverse: optional(node.inverse, (program) => this.program(program, inner)),
      loc: isNative ? undefined : callLocation(this.#checks.placeOf(node)),
    };
  }

  #partial(node: PartialTag, program: hbs.AST.Program | undefined, scope: Scope): StrictNode {
    const [context, ...others] = node.params;
    if (others.length > 0) this.#checks.fault(node, `a partial takes one context, got ${node.params.length}`);
    return {
      ...SPENT_STRIPS,
      type: program ? 'PartialBlockStatement' : 'PartialStatement',
      name: this.#partialName(node, program, scope),
      params: [context ? this.#expressions.one(context, 'value', scope.blockParams) : pathNode([])],
      hash: this.#partialHash(node, program !== undefined, scope),
      indent: 'indent' in node ? node.indent : '',
      program: optional(program, (block) => this.program(block, { ...scope, certain: false })),
    };
  }

  #partialHash(node: PartialTag, block: boolean, { inlines, blockParams }: Scope): HashNode | undefined {
    const name = isSubExpression(node.name) ? '' : writtenName(node.name);
    const component = inlines.has(name) ? undefined : this.#options.component(name);
    if (!component) return this.#expressions.hash(node.hash, 'value', blockParams);
    const given = new Map(pairsOf(node.hash).map((pair) => [pair.key, this.#argument(pair, blockParams)]));
    const call: ComponentCall = { name, component, given, positional: node.params.length, block };
    for (const what of wrongInCall(call)) this.#checks.fault(node, what);
    return componentHash(call);
  }

  #argument(pair: hbs.AST.HashPair, blockParams: BlockParams): Argument {
    const { value } = pair;
    return {
      value: this.#expressions.one(value, 'value', blockParams),
      literal: isStringLiteral(value) ? value.value : undefined,
      location: callLocation(this.#checks.placeOf(pair)),
    };
  }

  #partialName(node: PartialTag, block: hbs.AST.Program | undefined, scope: Scope): PartialNode['name'] {
    const { name } = node;
    if (isSubExpression(name)) return this.#dynamicName(name, scope);
    const original = writtenName(name);
    if (original !== '@partial-block') {
      const given = block ? inlinesOf(block).keys() : [];
      scope.node.calls.push({
        to: scope.inlines.get(original) ?? original,
        place: this.#checks.placeOf(node),
        optional: block !== undefined,
        certain: scope.certain,
        inlines: new Set([...scope.inlines.keys(), ...given]),
      });
    }
    return { type: 'PathExpression', data: original.startsWith('@'), depth: 0, parts: [original], original };
  }

  #dynamicName(name: hbs.AST.SubExpression, { blockParams }: Scope): StrictCall {
    const site = this.#expressions.site(name, [], false, 'the name of a partial');
    return callNode(STRICT_HELPERS.partial, [this.#expressions.one(name, 'value', blockParams), site]);
  }

  #inline(node: hbs.AST.DecoratorBlock, scope: Scope): StrictNode | undefined {
    const name = inlineName(node);
    const own = name === undefined ? undefined : scope.inlines.get(name);
    if (name === undefined || !own) {
      this.#checks.fault(node, 'expected {{#*inline "name"}}; other decorators are not supported');
      return undefined;
    }
    const inlines = new Set(scope.inlines.keys());
    const place = this.#checks.placeOf(node);
    scope.node.defined.push({ to: own, place, optional: true, certain: false, inlines });
    return {
      ...SPENT_STRIPS,
      type: 'DecoratorBlock',
      path: pathNode(['inline']),
      params: [stringNode(name)],
      program: this.program(node.program, { ...scope, node: own, certain: true }),
    };
  }
}

function optional<T, R>(value: T | undefined | null, change: (value: T) => R): R | undefined {
  return value === undefined || value === null ? undefined : change(value);
}
