import type { Component } from '../helpers/component.js';
import { componentHash, wrongInCall, type Argument, type ComponentCall } from './component-call.js';
import { BLOCK_HELPERS, isBlockHelper, type BuiltinHelper } from '../helpers/helper.js';
import type { MessageCall, WrongCall } from '../i18n/template-messages.js';
import { didYouMean } from '../../errors/closest.js';
import { misspeltData } from './data-names.js';
import type { CallNode, PartialCall } from './partial-call.js';
import type { NodePlaces } from './page-places.js';
import type { SourceLocation } from '../faults/source-location.js';
import type { Sites } from '../engine/site.js';
import {
  callLocation,
  callNode,
  numberNode,
  pathNode,
  SELF_PRINTING,
  SPENT_STRIPS,
  STRICT_HELPERS,
  stringNode,
  TRANSLATE,
  type StrictCall,
  type StrictNode,
  type StrictProgram,
} from '../engine/strict-node.js';
import { contentPlace, hintAt, isInvertedAt, placeIn, type Piece } from './syntax.js';
import {
  calleePath,
  hasPairs,
  inlineName,
  isBlock,
  isContent,
  isDecoratorBlock,
  isLiteral,
  isMustache,
  isPartial,
  isPartialBlock,
  isPath,
  isSimple,
  isStringLiteral,
  isSubExpression,
  namesOf,
  pairsOf,
  writtenName,
} from './syntax-nodes.js';
import type { TemplateFaults } from '../faults/template-fault.js';

export interface StrictSyntaxOptions {
  readonly sites: Sites;
  /** Told where the statements of the program stand. */
  readonly places: NodePlaces;
  readonly builtins: ReadonlyMap<string, BuiltinHelper>;
  readonly userHelpers: ReadonlySet<string>;
  /** How helpers are given, for faults. */
  readonly helpersName: string;
  /** What the partial of a name asks of its callers, where it says so. */
  readonly component: (name: string) => Component | undefined;
  /** Where the piece's messages are looked up first; the application's own have the empty one. */
  readonly namespace: string;
  /** What is wrong with a use of a message whose key is written out. */
  readonly wrongMessage: (call: Pick<MessageCall, 'key' | 'args'>) => WrongCall | undefined;
  readonly faults: TemplateFaults;
}

/** What became of a piece of a template. */
export interface StrictPiece {
  readonly program: StrictProgram;
  /** What the body calls. */
  readonly root: CallNode;
  /** The inline partials it defines. */
  readonly inlines: readonly CallNode[];
  /** Names of those that a layout around it gets to see. */
  readonly slots: ReadonlySet<string>;
}

type Use = 'print' | 'value' | 'lenient';

/** What the names at a place of the template mean. */
interface Scope {
  readonly blockParams: ReadonlyArray<readonly string[]>;
  readonly inlines: ReadonlyMap<string, CallNode>;
  /** Whose calls are being collected. */
  readonly node: CallNode;
  readonly certain: boolean;
}

/**
 * Rewrites a piece's syntax tree so that every path is read by our own rules instead of Handlebars':
 * each becomes a call of a strict helper that carries the number of its site. Names are checked here.
 */
export function strictSyntax(piece: Piece, tree: hbs.AST.Program, options: StrictSyntaxOptions): StrictPiece {
  const root: CallNode = { label: piece.place.file, calls: [], defined: [] };
  const scope: Scope = { blockParams: [], inlines: new Map(), node: root, certain: true };
  const rewrite = new StrictRewrite(piece, options);
  const slots = new Set(rewrite.ownInlines(tree).keys());
  return { program: rewrite.program(tree, scope), root, inlines: rewrite.inlines, slots };
}

class StrictRewrite {
  readonly #piece: Piece;
  readonly #options: StrictSyntaxOptions;
  readonly #found = new Map<hbs.AST.Program, ReadonlyMap<string, CallNode>>();

