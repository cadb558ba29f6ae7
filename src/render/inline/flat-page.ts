import { SlowPath } from '../faults/fast-path.js';
import { isBlockHelper } from '../helpers/helper.js';
import { MarkWords } from './mark-words.js';
import { PagePlaces, type NodePlaces, type Origin } from '../syntax/page-places.js';
import { isNode, listOf, programOf, type StrictNode, type StrictProgram } from '../engine/strict-node.js';

/**
 * One use of a page or partial: the same partial called from two places has two of them, because the
 * same markup may be styled differently in each.
 */
export interface Instance {
  /** What its compiled program is called by; no template can have such a name. */
  readonly name: string;
  readonly program: StrictProgram;
  /** The instances of the partials it calls, by the node that calls. */
  readonly calls: Map<StrictNode, Instance>;
}

/** A program as a part of an instance. */
export interface Part {
  readonly instance: Instance;
  readonly program: StrictProgram;
}

/** Stands in the flat page for a Handlebars tag. */
export interface Mark {
  readonly role: 'value' | 'open' | 'else' | 'close';
  readonly node: StrictNode;
  /** The part between this mark and the next of its node; absent where there is none. */
  readonly begins?: Part | undefined;
  /** What follows is not printed exactly once. */
  readonly branches: boolean;
}

/** A page with its layout and partials as one document of HTML and marks. */
export interface FlatPage {
  readonly root: Instance;
  readonly instances: readonly Instance[];
  readonly marks: readonly Mark[];
  /** HTML with `word(index)` in the place of each mark. */
  readonly html: string;
  readonly words: MarkWords;
  readonly places: PagePlaces;
}

export interface FlatPageOptions {
  /** @throws {SlowPath} for a partial that is faulty */
  readonly partial: (name: string) => StrictProgram | undefined;
  readonly places: NodePlaces;
}

/** Marks a page may have: a partial called many times grows it, and so does each that it calls. */
const MAX_MARKS = 5000;
const MAX_LENGTH = 1_048_576;

/** @throws {SlowPath} when what will be printed where depends on values */
export function flatPage(program: StrictProgram, options: FlatPageOptions): FlatPage {
  return new Flattening(options).page(program);
}

/** Where a program is printed. */
interface Frame {
  readonly instance: Instance;
  /** What `{{> @partial-block}}` prints here. */
  readonly block?: Closure | undefined;
  /** The partials being printed around. */
  readonly path: ReadonlySet<StrictProgram>;
}

/** An inline partial, and where it is defined. */
interface Inline {
  readonly program: StrictProgram;
  readonly frame: Frame;
  /** Those that are defined beside it. */
  readonly beside: Inlines;
}

type Inlines = ReadonlyMap<string, Inline>;

const NO_INLINES: Inlines = new Map();

interface Closure {
  readonly program: StrictProgram;
  readonly frame: Frame;
}

/** A statement, and the content or the mark it prints. */
interface Printed {
  readonly node: StrictNode;
  readonly prints: string | number;
}

class Flattening {
  readonly #partial: FlatPageOptions['partial'];
  readonly #places: NodePlaces;
  readonly #instances: Instance[] = [];
  readonly #marks: Mark[] = [];
  readonly #pieces: Printed[] = [];
  /** The inline partials in sight, as Handlebars keeps them: for each use of a template. */
  readonly #sights = new Map<Instance, Inlines>();
  /** Calls that name no file where they are printed. */
  readonly #inlineCalls = new Map<Instance, Set<StrictNode>>();
  #length = 0;

  constructor({ partial, places }: FlatPageOptions) {
    this.#partial = partial;
    this.#places = places;
  }

