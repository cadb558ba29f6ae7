import { BLOCK_CONTEXT, parameterName, type Component } from '../helpers/component.js';
import { ContextSlot } from './context-slot.js';

export type NamedSlots = ReadonlyMap<string, ContextSlot>;

/** A context that paths start from: an object, and the hash arguments that hide its fields. */
export interface ContextFrame {
  readonly slot: ContextSlot;
  readonly hash: NamedSlots;
}

/** The meaning of the names at one point of a template. */
export interface ContextScope {
  /** Innermost first; each `../` moves to the next. */
  readonly frames: readonly ContextFrame[];
  readonly blockParams: NamedSlots;
  readonly inlines: ReadonlyMap<string, hbs.AST.Program>;
  /** The lists of the enclosing `{{#each}}` blocks, innermost first. */
  readonly loops: readonly ContextSlot[];
  /** Slots that an enclosing condition has found present. */
  readonly knownPresent: ReadonlySet<ContextSlot>;
  /** The partials being read, so that reading a recursive one ends. */
  readonly openPartials: readonly string[];
}

export function frameOf(slot: ContextSlot): ContextFrame {
  return { slot, hash: new Map() };
}

/** Binds every parameter of a component, given or not, so that none is read from the context. */
export function componentArguments(
  { parameters }: Component,
  given: NamedSlots,
  { frames }: ContextScope,
): NamedSlots {
  const block = frames[0]?.slot ?? new ContextSlot();
  const named = Object.entries(parameters).map(([name, { url, choices }]): [string, ContextSlot] => {
    const slot = given.get(name) ?? new ContextSlot();
    if (choices) slot.use('print');
    if (url !== 'link') return [parameterName(name), slot];
    slot.use('url');
    // The component prints the result of the `url` helper.
    return [parameterName(name), new ContextSlot()];
  });
  return new Map([...named, [BLOCK_CONTEXT, block]]);
}