  constructor(piece: Piece, options: StrictSyntaxOptions) {
    this.#piece = piece;
    this.#options = options;
  }

  get inlines(): readonly CallNode[] {
    return [...this.#found.values()].flatMap((own) => Array.from(own.values()));
  }

  program(program: hbs.AST.Program, outer: Scope): StrictProgram {
    const blockParams = namesOf(program);
    const inner: Scope = {
      ...outer,
      blockParams: [blockParams, ...outer.blockParams],
      inlines: new Map([...outer.inlines, ...this.ownInlines(program)]),
    };
    const body = program.body.flatMap((node) => this.#placed(node, this.#statement(node, inner)));
    return { type: 'Program', body, blockParams: program.blockParams };
  }

  #placed(node: hbs.AST.Node, statements: readonly StrictNode[]): readonly StrictNode[] {
    const place = isContent(node) ? contentPlace(this.#piece, node) : this.#place(node);
    for (const statement of statements) this.#options.places.add(statement, place);
    return statements;
  }

  ownInlines(program: hbs.AST.Program): ReadonlyMap<string, CallNode> {
    const known = this.#found.get(program);
    if (known) return known;
    const own = program.body.filter(isDecoratorBlock).map((block) => inlineName(block));
    const named = own.filter((name) => name !== undefined);
    const nodes = named.map((name): [string, CallNode] => [name, { label: name, calls: [], defined: [] }]);
    const inlines = new Map(nodes);
    this.#found.set(program, inlines);
    return inlines;
  }

  #statement(node: hbs.AST.Node, scope: Scope): readonly StrictNode[] {
    if (isMustache(node)) return [this.#mustache(node, scope)];
    if (isBlock(node)) return [this.#block(node, scope)];
    if (isPartial(node)) return [this.#partial(node, undefined, scope)];
    if (isPartialBlock(node)) return [this.#partial(node, node.program, scope)];
    if (isDecoratorBlock(node)) return this.#inline(node, scope);
    if (isContent(node)) return [{ type: node.type, value: node.value, original: node.value }];
    if (node.type === 'Decorator') this.#fault(node, 'decorators other than {{#*inline}} are not supported');
    return [];
  }

  #mustache(node: hbs.AST.MustacheStatement, scope: Scope): StrictNode {
    const printed = this.#printed(node, scope);
    const { path, params, hash, loc } = printed;
    return { ...SPENT_STRIPS, type: 'MustacheStatement', escaped: node.escaped, path, params, hash, loc };
  }

  #printed(node: hbs.AST.MustacheStatement, scope: Scope): StrictCall {
    const path = calleePath(node.path);
    if (!this.#isCall(node, path, scope)) return this.#path(path, 'print', scope);
    const call = this.#call(node, path, scope, 'value');
    return this.#options.userHelpers.has(path.original) || !SELF_PRINTING.has(path.original)
      ? callNode(STRICT_HELPERS.shown, [call, this.#site(path, [], true)])
      : call;
  }

  /** `{{name}}` without arguments is the context's `name` unless the application has a helper of that name. */
  #isCall(node: hbs.AST.MustacheStatement, path: hbs.AST.PathExpression, scope: Scope): boolean {
    if (node.params.length > 0 || hasPairs(node.hash)) return true;
    return isSimple(path) && !isBlockParam(path, scope) && this.#options.userHelpers.has(path.original);
  }

  #call(
    node: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
    path: hbs.AST.PathExpression,
    scope: Scope,
    use: Use,
  ): StrictCall {
    const name = path.original;
    if (name === 'lookup') return this.#lookup(node, path, scope, use);
    const builtin = this.#options.userHelpers.has(name) ? undefined : this.#options.builtins.get(name);
    this.#checkHelper(node, path, scope, builtin);
    const args = builtin?.lenient || LENIENT_NAMES.has(name) ? 'lenient' : 'value';
    const message = builtin !== undefined && name === TRANSLATE;
    if (message) this.#checkMessage(node);
    const params = this.#expressions(node.params, args, scope);
    return callNode(name, message ? [...params, stringNode(this.#options.namespace)] : params, {
      hash: this.#hash(node.hash, args, scope),
      loc: callLocation(this.#place(node)),
    });
  }

  #checkHelper(
    node: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
    path: hbs.AST.PathExpression,
    scope: Scope,
    builtin: BuiltinHelper | undefined,
  ): void {
    const { original: name } = path;
    const known =
      isSimple(path) &&
      !isBlockParam(path, scope) &&
      (builtin !== undefined || this.#options.userHelpers.has(name));
    if (!known) {
      if (isBlockHelper(name)) this.#fault(node, `"${name}" is a block: {{#${name} …}}…{{/${name}}}`);
      else this.#unknownHelper(node, name);
      return;
    }
    const count = node.params.length;
    if (!builtin || (count >= builtin.min && count <= builtin.max)) return;
    this.#fault(node, `helper "${name}" expects ${showArity(builtin)}, got ${count}`);
  }

  #checkMessage(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression): void {
    const [key] = node.params;
    if (!key || !isStringLiteral(key)) return;
    const args = pairsOf(node.hash).map((pair) => pair.key);
    const wrong = this.#options.wrongMessage({ key: key.value, args });
    if (wrong) this.#options.faults.add({ place: this.#place(node), ...wrong });
  }

  #unknownHelper(node: hbs.AST.Node, name: string): void {
    const { builtins, userHelpers, helpersName } = this.#options;
    const hint = this.#hint(node);
    if (hint !== undefined) return this.#fault(node, `unknown helper "${name}"`, hint);
    const known = [...builtins.keys(), ...userHelpers, 'lookup', ...BLOCK_HELPERS];
    const near = didYouMean(name, known) || `. Helpers of your own are given as ${helpersName}`;
    this.#fault(node, `unknown helper "${name}"${near}`);
  }

  #hint({ loc }: hbs.AST.Node): string | undefined {
    return hintAt(this.#piece, loc.start);
  }

  /** A path whose last steps are computed; as strict or lenient as a path in its place would be. */
  #lookup(
    node: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
    path: hbs.AST.PathExpression,
    scope: Scope,
    use: Use,
  ): StrictCall {
    if (node.params.length !== 2)
      this.#fault(node, `helper "lookup" expects 2 arguments, got ${node.params.length}`);
    const args = this.#expressions(node.params, use === 'lenient' ? 'lenient' : 'value', scope);
    return callNode(STRICT_HELPERS.lookup, [...args, this.#site(path, [], use === 'lenient')]);
  }

  #block(node: hbs.AST.BlockStatement, scope: Scope): StrictNode {
    const path = calleePath(node.path);
    const name = path.original;
    const native = isBlockHelper(name);
    this.#checkBlock(node, name, native, isBlockParam(path, scope));
    const inner: Scope = { ...scope, certain: false };
    const args = native ? 'lenient' : 'value';
    return {
      ...SPENT_STRIPS,
      type: 'BlockStatement',
      path: pathNode([name]),
      params: this.#expressions(node.params, args, scope),
      hash: this.#hash(node.hash, args, scope),
      program: optional(node.program, (program) => this.program(program, inner)),
      inverse: optional(node.inverse, (program) => this.program(program, inner)),
      loc: native ? undefined : callLocation(this.#place(node)),
    };
  }

  #checkBlock(node: hbs.AST.BlockStatement, name: string, native: boolean, shadowed: boolean): void {
    if (this.#options.userHelpers.has(name) && !shadowed) return;
    if (native && !shadowed) {
      if (node.params.length !== 1)
        this.#fault(node, `{{#${name}}} expects one argument, got ${node.params.length}`, this.#hint(node));
    } else if (this.#options.builtins.has(name) && !shadowed) {
      this.#fault(node, `"${name}" is no block; write {{#if (${name} …)}}`);
    } else if (node.params.length > 0 || hasPairs(node.hash)) {
      this.#unknownHelper(node, name);
    } else {
      const sign = isInvertedAt(this.#piece, node.loc.start) ? '^' : '#';
      this.#fault(node, `{{${sign}${name}}} is a Mustache section; ${sectionMend(sign, name)}`, FIX_SECTIONS);
    }
  }

  #partial(
    node: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement,
    program: hbs.AST.Program | undefined,
    scope: Scope,
  ): StrictNode {
    if (node.params.length > 1) this.#fault(node, `a partial takes one context, got ${node.params.length}`);
    const params = this.#expressions(node.params.slice(0, 1), 'value', scope);
    return {
      ...SPENT_STRIPS,
      type: program ? 'PartialBlockStatement' : 'PartialStatement',
      name: this.#partialName(node, program, scope),
      params: params.length > 0 ? params : [pathNode([])],
      hash: this.#partialHash(node, program !== undefined, scope),
      indent: 'indent' in node ? node.indent : '',
      program: optional(program, (block) => this.program(block, { ...scope, certain: false })),
    };
  }

  #partialHash(
    node: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement,
    block: boolean,
    scope: Scope,
  ): StrictNode | undefined {
    const name = isSubExpression(node.name) ? '' : writtenName(node.name);
    const component = scope.inlines.has(name) ? undefined : this.#options.component(name);
    if (!component) return this.#hash(node.hash, 'value', scope);
    const given = new Map(pairsOf(node.hash).map((pair) => [pair.key, this.#argument(pair, scope)]));
    const call: ComponentCall = { name, component, given, positional: node.params.length, block };
    for (const what of wrongInCall(call)) this.#fault(node, what);
    return componentHash(call);
  }

  #argument({ value, loc }: hbs.AST.HashPair, scope: Scope): Argument {
    return {
      value: this.#expression(value, 'value', scope),
      literal: isStringLiteral(value) ? value.value : undefined,
      location: callLocation(placeIn(this.#piece, loc.start)),
    };
  }

  #partialName(
    node: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement,
    block: hbs.AST.Program | undefined,
    scope: Scope,
  ): StrictNode {
    const { name } = node;
    if (isSubExpression(name)) {
      const call = this.#call(name, calleePath(name.path), scope, 'value');
      return callNode(STRICT_HELPERS.partial, [call, this.#site(name, [], false, 'the name of a partial')]);
    }
    const original = writtenName(name);
    if (original !== '@partial-block') {
      const to: PartialCall['to'] = scope.inlines.get(original) ?? original;
      const { certain } = scope;
      const inlines = new Set([...scope.inlines.keys(), ...(block ? this.ownInlines(block).keys() : [])]);
      scope.node.calls.push({
        to,
        place: this.#place(node),
        optional: block !== undefined,
        certain,
        inlines,
      });
    }
    return { type: 'PathExpression', data: original.startsWith('@'), depth: 0, parts: [original], original };
  }

  #inline(node: hbs.AST.DecoratorBlock, scope: Scope): readonly StrictNode[] {
    const name = inlineName(node);
    const own = name === undefined ? undefined : scope.inlines.get(name);
    if (name === undefined || !own) {
      this.#fault(node, 'expected {{#*inline "name"}}; other decorators are not supported');
      return [];
    }
    const inlines = new Set(scope.inlines.keys());
    scope.node.defined.push({ to: own, place: this.#place(node), optional: true, certain: false, inlines });
    const program = this.program(node.program, { ...scope, node: own, certain: true });
    const params: readonly StrictNode[] = [{ type: 'StringLiteral', value: name, original: name }];
    return [
      {
        ...SPENT_STRIPS,
        type: 'DecoratorBlock',
        path: pathNode(['inline']),
        params,
        hash: undefined,
        program,
      },
    ];
  }

  #expressions(nodes: readonly hbs.AST.Expression[], use: Use, scope: Scope): readonly StrictNode[] {
    return nodes.map((node) => this.#expression(node, use, scope));
  }

  #expression(node: hbs.AST.Expression, use: Use, scope: Scope): StrictNode {
    if (isPath(node)) return this.#path(node, use, scope);
    if (isSubExpression(node)) return this.#call(node, calleePath(node.path), scope, use);
    return isLiteral(node)
      ? { type: node.type, value: node.value, original: node.value }
      : { type: node.type };
  }

  #hash(hash: hbs.AST.Hash | undefined, use: Use, scope: Scope): StrictNode | undefined {
    if (!hash) return undefined;
    const pairs = hash.pairs.map(({ key, value }) => ({
      type: 'HashPair',
      key,
      value: this.#expression(value, use, scope),
    }));
    return { type: 'Hash', pairs };
  }

  #path(path: hbs.AST.PathExpression, use: Use, scope: Scope): StrictCall {
    const lenient = use === 'lenient';
    if (path.data) {
      const wrong = misspeltData(path.parts[0] ?? '');
      if (wrong !== undefined) this.#fault(path, wrong);
      const name = use === 'print' ? STRICT_HELPERS.printData : STRICT_HELPERS.data;
      return callNode(name, [this.#site(path, path.parts, lenient)]);
    }
    const [first, ...others] = path.parts;
    if (first !== undefined && isBlockParam(path, scope)) {
      return callNode(valueHelper(use), [pathNode([first]), this.#site(path, others, lenient)]);
    }
    const base = pathNode([], path.depth);
    if (path.original === 'preheader')
      return callNode(STRICT_HELPERS.preheader, [base, this.#site(path, path.parts, lenient)]);
    return callNode(valueHelper(use), [base, this.#site(path, path.parts, lenient)]);
  }

  #site(
    node: hbs.AST.Expression,
    keys: readonly string[],
    lenient: boolean,
    path = showPath(node),
  ): StrictNode {
    const up = isPath(node) ? node.depth : 0;
    return numberNode(this.#options.sites.add({ keys, path, place: this.#place(node), lenient, up }));
  }

  #place(node: hbs.AST.Node): SourceLocation {
    return placeIn(this.#piece, node.loc.start);
  }

  #fault(node: hbs.AST.Node, what: string, fix?: string): void {
    this.#options.faults.add({ place: this.#place(node), what, fix });
  }
}

/** Names whose arguments may be missing even when the application has a helper of its own under them. */
const LENIENT_NAMES: ReadonlySet<string> = new Set(['default', 'eq', 'ne', 'gt', 'lt', 'and', 'or', 'not']);

function valueHelper(use: Use): string {
  return use === 'print' ? STRICT_HELPERS.print : STRICT_HELPERS.value;
}

const FIX_SECTIONS = 'npx nest-mailroom check --fix rewrites those whose meaning is certain';

function sectionMend(sign: '#' | '^', name: string): string {
  if (sign === '^') return `write {{#unless ${name}}}`;
  return `say which is meant: {{#if ${name}}}, {{#each ${name}}} or {{#with ${name}}}`;
}

function showArity({ min, max }: BuiltinHelper): string {
  if (max === Infinity) return `at least ${min} argument${min === 1 ? '' : 's'}`;
  return min === max ? `${min} argument${min === 1 ? '' : 's'}` : `${min} to ${max} arguments`;
}

function showPath(node: hbs.AST.Expression): string {
  return isPath(node) ? node.original : 'an expression';
}

function isBlockParam(path: hbs.AST.PathExpression, scope: Scope): boolean {
  const [first] = path.parts;
  if (first === undefined || path.depth > 0 || path.data || /^(\.|this\b)/.test(path.original)) return false;
  return scope.blockParams.some((names) => names.includes(first));
}

function optional<T, R>(value: T | undefined | null, change: (value: T) => R): R | undefined {
  return value === undefined || value === null ? undefined : change(value);
}
