import { BUILTIN_HELPERS, TRANSLATE, type ArgumentUse } from '../engine/helper-facts.js';
import type { Component } from '../helpers/component.js';
import { componentArguments, frameOf, type NamedSlots, type ContextScope } from './context-scope.js';
import { ContextSlot, type ContextUse } from './context-slot.js';
import { isBlockHelper } from '../helpers/helper.js';
import type { ArgumentKind, ArgumentKinds } from '../i18n/message-arguments.js';
import {
  calleePath,
  inlinesOf,
  isBlock,
  isHelperCall,
  isMustache,
  isPartial,
  isPartialBlock,
  isPath,
  isStringLiteral,
  isSubExpression,
  namesOf,
  pairsOf,
  plainName,
  type HelperCall,
  type PartialTag,
} from '../syntax/syntax-nodes.js';

/** A partial that templates may call. */
export interface PartialShape {
  readonly tree: hbs.AST.Program;
  readonly component?: Component | undefined;
}

export interface ShapeSources {
  readonly partials: ReadonlyMap<string, PartialShape>;
  /** The template has its own preheader, so `{{preheader}}` does not read the context. */
  readonly ownPreheader: boolean;
  /** Names that are calls even without arguments. */
  readonly userHelpers: ReadonlySet<string>;
  /** Returns how the message of a key uses its arguments. */
  readonly messageArguments: (key: string) => ArgumentKinds;
  /** Gets each slot with the path that reads it. */
  readonly onRead?: ((slot: ContextSlot, path: hbs.AST.PathExpression) => void) | undefined;
}

/** Adds to a context's slot everything that a syntax tree reads from it. */
export function readContext(root: ContextSlot, tree: hbs.AST.Program, sources: ShapeSources): void {
  new ContextReading(root, sources).program(tree, {
    frames: [frameOf(root)],
    blockParams: new Map(),
    inlines: new Map(),
    loops: [],
    knownPresent: new Set(),
    openPartials: [],
  });
}

class ContextReading {
  readonly #root: ContextSlot;
  readonly #sources: ShapeSources;

  constructor(root: ContextSlot, sources: ShapeSources) {
    this.#root = root;
    this.#sources = sources;
  }

  program(program: hbs.AST.Program, outer: ContextScope): void {
    const inlines = new Map([...outer.inlines, ...inlinesOf(program)]);
    for (const node of program.body) this.#statement(node, { ...outer, inlines });
  }

