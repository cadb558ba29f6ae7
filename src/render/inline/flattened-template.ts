import { SlowPath } from '../faults/fast-path.js';
import { isBlockHelper } from '../helpers/helper.js';
import { PlaceholderTokens } from './placeholder-tokens.js';
import { PagePlaces, type Origin } from './page-places.js';
import type { BlockNode, PartialNode, PrintNode, StrictNode, StrictProgram } from '../engine/strict-node.js';

/**
 * One use of a page or partial. A partial that is called from two places has two instances, because the
 * same markup may be styled differently in each.
 */
export interface Instance {
  /** The name of its compiled program; no template can have such a name. */
  readonly name: string;
  readonly program: StrictProgram;
  /** The instances of the partials it calls, by the calling node. */
  readonly calls: Map<StrictNode, Instance>;
}

/** A program that belongs to an instance. */
export interface Part {
  readonly instance: Instance;
  readonly program: StrictProgram;
}

/** Stands in the flattened template for a Handlebars tag. */
export interface Placeholder {
  readonly role: 'value' | 'open' | 'else' | 'close';
  readonly node: StrictNode;
  /** The part between this placeholder and the next of its node, if there is one. */
  readonly begins?: Part | undefined;
  /** Whether the part is printed any other number of times than once. */
  readonly branches: boolean;
}

/** A page with its layout and partials as one document of HTML and placeholders. */
export interface FlattenedTemplate {
  readonly root: Instance;
  readonly instances: readonly Instance[];
  readonly placeholders: readonly Placeholder[];
  /** HTML with a token in the place of each placeholder. */
  readonly html: string;
  readonly placeholderTokens: PlaceholderTokens;
  readonly places: PagePlaces;
}

type FindPartial = (name: string) => StrictProgram | undefined;

/** Bounds the placeholders of a page: a partial that is called many times adds those of all it calls, each time. */
const MAX_PLACEHOLDERS = 5000;
const MAX_LENGTH = 1_048_576;

/**
 * @param partial throws a `SlowPath` for a partial that is faulty
 * @throws {SlowPath} when values decide what is printed where
 */
export function flattenTemplate(program: StrictProgram, partial: FindPartial): FlattenedTemplate {
  return new Flattening(partial).page(program);
}

/** The surroundings in which a program is printed. */
interface PrintFrame {
  readonly instance: Instance;
  /** The block that `{{> @partial-block}}` prints here. */
  readonly block?: Closure | undefined;
  /** The programs being printed, to notice one that includes itself. */
  readonly path: ReadonlySet<StrictProgram>;
}

interface Closure {
  readonly program: StrictProgram;
  readonly frame: PrintFrame;
}

/** An inline partial, with the frame of its definition. */
interface InlinePartial extends Closure {
  /** The partials that are defined beside it. */
  readonly beside: InlinePartials;
}

type InlinePartials = ReadonlyMap<string, InlinePartial>;

const NO_INLINES: InlinePartials = new Map();

/** A statement, and the content or the index of the placeholder that it prints. */
interface PrintedStatement {
  readonly node: StrictNode;
  readonly prints: string | number;
}

class Flattening {
  readonly #partial: FindPartial;
  readonly #instances: Instance[] = [];
  readonly #placeholders: Placeholder[] = [];
  readonly #printed: PrintedStatement[] = [];
  /** The inline partials in scope. Handlebars keeps them for each use of a template, so this does, too. */
  readonly #scopes = new Map<Instance, InlinePartials>();
  /** The calls that were printed without a file of that name. */
  readonly #inlineCalls = new Map<Instance, Set<StrictNode>>();
  #length = 0;

  constructor(partial: FindPartial) {
    this.#partial = partial;
  }

  page(program: StrictProgram): FlattenedTemplate {
    const root = this.#instance(program);
    this.#print(program, { instance: root, path: new Set([program]) });
    const contents = this.#printed.map(({ prints }) => prints).filter((prints) => typeof prints === 'string');
    const placeholderTokens = new PlaceholderTokens(contents.join(''));
    const origins: Origin[] = [];
    let html = '';
    for (const { node, prints } of this.#printed) {
      origins.push({ offset: html.length, node });
      html += typeof prints === 'string' ? prints : placeholderTokens.token(prints);
    }
    const places = new PagePlaces(html, origins);
    return {
      root,
      instances: this.#instances,
      placeholders: this.#placeholders,
      html,
      placeholderTokens,
      places,
    };
  }

