import { BLOCK_CONTEXT, parameterName, type Component } from '../helpers/component.js';
import { ContextSlot } from './context-slot.js';

export type Programs = ReadonlyMap<string, hbs.AST.Program>;
export type NamedSlots = ReadonlyMap<string, ContextSlot>;

/** A context that paths start from: an object, and the hash arguments laid over it. */
export interface Frame {
  readonly slot: ContextSlot;
  readonly hash: NamedSlots;
}

/** What the names at a place of a template mean. */
export interface Scope {
  /** Innermost first; `../` goes one on. */
  readonly frames: readonly Frame[];
  readonly blockParams: NamedSlots;
  readonly inlines: Programs;
  /** What the enclosing `{{#each}}` go through, innermost first. */
  readonly loops: readonly ContextSlot[];
  /** Known to be there, because an enclosing block asked. */
  readonly sure: ReadonlySet<ContextSlot>;
  /** The partials being read, so that one that calls itself comes to an end. */
  readonly within: readonly string[];
}

export function frameOf(slot: ContextSlot): Frame {
  return { slot, hash: new Map() };
}

/** All of a component's own names are arguments, given or not: none of them is of the context. */
export function componentArguments(
  { parameters }: Component,
  given: NamedSlots,
  { frames }: Scope,
): NamedSlots {
  const block = frames[0]?.slot ?? new ContextSlot();
  const named = Object.entries(parameters).map(([name, { url, choices }]): [string, ContextSlot] => {
    const slot = given.get(name) ?? new ContextSlot();
    if (choices) slot.use('print');
    if (url !== 'link') return [parameterName(name), slot];
    slot.use('url');
    // The component prints what the `url` helper gives.
    return [parameterName(name), new ContextSlot()];
  });
  return new Map([...named, [BLOCK_CONTEXT, block]]);
}