  #statement(node: hbs.AST.Node, scope: ContextScope): void {
    if (isMustache(node)) this.#mustache(node, scope);
    else if (isBlock(node)) this.#block(node, scope);
    else if (isPartial(node)) this.#partial(node, scope);
    else if (isPartialBlock(node)) {
      this.#partial(node, { ...scope, inlines: new Map([...scope.inlines, ...inlinesOf(node.program)]) });
      this.program(node.program, scope);
    }
  }

  #mustache(node: hbs.AST.MustacheStatement, scope: ContextScope): void {
    if (isHelperCall(node, this.#sources.userHelpers, scope.blockParams)) this.#call(node, scope, 'print');
    else this.#read(calleePath(node.path), scope).use('print');
  }

  #block(node: hbs.AST.BlockStatement, scope: ContextScope): void {
    const name = calleePath(node.path).original;
    const [subject] = node.params;
    if (!isBlockHelper(name) || !subject || this.#sources.userHelpers.has(name)) this.#ownBlock(node, scope);
    else if (name === 'if') this.#branches(subject, node.program, inverseOf(node), scope);
    else if (name === 'unless') this.#branches(subject, inverseOf(node), node.program, scope);
    else this.#enter(node, subject, name === 'each', scope);
  }

  #branches(
    subject: hbs.AST.Expression,
    whenPresent: hbs.AST.Program | undefined,
    otherwise: hbs.AST.Program | undefined,
    scope: ContextScope,
  ): void {
    const present = this.#presentIn(subject, scope);
    if (whenPresent)
      this.program(whenPresent, { ...scope, knownPresent: new Set([...scope.knownPresent, ...present]) });
    if (otherwise) this.program(otherwise, scope);
  }

  /** Reads `{{#each}}` and `{{#with}}`. With an `{{else}}`, the value may be missing. */
  #enter(
    node: hbs.AST.BlockStatement,
    subject: hbs.AST.Expression,
    each: boolean,
    scope: ContextScope,
  ): void {
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

  #inverse(node: hbs.AST.BlockStatement, scope: ContextScope): void {
    const inverse = inverseOf(node);
    if (inverse) this.program(inverse, scope);
  }

  /** A block helper of the application may give its block any context. */
  #ownBlock(node: hbs.AST.BlockStatement, scope: ContextScope): void {
    for (const param of node.params) this.#value(param, scope);
    this.#hash(node.hash, scope);
    const names = namesOf(node.program).map((name): [string, ContextSlot] => [name, new ContextSlot()]);
    const blockParams = new Map([...scope.blockParams, ...names]);
    this.program(node.program, {
      ...scope,
      blockParams,
      frames: [frameOf(new ContextSlot()), ...scope.frames],
    });
    this.#inverse(node, scope);
  }

  #partial(node: PartialTag, scope: ContextScope): void {
    const inner = this.#partialScope(node, scope);
    if (isSubExpression(node.name)) {
      this.#value(node.name, scope);
      inner.frames[0]?.slot.markOpaque();
      return;
    }
    const name = node.name.original;
    const program = scope.inlines.get(name) ?? this.#sources.partials.get(name)?.tree;
    if (!program) return;
    if (scope.openPartials.includes(name)) inner.frames[0]?.slot.markOpaque();
    else this.program(program, { ...inner, openPartials: [...scope.openPartials, name] });
  }

  #partialScope(node: PartialTag, scope: ContextScope): ContextScope {
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

  /** The arguments of a partial by their names inside it. */
  #given(node: PartialTag, scope: ContextScope): NamedSlots {
    const values = pairsOf(node.hash).map(({ key, value }): [string, ContextSlot] => [
      key,
      this.#value(value, scope),
    ]);
    const given = new Map(values);
    const component = this.#component(node, scope);
    return component ? componentArguments(component, given, scope) : given;
  }

  #component({ name }: PartialTag, { inlines }: ContextScope): Component | undefined {
    if (isSubExpression(name) || inlines.has(name.original)) return undefined;
    return this.#sources.partials.get(name.original)?.component;
  }

  #call({ path, params, hash }: HelperCall, scope: ContextScope, use?: ContextUse): void {
    const name = calleePath(path).original;
    const builtin = this.#sources.userHelpers.has(name) ? undefined : BUILTIN_HELPERS.get(name);
    if (builtin && name === TRANSLATE) return this.#message(params, hash, scope);
    const slots = params.map((param) => this.#value(param, scope, builtin?.lenient));
    for (const [index, slot] of slots.entries()) {
      const own = index === 0 ? builtin?.first : builtin?.others;
      if (own) useArgument(slot, own);
      if (use && builtin?.returns === 'argument') slot.use(use);
    }
    this.#hash(hash, scope, builtin?.lenient);
  }

  #message([key]: readonly hbs.AST.Expression[], hash: hbs.AST.Hash, scope: ContextScope): void {
    if (!key) return;
    const written = isStringLiteral(key) ? key.value : undefined;
    if (written === undefined) this.#value(key, scope).use('message-key');
    const kinds = written === undefined ? undefined : this.#sources.messageArguments(written);
    for (const { key: name, value } of pairsOf(hash)) {
      const slot = this.#value(value, scope);
      for (const kind of kinds?.get(name) ?? []) slot.use(MESSAGE_USES[kind]);
    }
  }

  #hash(hash: hbs.AST.Hash, scope: ContextScope, lenient = false): void {
    for (const { value } of pairsOf(hash)) this.#value(value, scope, lenient);
  }

  /** The slot of an expression; a computed or literal value says nothing about the context. */
  #value(node: hbs.AST.Expression, scope: ContextScope, lenient = false): ContextSlot {
    if (isPath(node)) return this.#read(node, scope, lenient);
    if (isSubExpression(node)) this.#call(node, scope);
    return new ContextSlot();
  }

  /** The slots that are present when a condition holds: those of its path, or of every path of an `and`. */
  #presentIn(subject: hbs.AST.Expression, scope: ContextScope): readonly ContextSlot[] {
    if (isPath(subject)) {
      this.#read(subject, scope, true);
      return this.#slots(subject, scope);
    }
    if (isSubExpression(subject) && calleePath(subject.path).original === 'and')
      return subject.params.flatMap((param) => this.#presentIn(param, scope));
    this.#value(subject, scope);
    return [];
  }

  #read(path: hbs.AST.PathExpression, scope: ContextScope, lenient = false): ContextSlot {
    const slots = this.#slots(path, scope);
    const isLenient = lenient || path.original === PREHEADER;
    for (const slot of slots) if (!isLenient && !scope.knownPresent.has(slot)) slot.markRequired();
    const read = slots.at(-1) ?? this.#start(path, scope).slot;
    this.#sources.onRead?.(read, path);
    return read;
  }

  /** The slot of every step of a path. */
  #slots(path: hbs.AST.PathExpression, scope: ContextScope): readonly ContextSlot[] {
    const { slot: start, steps } = this.#start(path, scope);
    const slots: ContextSlot[] = [];
    for (const step of steps) slots.push((slots.at(-1) ?? start).field(step));
    return slots;
  }

  #start(path: hbs.AST.PathExpression, scope: ContextScope): Start {
    const [first, ...others] = path.parts;
    if (path.data) {
      if (first === 'key') scope.loops[path.depth]?.markKeyed();
      return { slot: first === 'root' ? this.#root : new ContextSlot(), steps: others };
    }
    if (path.original === PREHEADER && this.#sources.ownPreheader)
      return { slot: new ContextSlot(), steps: [] };
    const frame = scope.frames[path.depth] ?? frameOf(new ContextSlot());
    if (first === undefined) return { slot: frame.slot, steps: [] };
    const param = scope.blockParams.get(plainName(path) ?? '');
    const bound = param ?? frame.hash.get(first);
    return bound ? { slot: bound, steps: others } : { slot: frame.slot, steps: path.parts };
  }
}

interface Start {
  readonly slot: ContextSlot;
  readonly steps: readonly string[];
}

/** Prints the template's own preheader, else the context's, which may be missing. */
const PREHEADER = 'preheader';

const MESSAGE_USES: Readonly<Record<ArgumentKind, ContextUse>> = {
  text: 'print',
  choice: 'print',
  number: 'message-number',
  date: 'message-date',
};

function useArgument(slot: ContextSlot, use: ArgumentUse): void {
  if (use === 'any-field') slot.markOpaque();
  else if (use === 'print-items') slot.item().use('print');
  else slot.use(use);
}

/** The typings promise an `{{else}}`; a block without one has none. */
function inverseOf(block: { readonly inverse?: hbs.AST.Program }): hbs.AST.Program | undefined {
  return block.inverse;
}