  #instance(program: StrictProgram): Instance {
    const instance = { name: `$${this.#instances.length}`, program, calls: new Map<StrictNode, Instance>() };
    this.#instances.push(instance);
    return instance;
  }

  #print(program: StrictProgram, frame: PrintFrame): void {
    this.#within(frame.instance, definedIn(program, frame), () => {
      for (const node of program.body) this.#node(node, frame);
    });
  }

  #scopeOf(instance: Instance): InlinePartials {
    return this.#scopes.get(instance) ?? NO_INLINES;
  }

  #within(instance: Instance, inlines: InlinePartials, print: () => void): void {
    const outer = this.#scopeOf(instance);
    if (inlines.size > 0) this.#scopes.set(instance, new Map([...outer, ...inlines]));
    print();
    this.#scopes.set(instance, outer);
  }

  #node(node: StrictNode, frame: PrintFrame): void {
    if (node.type === 'ContentStatement') this.#content(node.value, node);
    else if (node.type === 'MustacheStatement') this.#value(node);
    else if (node.type === 'BlockStatement') this.#block(node, frame);
    else if (node.type !== 'DecoratorBlock') this.#call(node, frame);
  }

  #content(text: string, node: StrictNode): void {
    this.#length += text.length;
    if (this.#length > MAX_LENGTH) throw new SlowPath('with its partials it is too large to be analysed');
    this.#printed.push({ node, prints: text });
  }

  #placeholder(placeholder: Placeholder): void {
    if (this.#placeholders.length >= MAX_PLACEHOLDERS)
      throw new SlowPath('with its partials it has too many tags to be analysed');
    this.#printed.push({ node: placeholder.node, prints: this.#placeholders.push(placeholder) - 1 });
  }

  #value(node: PrintNode): void {
    if (!node.escaped) throw this.#slow('a triple-stash lets HTML in when a mail is rendered', node);
    this.#placeholder({ role: 'value', node, branches: false });
  }

  #block(node: BlockNode, frame: PrintFrame): void {
    const name = node.path.original;
    if (!isBlockHelper(name))
      throw this.#slow(`the block helper "${name}" may change what its block prints`, node);
    const { program, inverse } = node;
    this.#between(node, [program && { program, frame }, inverse && { program: inverse, frame }], true);
  }

  /** Prints the alternatives of a node one after the other. */
  #between(node: StrictNode, alternatives: ReadonlyArray<Closure | undefined>, branches: boolean): void {
    for (const [index, closure] of alternatives.entries()) {
      const begins = closure && { instance: closure.frame.instance, program: closure.program };
      this.#placeholder({ role: index === 0 ? 'open' : 'else', node, begins, branches });
      if (closure) this.#print(closure.program, closure.frame);
    }
    this.#placeholder({ role: 'close', node, branches });
  }

  #call(node: PartialNode, frame: PrintFrame): void {
    const { program } = node;
    if (node.name.type === 'SubExpression')
      throw this.#slow('which partial is included depends on a value', node);
    const name = node.name.original;
    const block = program ? { program, frame } : undefined;
    const given = program ? definedIn(program, frame) : NO_INLINES;
    const inline = this.#scopeOf(frame.instance).get(name);
    if (name === '@partial-block') this.#callBlock(node, block, frame);
    else if (inline) this.#callInline(node, { name, inline, block, given }, frame);
    else this.#callFile(node, { name, block, given }, frame);
  }

  #callBlock(node: StrictNode, fallback: Closure | undefined, frame: PrintFrame): void {
    if (frame.block && fallback) throw this.#slow('{{#> @partial-block}} hands a block to a block', node);
    this.#between(node, [frame.block ?? fallback], false);
  }

  #callInline(
    node: StrictNode,
    { name, inline, block, given }: NamedCall & { readonly inline: InlinePartial },
    frame: PrintFrame,
  ): void {
    const { program, frame: defined, beside } = inline;
    this.#isInline(node, name, frame);
    if (frame.path.has(program)) throw this.#slow(`the partial "${name}" includes itself`, node);
    const { instance } = defined;
    const path = new Set([...defined.path, program]);
    const inner: PrintFrame = { instance, block: block ?? frame.block, path };
    const scope = new Map([...beside, ...this.#scopeOf(instance), ...given]);
    this.#within(instance, scope, () => this.#between(node, [{ program, frame: inner }], false));
  }

  #callFile(node: StrictNode, { name, block, given }: NamedCall, frame: PrintFrame): void {
    const program = this.#partial(name);
    if (!program) {
      this.#isInline(node, name, frame);
      return this.#between(node, [block], false);
    }
    if (frame.path.has(program)) throw this.#slow(`the partial "${name}" includes itself`, node);
    if (this.#inlineCalls.get(frame.instance)?.has(node)) throw this.#ambiguous(node, name);
    const instance = frame.instance.calls.get(node) ?? this.#instance(program);
    frame.instance.calls.set(node, instance);
    this.#scopes.set(instance, new Map([...this.#scopeOf(frame.instance), ...given]));
    const path = new Set([...frame.path, program]);
    this.#between(node, [{ program, frame: { instance, block: block ?? frame.block, path } }], false);
  }

  /** Notes a call of an inline partial. Such a call keeps its name, while a call of a file gets the name of its instance. */
  #isInline(node: StrictNode, name: string, { instance }: PrintFrame): void {
    if (instance.calls.has(node)) throw this.#ambiguous(node, name);
    const calls = this.#inlineCalls.get(instance) ?? new Set<StrictNode>();
    this.#inlineCalls.set(instance, calls.add(node));
  }

  #ambiguous(node: StrictNode, name: string): SlowPath {
    return this.#slow(`"${name}" is a partial in a file at one time and an inline partial at another`, node);
  }

  #slow(reason: string, node: StrictNode): SlowPath {
    return new SlowPath(reason, node.place);
  }
}

interface NamedCall {
  readonly name: string;
  readonly block: Closure | undefined;
  /** The inline partials that its block defines. */
  readonly given: InlinePartials;
}

function definedIn(program: StrictProgram, frame: PrintFrame): InlinePartials {
  const inlines = new Map<string, InlinePartial>();
  for (const node of program.body) {
    if (node.type !== 'DecoratorBlock') continue;
    const { program, params } = node;
    inlines.set(params[0].value, { program, frame, beside: inlines });
  }
  return inlines;
}
