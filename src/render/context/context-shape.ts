import { TRANSLATE } from '../engine/strict-node.js';
import type { Component } from '../helpers/component.js';
import { componentArguments, frameOf, type NamedSlots, type Programs, type Scope } from './context-scope.js';
import { ContextSlot, type ContextUse } from './context-slot.js';
import { isBlockHelper } from '../helpers/helper.js';
import type { ArgumentKind, ArgumentKinds } from '../i18n/message-arguments.js';
import {
  calleePath,
  inlineName,
  hasPairs,
  isBlock,
  isDecoratorBlock,
  isMustache,
  isPartial,
  isPartialBlock,
  isPath,
  isSimple,
  isStringLiteral,
  isSubExpression,
  namesOf,
} from '../syntax/syntax-nodes.js';

type Call = Pick<hbs.AST.SubExpression, 'params' | 'hash'> & { readonly path: hbs.AST.PathExpression };

/** A partial that templates may call. */
export interface PartialShape {
  readonly tree: hbs.AST.Program;
  readonly component?: Component | undefined;
}

export interface ShapeSources {
  readonly partials: ReadonlyMap<string, PartialShape>;
  /** The template has a preheader of its own: `{{preheader}}` does not read the context's. */
  readonly ownPreheader: boolean;
  /** Names that stand for a call even without arguments. */
  readonly userHelpers: ReadonlySet<string>;
  /** What the message of a key does with its arguments. */
  readonly messageArguments: (key: string) => ArgumentKinds;
  /** Told where each slot is read. */
  readonly onRead?: ((slot: ContextSlot, path: hbs.AST.PathExpression) => void) | undefined;
}

/** Adds to a context's slot everything that a syntax tree reads of it. */
export function readContext(root: ContextSlot, tree: hbs.AST.Program, sources: ShapeSources): void {
  new ContextReading(root, sources).program(tree, {
    frames: [{ slot: root, hash: new Map() }],
    blockParams: new Map(),
    inlines: new Map(),
    loops: [],
    sure: new Set(),
    within: [],
  });
}

/** The inline partials of a block; what the block is handed to sees them too. */
export function inlinesOf(program: hbs.AST.Program): Programs {
  const blocks = program.body.filter(isDecoratorBlock);
  const named = blocks.map((block) => [inlineName(block), block.program] as const);
  return new Map(named.flatMap(([name, body]) => (name === undefined ? [] : [[name, body] as const])));
}

class ContextReading {
  readonly #root: ContextSlot;
  readonly #sources: ShapeSources;

  constructor(root: ContextSlot, sources: ShapeSources) {
    this.#root = root;
    this.#sources = sources;
  }

  program(program: hbs.AST.Program, outer: Scope): void {
    const inlines = new Map([...outer.inlines, ...inlinesOf(program)]);
    for (const node of program.body) this.#statement(node, { ...outer, inlines });
  }

