import type { Callable, PartialCall } from '../syntax/partial-call.js';

/** A chain of calls; the last one prints a partial that no caller defines. */
export type SlotCalls = readonly PartialCall[];

/** Chains by the name of the undefined partial. */
export type Slots = ReadonlyMap<string, SlotCalls>;

/**
 * The partials that pieces of templates expect their callers to define inline, because no file has them. The piece
 * prints them itself, or through the partials it calls.
 */
export class PartialSlots {
  readonly #file: (name: string) => Callable | undefined;
  readonly #slots = new Map<Callable, Map<string, SlotCalls>>();
  /** Partials called by name where they are written: only for those is it known which partials they are given. */
  readonly #called = new Set<PartialCall['to']>();

  /** @param file finds the body of the file that a partial's name refers to */
  constructor(file: (name: string) => Callable | undefined) {
    this.#file = file;
  }

  of(node: Callable): Slots {
    const known = this.#slots.get(node);
    if (known) return known;
    const nodes = this.#reached(node);
    for (const each of nodes) if (!this.#slots.has(each)) this.#slots.set(each, new Map());
    // Partials may call each other in circles: each passes its open names on until none is new.
    while (nodes.map((each) => this.#grows(each)).includes(true));
    return this.#slots.get(node) ?? new Map<string, SlotCalls>();
  }

  #reached(from: Callable, found = new Set<Callable>()): readonly Callable[] {
    if (found.has(from)) return [];
    found.add(from);
    for (const { to } of from.calls) this.#called.add(to);
    for (const { to } of [...from.calls, ...from.defined]) {
      const target = this.#target(to);
      if (target) this.#reached(target, found);
    }
    return [...found];
  }

  #grows(node: Callable): boolean {
    const slots = this.#slots.get(node) ?? new Map<string, SlotCalls>();
    const before = slots.size;
    // An inline partial passed to others is called there, but sees the partials visible where it is written.
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

  #target(to: PartialCall['to']): Callable | undefined {
    return typeof to === 'string' ? this.#file(to) : to;
  }
}
