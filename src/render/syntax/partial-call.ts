import type { SourceLocation } from '../faults/source-location.js';

/** A call of a partial by name. */
export interface PartialCall {
  /** An inline partial of the same file, or the name of a partial in the partials folder. */
  readonly to: Callable | string;
  readonly place: SourceLocation;
  /** The call has a block to fall back to, or its name is looked up at run time. */
  readonly optional: boolean;
  /** No block helper decides whether the call happens. */
  readonly certain: boolean;
  /** Names of the inline partials that the called partial may use. */
  readonly inlines: ReadonlySet<string>;
}

/** A file's body or an inline partial, with the partials it calls in turn. */
export interface Callable {
  readonly label: string;
  readonly calls: PartialCall[];
  /** The inline partials it defines, each recorded as a call at that place. */
  readonly defined: PartialCall[];
}

/**
 * Finds a call that closes an endless circle.
 * @param resolve finds the body of the file that a partial's name refers to
 */
export function endlessCall(
  from: Callable,
  resolve: (name: string) => Callable | undefined,
): PartialCall | undefined {
  const finished = new Set<Callable>();
  const visit = (node: Callable, ancestors: ReadonlySet<Callable>): PartialCall | undefined => {
    if (finished.has(node)) return undefined;
    const path = new Set([...ancestors, node]);
    for (const call of node.calls) {
      const target = typeof call.to === 'string' ? resolve(call.to) : call.to;
      if (!call.certain || !target) continue;
      const found = path.has(target) ? call : visit(target, path);
      if (found) return found;
    }
    finished.add(node);
    return undefined;
  };
  return visit(from, new Set());
}