  page(program: StrictProgram): FlatPage {
    const root = this.#instance(program);
    this.#print(program, { instance: root, path: new Set([program]) });
    const contents = this.#pieces.map(({ prints }) => prints).filter((prints) => typeof prints === 'string');
    const words = new MarkWords(contents.join(''));
    const origins: Origin[] = [];
    let html = '';
    for (const { node, prints } of this.#pieces) {
      origins.push({ offset: html.length, node });
      html += typeof prints === 'string' ? prints : words.word(prints);
    }
    const places = new PagePlaces(this.#places, html, origins);
    return { root, instances: this.#instances, marks: this.#marks, html, words, places };
  }

  #instance(program: StrictProgram): Instance {
    const instance = { name: `$${this.#instances.length}`, program, calls: new Map<StrictNode, Instance>() };
    this.#instances.push(instance);
    return instance;
  }

  #print(program: StrictProgram, frame: Frame): void {
    this.#within(frame.instance, definedIn(program, frame), () => {
      for (const node of program.body) this.#node(node, frame);
    });
  }

  #sight(instance: Instance): Inlines {
    return this.#sights.get(instance) ?? NO_INLINES;
  }

  /** Prints with more inline partials in sight. */
  #within(instance: Instance, inlines: Inlines, print: () => void): void {
    const outer = this.#sight(instance);
    if (inlines.size > 0) this.#sights.set(instance, new Map([...outer, ...inlines]));
    print();
    this.#sights.set(instance, outer);
  }

  #node(node: StrictNode, frame: Frame): void {
    if (node.type === 'ContentStatement') this.#content(String(node['value']), node);
    else if (node.type === 'MustacheStatement') this.#value(node);
    else if (node.type === 'BlockStatement') this.#block(node, frame);
    else if (node.type !== 'DecoratorBlock') this.#call(node, frame);
  }

  #content(text: string, node: StrictNode): void {
    this.#length += text.length;
    if (this.#length > MAX_LENGTH) throw new SlowPath('with its partials it is too large to be analysed');
    this.#pieces.push({ node, prints: text });
  }

  #mark(mark: Mark): void {
    if (this.#marks.length >= MAX_MARKS)
      throw new SlowPath('with its partials it has too many tags to be analysed');
    this.#pieces.push({ node: mark.node, prints: this.#marks.push(mark) - 1 });
  }

  #value(node: StrictNode): void {
    if (node['escaped'] === false)
      throw this.#slow('a triple-stash lets HTML in when a mail is rendered', node);
    this.#mark({ role: 'value', node, branches: false });
  }

  #block(node: StrictNode, frame: Frame): void {
    const name = nameOf(node['path']);
    if (!isBlockHelper(name))
      throw this.#slow(`the block helper "${name}" may change what its block prints`, node);
    const [program, inverse] = [programOf(node['program']), programOf(node['inverse'])];
    this.#between(node, [part(program, frame), part(inverse, frame)], true, [frame, frame]);
  }

  /** Prints alternatives one after the other. */
  #between(
    node: StrictNode,
    parts: ReadonlyArray<Part | undefined>,
    branches: boolean,
    frames: readonly Frame[],
  ): void {
    for (const [index, begins] of parts.entries()) {
      const frame = frames[index];
      this.#mark({ role: index === 0 ? 'open' : 'else', node, begins, branches });
      if (begins && frame) this.#print(begins.program, frame);
    }
    this.#mark({ role: 'close', node, branches });
  }

  #call(node: StrictNode, frame: Frame): void {
    const name = calledName(node);
    if (name === undefined) throw this.#slow('which partial is included depends on a value', node);
    const program = programOf(node['program']);
    const block = program ? { program, frame } : undefined;
    const given = program ? definedIn(program, frame) : NO_INLINES;
    const inline = this.#sight(frame.instance).get(name);
    if (name === '@partial-block') this.#callBlock(node, block, frame);
    else if (inline) this.#callInline(node, { name, inline, block, given }, frame);
    else this.#callFile(node, { name, block, given }, frame);
  }

  #callBlock(node: StrictNode, fallback: Closure | undefined, frame: Frame): void {
    if (frame.block && fallback) throw this.#slow('{{#> @partial-block}} hands a block to a block', node);
    const closure = frame.block ?? fallback;
    if (!closure) return this.#between(node, [undefined], false, []);
    const { program, frame: written } = closure;
    this.#between(node, [part(program, written)], false, [written]);
  }

  #callInline(
    node: StrictNode,
    { name, inline, block, given }: Call & { readonly inline: Inline },
    frame: Frame,
  ): void {
    const { program, frame: defined, beside } = inline;
    this.#isInline(node, name, frame);
    if (frame.path.has(program)) throw this.#slow(`the partial "${name}" includes itself`, node);
    const { instance } = defined;
    const inner: Frame = {
      instance,
      block: block ?? frame.block,
      path: new Set([...defined.path, program]),
    };
    const sight = new Map([...beside, ...this.#sight(instance), ...given]);
    this.#within(instance, sight, () => this.#between(node, [{ instance, program }], false, [inner]));
  }

  #callFile(node: StrictNode, { name, block, given }: Call, frame: Frame): void {
    const program = this.#partial(name);
    if (!program) {
      this.#isInline(node, name, frame);
      this.#between(node, [block && part(block.program, frame)], false, [frame]);
      return;
    }
    const path = this.#deeper(frame, program, node, name);
    if (this.#inlineCalls.get(frame.instance)?.has(node)) throw this.#ambiguous(node, name);
    const instance = frame.instance.calls.get(node) ?? this.#instance(program);
    frame.instance.calls.set(node, instance);
    this.#sights.set(instance, new Map([...this.#sight(frame.instance), ...given]));
    const inner: Frame = { instance, block: block ?? frame.block, path };
    this.#between(node, [{ instance, program }], false, [inner]);
  }

  /** A call keeps its name for the inline partials in sight when it is printed; one of a file is given another. */
  #isInline(node: StrictNode, name: string, { instance }: Frame): void {
    if (instance.calls.has(node)) throw this.#ambiguous(node, name);
    const calls = this.#inlineCalls.get(instance) ?? new Set<StrictNode>();
    this.#inlineCalls.set(instance, calls.add(node));
  }

  #ambiguous(node: StrictNode, name: string): SlowPath {
    return this.#slow(`"${name}" is a partial in a file at one time and an inline partial at another`, node);
  }

  #deeper({ path }: Frame, program: StrictProgram, node: StrictNode, name: string): Frame['path'] {
    if (path.has(program)) throw this.#slow(`the partial "${name}" includes itself`, node);
    return new Set([...path, program]);
  }

  #slow(reason: string, node: StrictNode): SlowPath {
    return new SlowPath(reason, this.#places.of(node));
  }
}

/** A call of a partial by its name. */
interface Call {
  readonly name: string;
  readonly block: Closure | undefined;
  /** The inline partials in its block. */
  readonly given: Inlines;
}

function definedIn(program: StrictProgram, frame: Frame): Inlines {
  const inlines = new Map<string, Inline>();
  for (const node of program.body) {
    const inline = node.type === 'DecoratorBlock' ? programOf(node['program']) : undefined;
    if (inline) inlines.set(inlineName(node), { program: inline, frame, beside: inlines });
  }
  return inlines;
}

function part(program: StrictProgram | undefined, { instance }: Frame): Part | undefined {
  return program && { instance, program };
}

function calledName({ name }: StrictNode): string | undefined {
  return isNode(name) && name.type === 'PathExpression' ? nameOf(name) : undefined;
}

function inlineName({ params }: StrictNode): string {
  const [name] = listOf(params);
  return isNode(name) ? String(name['value']) : '';
}

function nameOf(path: unknown): string {
  return isNode(path) ? String(path['original']) : '';
}
