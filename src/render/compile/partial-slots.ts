import type { CallNode, PartialCall } from '../syntax/partial-call.js';

/** The calls that lead to one that prints a partial nobody gave; that one is the last. */
export type SlotCalls = readonly PartialCall[];

/** By the names of the partials that are asked for. */
export type Slots = ReadonlyMap<string, SlotCalls>;

/**
 * What the pieces of templates ask of their callers: partials that are no files, which the callers define
 * inline. The piece itself, or what it calls, prints them.
 */
export class PartialSlots {
  readonly #file: (name: string) => CallNode | undefined;
  readonly #slots = new Map<CallNode, Map<string, SlotCalls>>();
  /** What is called by name where it is written: only then is it known what it is given. */
  readonly #called = new Set<PartialCall['to']>();

  /** @param file the body of the file behind the name of a partial, where there is one in sight */
  constructor(file: (name: string) => CallNode | undefined) {
    this.#file = file;
  }

  of(node: CallNode): Slots {
    const known = this.#slots.get(node);
    if (known) return known;
    const nodes = this.#reached(node);
    for (const each of nodes) if (!this.#slots.has(each)) this.#slots.set(each, new Map());
    // Partials may call each other in circles: what one asks for is passed on until nothing is new.
    while (nodes.map((each) => this.#grows(each)).includes(true));
    return this.#slots.get(node) ?? new Map<string, SlotCalls>();
  }

  #reached(from: CallNode, found = new Set<CallNode>()): readonly CallNode[] {
    if (found.has(from)) return [];
    found.add(from);
    for (const { to } of from.calls) this.#called.add(to);
    for (const { to } of [...from.calls, ...from.defined]) {
      const target = this.#target(to);
      if (target) this.#reached(target, found);
    }
    return [...found];
  }

  #grows(node: CallNode): boolean {
    const slots = this.#slots.get(node) ?? new Map<string, SlotCalls>();
    const before = slots.size;
    // An inline partial that is handed to others is called there, with what is in sight where it is written.
    const handed = node.defined.filter(({ to }) => !this.#called.has(to));
    for (const call of [...node.calls, ...handed])
      for (const [name, calls] of this.#lacking(call)) if (!slots.has(name)) slots.set(name, calls);
    return slots.size > before;
  }

  #lacking(call: PartialCall): ReadonlyArray<readonly [string, SlotCalls]> {
    const { to, optional, inlines } = call;
    const target = this.#target(to);
    if (!target) return optional || typeof to !== 'string' ? [] : [[to, [call]]];
    return [...(this.#slots.get(target) ?? [])]
      .filter(([name]) => !inlines.has(name))
      .map(([name, calls]) => [name, [call, ...calls]]);
  }

  #target(to: PartialCall['to']): CallNode | undefined {
    return typeof to === 'string' ? this.#file(to) : to;
  }
}
