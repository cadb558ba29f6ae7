import { SlowPath } from '../faults/fast-path.js';
import type { FlattenedTemplate, Instance, Part } from './flattened-template.js';
import {
  callNode,
  contentNode,
  pathNode,
  SPENT_STRIPS,
  STRICT_HELPERS,
  type StrictNode,
  type StrictProgram,
} from '../engine/strict-node.js';

/** The rebuilt programs of a page, ready to be compiled. */
export interface PageProgram {
  readonly program: StrictProgram;
  /** The partials it calls, by the names of their instances. */
  readonly partials: ReadonlyMap<string, StrictProgram>;
}

/**
 * Returns the contents that a program prints in the place of a piece of html.
 * @param index index of the piece, and of the placeholder that follows it
 * @param part the part that the piece belongs to; absent between the branches of a block
 */
export type PrintPiece = (html: string, index: number, part: Part | undefined) => readonly string[];

const unchanged: PrintPiece = (html) => (html === '' ? [] : [html]);

/**
 * Cuts html into pieces at its placeholders, and gives every program of the page its pieces.
 * @throws {SlowPath} when the placeholders have changed, or a program would need other pieces in another place
 */
export function pageProgram(
  html: string,
  page: FlattenedTemplate,
  piece: PrintPiece = unchanged,
): PageProgram {
  const parts = partsOf(html, page, piece);
  const called = page.instances.filter((instance) => instance !== page.root);
  const partials = called.map((instance): [string, StrictProgram] => [
    instance.name,
    rebuilt({ instance, program: instance.program }, parts),
  ]);
  return {
    program: rebuilt({ instance: page.root, program: page.root.program }, parts),
    partials: new Map(partials),
  };
}

type Item = string | StrictNode;
type Parts = ReadonlyMap<Instance, ReadonlyMap<StrictProgram, readonly Item[]>>;

function partsOf(html: string, page: FlattenedTemplate, piece: PrintPiece): Parts {
  const parts = new PartCollection(page, piece);
  let end = 0;
  let expected = 0;
  for (const match of html.matchAll(new RegExp(page.placeholderTokens.pattern, 'g'))) {
    if (Number(match[1]) !== expected) break;
    parts.piece(html.slice(end, match.index), expected);
    parts.placeholder(expected);
    end = match.index + match[0].length;
    expected += 1;
  }
  if (expected !== page.placeholders.length) throw new SlowPath('the HTML has to be fixed by its reader');
  parts.piece(html.slice(end), expected);
  return parts.finish();
}

interface OpenPart {
  readonly part: Part | undefined;
  readonly items: Item[];
}

class PartCollection {
  readonly #page: FlattenedTemplate;
  readonly #piece: PrintPiece;
  readonly #open: OpenPart[];
  readonly #parts = new Map<Instance, Map<StrictProgram, readonly Item[]>>();

  constructor(page: FlattenedTemplate, piece: PrintPiece) {
    this.#page = page;
    this.#piece = piece;
    this.#open = [{ part: { instance: page.root, program: page.root.program }, items: [] }];
  }

  piece(html: string, index: number): void {
    const open = this.#open.at(-1);
    open?.items.push(...this.#piece(html, index, open.part));
  }

  placeholder(index: number): void {
    const placeholder = this.#page.placeholders[index];
    if (!placeholder) return;
    if (placeholder.role === 'else' || placeholder.role === 'close') this.#end(placeholder.node);
    if (placeholder.role === 'value' || placeholder.role === 'open')
      this.#open.at(-1)?.items.push(placeholder.node);
    if (placeholder.role === 'open' || placeholder.role === 'else')
      this.#open.push({ part: placeholder.begins, items: [] });
  }

  finish(): Parts {
    this.#end();
    return this.#parts;
  }

  #end(node?: StrictNode): void {
    const { part, items } = this.#open.pop() ?? { part: undefined, items: [] };
    if (!part) {
      if (items.length > 0) throw this.#slow('the HTML has to be fixed by its reader', node);
      return;
    }
    const programs = this.#parts.get(part.instance) ?? new Map<StrictProgram, readonly Item[]>();
    this.#parts.set(part.instance, programs);
    const known = programs.get(part.program);
    if (known && !sameItems(known, items))
      throw this.#slow('a block is printed in several places, and differs there', node);
    programs.set(part.program, items);
  }

  #slow(reason: string, node: StrictNode | undefined): SlowPath {
    return new SlowPath(reason, node?.place);
  }
}

function sameItems(one: readonly Item[], other: readonly Item[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function rebuilt({ instance, program }: Part, parts: Parts): StrictProgram {
  const inlines = program.body.filter(({ type }) => type === 'DecoratorBlock');
  const items = parts.get(instance)?.get(program) ?? [UNFORESEEN];
  const body = [...inlines, ...items].map((item) =>
    typeof item === 'string' ? contentNode(item) : rebuiltNode(item, instance, parts),
  );
  return { ...program, body };
}

function rebuiltNode(node: StrictNode, instance: Instance, parts: Parts): StrictNode {
  const inner = (program: StrictProgram | undefined): StrictProgram | undefined =>
    program && rebuilt({ instance, program }, parts);
  if (node.type === 'ContentStatement' || node.type === 'MustacheStatement') return node;
  if (node.type === 'DecoratorBlock')
    return { ...node, program: rebuilt({ instance, program: node.program }, parts) };
  const program = inner(node.program);
  if (node.type === 'BlockStatement') return { ...node, program, inverse: inner(node.inverse) };
  const called = instance.calls.get(node);
  return { ...node, program, ...(called && { name: pathNode([called.name]) }) };
}

/** Prints in a program for which the page has no pieces; running it means that the analysis missed something. */
const UNFORESEEN: StrictNode = {
  ...SPENT_STRIPS,
  ...callNode(STRICT_HELPERS.unforeseen, []),
  type: 'MustacheStatement',
  escaped: true,
};
