import Handlebars from 'handlebars';
import { isBlock, isPath, pairsOf, plainName } from '../render/syntax/syntax-nodes.js';

/** The block helper that a section becomes. */
export type SectionKind = 'if' | 'unless' | 'each' | 'with';

/** The values that names are read from at a place, as far as the sample tells. */
interface Frame {
  /** Undefined where the sample does not tell. */
  readonly values: readonly unknown[] | undefined;
  /** A block of Handlebars reads from this frame alone; a section also reads from the frames outside. */
  readonly closed: boolean;
}

/** What a sample says about the names at a place of a template. */
export class SampleScope {
  readonly #frames: readonly Frame[];

  private constructor(frames: readonly Frame[]) {
    this.#frames = frames;
  }

  static of(sample: object | undefined): SampleScope {
    return new SampleScope([{ values: sample && [sample], closed: true }]);
  }

  /** A scope in which the meaning of names is unknown. */
  unknown(): SampleScope {
    return new SampleScope([{ values: undefined, closed: true }, ...this.#frames]);
  }

  /**
   * The scope inside a block.
   * @param closed whether the source had a Handlebars block here, not a section
   */
  within(kind: SectionKind, path: hbs.AST.PathExpression, closed = false): SampleScope {
    if (kind === 'if' || kind === 'unless') return this;
    const found = this.#valuesOf(path);
    const values = kind === 'each' ? found?.flatMap((value) => itemsOf(value)) : found;
    return new SampleScope([{ values: values?.length ? values : undefined, closed }, ...this.#frames]);
  }

  /** How many sections further out a name is found; 0 if it is found here or nowhere. */
  stepsUp(path: hbs.AST.PathExpression): number {
    const [first] = path.parts;
    if (first === undefined || !isPlain(path)) return 0;
    for (const [index, { values, closed }] of this.#frames.entries()) {
      if (!values) return 0;
      if (values.some((value) => owns(value, first))) return index;
      if (closed) return 0;
    }
    return 0;
  }

  /** The helper that a section stands for; undefined where that is uncertain. */
  kindOf(path: hbs.AST.PathExpression, block: hbs.AST.Program | undefined): SectionKind | undefined {
    const reads = pathsIn(block);
    const own = reads.length > 0 && reads.every((read) => isPlain(read) && beginsWith(read, path));
    const values = (this.#valuesOf(path) ?? []).filter((value) => value !== null && value !== undefined);
    const lists = values.length > 0 && values.every((value) => itemsOf(value).some(Array.isArray));
    // `{{#each .}}` in the block: the section only sets the scope, as in Postmark's templates.
    if (!lists && loopsOverThis(block)) return 'with';
    const [kind, ...others] = new Set(values.map((value) => kindOfValue(value)));
    if (others.length > 0) return undefined;
    if (kind === undefined) return own ? 'if' : undefined;
    if (kind === 'each' || kind === 'if') return kind;
    if (own && !values.some((value) => path.parts.some((part) => owns(value, part)))) return 'if';
    return kind === 'with' || reads.some((read) => isThis(read)) ? 'with' : 'if';
  }

  #valuesOf(path: hbs.AST.PathExpression): readonly unknown[] | undefined {
    const known = isPlain(path) || isThis(path);
    const frame = known ? this.#frames[this.stepsUp(path)] : undefined;
    return frame?.values?.flatMap((value) => valueAt(value, path.parts));
  }
}

/** A scalar may be printed by `{{.}}` in the block, or only tested. */
function kindOfValue(value: unknown): 'each' | 'if' | 'with' | 'scalar' {
  if (Array.isArray(value)) return 'each';
  if (typeof value === 'boolean') return 'if';
  return typeof value === 'object' ? 'with' : 'scalar';
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function valueAt(value: unknown, keys: readonly string[]): readonly unknown[] {
  let found = value;
  for (const key of keys) {
    if (!owns(found, key)) return [];
    found = found[key];
  }
  return [found];
}

function owns(value: unknown, key: string): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

/** A plain Mustache name: no `../`, `this` or `@`. */
function isPlain(path: hbs.AST.PathExpression): boolean {
  return plainName(path) !== undefined;
}

function isThis({ data, depth, parts }: hbs.AST.PathExpression): boolean {
  return !data && depth === 0 && parts.length === 0;
}

function beginsWith(path: hbs.AST.PathExpression, start: hbs.AST.PathExpression): boolean {
  return start.parts.every((part, index) => path.parts[index] === part);
}

function pathsIn(program: hbs.AST.Program | undefined): readonly hbs.AST.PathExpression[] {
  const visitor = new Paths();
  if (program) visitor.accept(program);
  return visitor.found;
}

/** Whether a block loops over its own context. */
function loopsOverThis(block: hbs.AST.Program | undefined): boolean {
  return (block?.body ?? []).filter(isBlock).some(({ path, params, program }) => {
    const [subject] = params;
    const name = isPath(path) ? path.original : '';
    if (name === 'if' || name === 'unless') return loopsOverThis(program);
    return name === 'each' && subject !== undefined && isPath(subject) && isThis(subject);
  });
}

class Paths extends Handlebars.Visitor {
  readonly found: hbs.AST.PathExpression[] = [];

  override PathExpression(path: hbs.AST.PathExpression): void {
    this.found.push(path);
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    this.#call(node);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.#call(node);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.#call(node);
    for (const branch of [node.program, node.inverse]) this.accept(branch);
  }

  /** A call with arguments is a helper, whose name is no path. */
  #call({
    path,
    params,
    hash,
  }: hbs.AST.MustacheStatement | hbs.AST.SubExpression | hbs.AST.BlockStatement): void {
    const values = [...params, ...pairsOf(hash)];
    for (const value of values.length > 0 ? values : [path]) this.accept(value);
  }
}
