import { SlowPath } from '../faults/fast-path.js';
import type { FlatPage, Instance, Part } from './flat-page.js';
import {
  callNode,
  isNode,
  pathNode,
  programOf,
  SPENT_STRIPS,
  STRICT_HELPERS,
  type StrictNode,
  type StrictProgram,
} from '../engine/strict-node.js';

/** A page put together again, ready to be compiled. */
export interface PageProgram {
  readonly program: StrictProgram;
  /** The partials it calls, each made for the place it is called from. */
  readonly partials: ReadonlyMap<string, StrictProgram>;
}

/**
 * What the programs of a page print in the place of a piece of its html.
 * @param index number of the piece; the mark of the same number follows it
 * @param part the program it belongs to; absent between the branches of a block
 */
export type PrintPiece = (html: string, index: number, part: Part | undefined) => readonly string[];

const asItIs: PrintPiece = (html) => (html === '' ? [] : [html]);

/**
 * Takes html apart at its marks, and gives every program of the page its pieces.
 * @throws {SlowPath} when the marks are not what they were, or a program would have to differ from place to place
 */
export function pageProgram(html: string, page: FlatPage, piece: PrintPiece = asItIs): PageProgram {
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

function partsOf(html: string, page: FlatPage, piece: PrintPiece): Parts {
  const parts = new PartCollection(page, piece);
  let end = 0;
  let expected = 0;
  for (const match of html.matchAll(new RegExp(page.words.pattern, 'g'))) {
    if (Number(match[1]) !== expected) break;
    parts.piece(html.slice(end, match.index), expected);
    parts.mark(expected);
    end = match.index + match[0].length;
    expected += 1;
  }
  if (expected !== page.marks.length) throw new SlowPath('the HTML has to be fixed by its reader');
  parts.piece(html.slice(end), expected);
  return parts.finish();
}

interface OpenPart {
  readonly part: Part | undefined;
  readonly items: Item[];
}

class PartCollection {
  readonly #page: FlatPage;
  readonly #piece: PrintPiece;
  readonly #open: OpenPart[];
  readonly #parts = new Map<Instance, Map<StrictProgram, readonly Item[]>>();

  constructor(page: FlatPage, piece: PrintPiece) {
    this.#page = page;
    this.#piece = piece;
    this.#open = [{ part: { instance: page.root, program: page.root.program }, items: [] }];
  }

  piece(html: string, index: number): void {
    const open = this.#open.at(-1);
    open?.items.push(...this.#piece(html, index, open.part));
  }

  mark(index: number): void {
    const mark = this.#page.marks[index];
    if (!mark) return;
    if (mark.role === 'else' || mark.role === 'close') this.#end(mark.node);
    if (mark.role === 'value' || mark.role === 'open') this.#open.at(-1)?.items.push(mark.node);
    if (mark.role === 'open' || mark.role === 'else') this.#open.push({ part: mark.begins, items: [] });
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
    return new SlowPath(reason, this.#page.places.of(node));
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
  const inner = (value: unknown): StrictProgram | undefined => {
    const program = programOf(value);
    return program && rebuilt({ instance, program }, parts);
  };
  const called = instance.calls.get(node);
  return {
    ...node,
    ...(isNode(node['program']) && { program: inner(node['program']) }),
    ...(isNode(node['inverse']) && { inverse: inner(node['inverse']) }),
    ...(called && { name: pathNode([called.name]) }),
  };
}

function contentNode(text: string): StrictNode {
  return { type: 'ContentStatement', value: text, original: text };
}

/** Stands where nothing was foreseen to be printed. */
const UNFORESEEN: StrictNode = {
  ...SPENT_STRIPS,
  ...callNode(STRICT_HELPERS.unforeseen, []),
  type: 'MustacheStatement',
  escaped: true,
};
