import Handlebars from 'handlebars';
import { BLOCK_HELPERS } from '../render/helpers/helper.js';
import { startOf } from '../render/faults/source-location.js';
import { parsePiece } from '../render/syntax/syntax.js';
import { isPath, namesOf, pairsOf } from '../render/syntax/syntax-nodes.js';
import { TemplateFaults } from '../render/faults/template-fault.js';
import { SampleScope } from './sample-scope.js';

/** A Mustache section that was rewritten. */
export interface SectionFix {
  /** Offset in the source before the fix. */
  readonly offset: number;
  /** Its tag, such as `{{#items}}`. */
  readonly was: string;
  readonly is: string;
}

export interface FixedSource {
  readonly source: string;
  readonly fixes: readonly SectionFix[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Rewrites the Mustache sections of a source whose meaning is certain: an inverted section `{{^x}}`, and a section
 * `{{#x}}` if the sample shows what `x` is or the block reads nothing but `x`. Names that a section reads from
 * around it get `../`. A source that Handlebars cannot parse stays as it is.
 * @param helpers names of the application's block helpers
 */
export function fixSections(
  source: string,
  sample: object | undefined,
  helpers: ReadonlySet<string>,
): FixedSource {
  const tree = parsed(source);
  if (!tree) return { source, fixes: [] };
  const reading = new SectionReading(source, helpers);
  reading.program(tree, SampleScope.of(sample));
  const fixed = edited(source, reading.edits);
  return parsed(fixed) ? { source: fixed, fixes: reading.fixes } : { source, fixes: [] };
}

function parsed(source: string): hbs.AST.Program | undefined {
  return parsePiece({ source, place: startOf('') }, new TemplateFaults());
}

function edited(source: string, edits: readonly Edit[]): string {
  let result = '';
  let end = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += source.slice(end, edit.start) + edit.text;
    end = edit.end;
  }
  return result + source.slice(end);
}

/** An inverted block has no program, whatever the typings say. */
function hasParameters(program: hbs.AST.Program | undefined): boolean {
  return program !== undefined && namesOf(program).length > 0;
}

const OPENING = /^\{\{~?([#^])/;
const CLOSING = /^\{\{~?\/\s*([^\s}~]*)\s*~?\}\}$/;

/** Collects the edits of each section, from the outside in. */
class SectionReading {
  readonly edits: Edit[] = [];
  readonly fixes: SectionFix[] = [];
  readonly #source: string;
  readonly #lines: readonly number[];
  readonly #helpers: ReadonlySet<string>;

  constructor(source: string, helpers: ReadonlySet<string>) {
    this.#source = source;
    // Handlebars counts these line ends.
    this.#lines = [0, ...[...source.matchAll(/\r\n?|\n/g)].map(({ index, 0: end }) => index + end.length)];
    this.#helpers = helpers;
  }

  program(program: hbs.AST.Program | undefined, scope: SampleScope): void {
    for (const node of program?.body ?? []) new StatementPaths(this, scope).accept(node);
  }

  block(node: hbs.AST.BlockStatement, scope: SampleScope): void {
    const { path } = node;
    const bare = node.params.length + pairsOf(node.hash).length === 0;
    const plain = bare && !hasParameters(node.program);
    if (isPath(path) && plain && !this.#helpers.has(path.original)) this.#section(node, path, scope);
    else this.#known(node, scope);
  }

  /** Adds `../` to a path that its section reads from around it. */
  path(path: hbs.AST.PathExpression, scope: SampleScope): void {
    const up = scope.stepsUp(path);
    const start = this.#offset(path.loc.start);
    if (up > 0) this.edits.push({ start, end: start, text: '../'.repeat(up) });
  }

  #section(node: hbs.AST.BlockStatement, path: hbs.AST.PathExpression, scope: SampleScope): void {
    const start = this.#offset(node.loc.start);
    const sign = OPENING.exec(this.#source.slice(start, start + 4))?.[1];
    const kind = sign === '^' ? 'unless' : scope.kindOf(path, node.program);
    const close = this.#closing(node, path);
    if (!sign || !kind || !close) return this.#inside(node, scope.unknown());
    const written = this.#written(path);
    const subject = '../'.repeat(scope.stepsUp(path)) + written;
    this.edits.push(
      {
        start: this.#source.indexOf(sign, start),
        end: this.#offset(path.loc.end),
        text: `#${kind} ${subject}`,
      },
      { ...close, text: kind },
    );
    this.fixes.push({ offset: start, was: `{{${sign}${written}}}`, is: `{{#${kind} ${subject}}}` });
    this.program(node.program, scope.within(kind, path));
    this.program(node.inverse, scope);
  }

  /** The name in the tag that ends a section. */
  #closing(node: hbs.AST.BlockStatement, path: hbs.AST.PathExpression): Omit<Edit, 'text'> | undefined {
    const written = this.#written(path);
    const end = this.#offset(node.loc.end);
    const tag = CLOSING.exec(this.#source.slice(this.#source.lastIndexOf('{{', end - 1), end));
    if (tag?.[1] !== written) return undefined;
    const start = end - tag[0].length + tag[0].lastIndexOf(written);
    return { start, end: start + written.length };
  }

  /** A block that is not a Mustache section. */
  #known(node: hbs.AST.BlockStatement, scope: SampleScope): void {
    const [subject] = node.params;
    const name = BLOCK_HELPERS.find((helper) => 'original' in node.path && node.path.original === helper);
    for (const value of [...node.params, ...pairsOf(node.hash)])
      new StatementPaths(this, scope).accept(value);
    if (!name || !subject || !isPath(subject) || hasParameters(node.program))
      return this.#inside(node, scope.unknown());
    this.program(node.program, scope.within(name, subject, true));
    this.program(node.inverse, scope);
  }

  #inside({ program, inverse }: hbs.AST.BlockStatement, scope: SampleScope): void {
    this.program(program, scope);
    this.program(inverse, scope);
  }

  #written({ loc }: hbs.AST.PathExpression): string {
    return this.#source.slice(this.#offset(loc.start), this.#offset(loc.end));
  }

  #offset({ line, column }: hbs.AST.Position): number {
    return (this.#lines[line - 1] ?? 0) + column;
  }
}

/** Visits the paths that a statement reads, and its blocks. */
class StatementPaths extends Handlebars.Visitor {
  readonly #reading: SectionReading;
  readonly #scope: SampleScope;

  constructor(reading: SectionReading, scope: SampleScope) {
    super();
    this.#reading = reading;
    this.#scope = scope;
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.#reading.block(node, this.#scope);
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    // With arguments it is a helper.
    if (node.params.length === 0 && isPath(node.path)) this.#reading.path(node.path, this.#scope);
    for (const value of [...node.params, ...pairsOf(node.hash)]) this.accept(value);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    for (const value of [...node.params, ...pairsOf(node.hash)]) this.accept(value);
  }

  override PathExpression(path: hbs.AST.PathExpression): void {
    this.#reading.path(path, this.#scope);
  }

  /** The name of a partial is no path. */
  override PartialStatement(node: hbs.AST.PartialStatement): void {
    for (const value of [...node.params, ...pairsOf(node.hash)]) this.accept(value);
  }

  override PartialBlockStatement(node: hbs.AST.PartialBlockStatement): void {
    for (const value of [...node.params, ...pairsOf(node.hash)]) this.accept(value);
    this.#reading.program(node.program, this.#scope);
  }

  override DecoratorBlock({ program }: hbs.AST.DecoratorBlock): void {
    this.#reading.program(program, this.#scope.unknown());
  }
}