  #statement(node: hbs.AST.Node, scope: Scope): void {
    if (isMustache(node)) this.#mustache(node, scope);
    else if (isBlock(node)) this.#block(node, scope);
    else if (isPartial(node)) this.#partial(node, scope);
    else if (isPartialBlock(node)) {
      this.#partial(node, { ...scope, inlines: new Map([...scope.inlines, ...inlinesOf(node.program)]) });
      this.program(node.program, scope);
    }
  }

  #mustache(node: hbs.AST.MustacheStatement, scope: Scope): void {
    const path = calleePath(node.path);
    const { params, hash } = node;
    if (params.length > 0 || hasPairs(hash)) this.#call({ path, params, hash }, scope, 'print');
    else if (!isSimple(path) || !this.#sources.userHelpers.has(path.original))
      this.#read(path, scope).use('print');
  }

  #block(node: hbs.AST.BlockStatement, scope: Scope): void {
    const name = calleePath(node.path).original;
    const [subject] = node.params;
    if (!isBlockHelper(name) || !subject || this.#sources.userHelpers.has(name)) this.#ownBlock(node, scope);
    else if (name === 'if') this.#branches(subject, node.program, inverseOf(node), scope);
    else if (name === 'unless') this.#branches(subject, inverseOf(node), node.program, scope);
    else this.#enter(node, subject, name === 'each', scope);
  }

  #branches(
    subject: hbs.AST.Expression,
    whenThere: hbs.AST.Program | undefined,
    otherwise: hbs.AST.Program | undefined,
    scope: Scope,
  ): void {
    const asked = this.#asked(subject, scope);
    if (whenThere) this.program(whenThere, { ...scope, sure: new Set([...scope.sure, ...asked]) });
    if (otherwise) this.program(otherwise, scope);
  }

  /** `{{#each}}` and `{{#with}}`; one with an `{{else}}` foresees that there is nothing. */
  #enter(node: hbs.AST.BlockStatement, subject: hbs.AST.Expression, each: boolean, scope: Scope): void {
    const whole = this.#value(subject, scope, inverseOf(node) !== undefined);
    const slot = each ? whole.item() : whole;
    const names = namesOf(node.program).map((name, index): [string, ContextSlot] => [
      name,
      index === 0 ? slot : new ContextSlot(),
    ]);
    this.program(node.program, {
      ...scope,
      frames: [frameOf(slot), ...scope.frames],
      loops: each ? [whole, ...scope.loops] : scope.loops,
      blockParams: new Map([...scope.blockParams, ...names]),
    });
    this.#inverse(node, scope);
  }

  #inverse(node: hbs.AST.BlockStatement, scope: Scope): void {
    const inverse = inverseOf(node);
    if (inverse) this.program(inverse, scope);
  }

  /** What a block helper of the application gives to its block cannot be known. */
  #ownBlock(node: hbs.AST.BlockStatement, scope: Scope): void {
    this.#arguments(node.params, node.hash, scope);
    const names = namesOf(node.program).map((name): [string, ContextSlot] => [name, new ContextSlot()]);
    const blockParams = new Map([...scope.blockParams, ...names]);
    this.program(node.program, {
      ...scope,
      blockParams,
      frames: [frameOf(new ContextSlot()), ...scope.frames],
    });
    this.#inverse(node, scope);
  }

  #partial(node: PartialCall, scope: Scope): void {
    const inner = this.#partialScope(node, scope);
    if (isSubExpression(node.name)) {
      this.#value(node.name, scope);
      inner.frames[0]?.slot.obscure();
      return;
    }
    const name = node.name.original;
    const program = scope.inlines.get(name) ?? this.#sources.partials.get(name)?.tree;
    if (!program) return;
    if (scope.within.includes(name)) inner.frames[0]?.slot.obscure();
    else this.program(program, { ...inner, within: [...scope.within, name] });
  }

  #partialScope(node: PartialCall, scope: Scope): Scope {
    const [context] = node.params;
    const given = this.#given(node, scope);
    const [here] = scope.frames;
    const inner = { ...scope, blockParams: new Map<string, ContextSlot>() };
    if (context) {
      const frame = { slot: this.#value(context, scope), hash: given };
      return { ...inner, frames: [frame, ...scope.frames] };
    }
    if (!here || given.size === 0) return inner;
    const frame = { slot: here.slot, hash: new Map([...here.hash, ...given]) };
    return { ...inner, frames: [frame, ...scope.frames] };
  }

  /** The arguments of a partial, by the names they have in it. */
  #given(node: PartialCall, scope: Scope): NamedSlots {
    const values = pairsOf(node).map(({ key, value }): [string, ContextSlot] => [
      key,
      this.#value(value, scope),
    ]);
    const given = new Map(values);
    const component = this.#component(node, scope);
    return component ? componentArguments(component, given, scope) : given;
  }

  #component({ name }: PartialCall, { inlines }: Scope): Component | undefined {
    if (isSubExpression(name) || inlines.has(name.original)) return undefined;
    return this.#sources.partials.get(name.original)?.component;
  }

  #call({ path, params, hash }: Call, scope: Scope, use?: ContextUse): void {
    const name = this.#sources.userHelpers.has(path.original) ? '' : path.original;
    if (LENIENT.has(name)) {
      for (const slot of params.map((param) => this.#value(param, scope, true)))
        if (use && CHOICES.has(name)) slot.use(use);
      return;
    }
    if (name === TRANSLATE) {
      this.#message({ params, hash }, scope);
      return;
    }
    const [first, ...others] = params.map((param) => this.#value(param, scope));
    const argument = ARGUMENT_USES.get(name);
    if (name === 'lookup') first?.obscure();
    else if (name === 'formatList') first?.item().use('print');
    else if (argument) first?.use(argument);
    if (name === 'concat') for (const slot of others) slot.use('print');
    this.#hash(hash, scope);
  }

  #message({ params: [key], hash }: Pick<Call, 'params' | 'hash'>, scope: Scope): void {
    if (!key) return;
    const written = isStringLiteral(key) ? key.value : undefined;
    if (written === undefined) this.#value(key, scope).use('message-key');
    const kinds = written === undefined ? undefined : this.#sources.messageArguments(written);
    for (const { key: name, value } of pairsOf({ hash })) {
      const slot = this.#value(value, scope);
      for (const kind of kinds?.get(name) ?? []) slot.use(MESSAGE_USES[kind]);
    }
  }

  #arguments(params: readonly hbs.AST.Expression[], hash: hbs.AST.Hash | undefined, scope: Scope): void {
    for (const param of params) this.#value(param, scope);
    this.#hash(hash, scope);
  }

  #hash(hash: hbs.AST.Hash | undefined, scope: Scope): void {
    for (const { value } of pairsOf({ hash })) this.#value(value, scope);
  }

  /** What an expression stands for; what is computed or literal says nothing about the context. */
  #value(node: hbs.AST.Expression, scope: Scope, lenient = false): ContextSlot {
    if (isPath(node)) return this.#read(node, scope, lenient);
    if (isSubExpression(node)) {
      this.#call({ path: calleePath(node.path), params: node.params, hash: node.hash }, scope);
    }
    return new ContextSlot();
  }

  /** The slots that are there when a condition holds: those of its path, or of all paths of an `and`. */
  #asked(subject: hbs.AST.Expression, scope: Scope): readonly ContextSlot[] {
    if (isPath(subject)) {
      this.#read(subject, scope, true);
      return this.#slots(subject, scope);
    }
    if (isSubExpression(subject) && calleePath(subject.path).original === 'and')
      return subject.params.flatMap((param) => this.#asked(param, scope));
    this.#value(subject, scope);
    return [];
  }

  #read(path: hbs.AST.PathExpression, scope: Scope, lenient = false): ContextSlot {
    const slots = this.#slots(path, scope);
    const isLenient = lenient || path.original === PREHEADER;
    for (const slot of slots) if (!isLenient && !scope.sure.has(slot)) slot.demand();
    const read = slots.at(-1) ?? this.#start(path, scope).slot;
    this.#sources.onRead?.(read, path);
    return read;
  }

  /** The slot of every step of a path. */
  #slots(path: hbs.AST.PathExpression, scope: Scope): readonly ContextSlot[] {
    const { slot: start, steps } = this.#start(path, scope);
    const slots: ContextSlot[] = [];
    for (const step of steps) slots.push((slots.at(-1) ?? start).field(step));
    return slots;
  }

  #start(path: hbs.AST.PathExpression, scope: Scope): Start {
    const [first, ...others] = path.parts;
    if (path.data) {
      if (first === 'key') scope.loops[path.depth]?.key();
      return { slot: first === 'root' ? this.#root : new ContextSlot(), steps: others };
    }
    if (path.original === PREHEADER && this.#sources.ownPreheader)
      return { slot: new ContextSlot(), steps: [] };
    const frame = scope.frames[path.depth] ?? frameOf(new ContextSlot());
    if (first === undefined) return { slot: frame.slot, steps: [] };
    const named = path.depth === 0 && !/^(\.|this\b)/.test(path.original);
    const param = named ? scope.blockParams.get(first) : undefined;
    const bound = param ?? frame.hash.get(first);
    return bound ? { slot: bound, steps: others } : { slot: frame.slot, steps: path.parts };
  }
}

type PartialCall = hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement;

interface Start {
  readonly slot: ContextSlot;
  readonly steps: readonly string[];
}

/** The template's own, else the context's, which may be missing. */
const PREHEADER = 'preheader';

/** Built-in helpers whose arguments may be missing. */
const LENIENT: ReadonlySet<string> = new Set(['default', 'eq', 'ne', 'gt', 'lt', 'and', 'or', 'not']);

/** Those that give one of their arguments back. */
const CHOICES: ReadonlySet<string> = new Set(['default', 'and', 'or']);

/** What built-in helpers do with their first argument. */
const ARGUMENT_USES: ReadonlyMap<string, ContextUse> = new Map([
  ['formatDate', 'date'],
  ['formatRelativeTime', 'date'],
  ['formatNumber', 'number'],
  ['formatCurrency', 'number'],
  ['concat', 'print'],
  ['url', 'url'],
]);

const MESSAGE_USES: Readonly<Record<ArgumentKind, ContextUse>> = {
  text: 'print',
  choice: 'print',
  number: 'message-number',
  date: 'message-date',
};

/** The typings promise a hash and an `{{else}}`; without one there is none. */
function pairsOf({ hash }: { readonly hash?: hbs.AST.Hash | undefined }): readonly hbs.AST.HashPair[] {
  return hash?.pairs ?? [];
}

function inverseOf(block: { readonly inverse?: hbs.AST.Program }): hbs.AST.Program | undefined {
  return block.inverse;
}
