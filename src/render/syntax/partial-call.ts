import type { SourceLocation } from '../faults/source-location.js';

/** A use of a partial by name. */
export interface PartialCall {
  /** An inline partial of the same file, or the name of one in the partials folder. */
  readonly to: CallNode | string;
  readonly place: SourceLocation;
  /** It has a block to fall back to, or is looked up at run time. */
  readonly optional: boolean;
  /** No block helper decides whether it happens. */
  readonly certain: boolean;
  /** Names of the inline partials in sight of what is called. */
  readonly inlines: ReadonlySet<string>;
}

/** What can be called, and what it calls in turn: a file's body or an inline partial. */
export interface CallNode {
  readonly label: string;
  readonly calls: PartialCall[];
  /** The inline partials it defines, each as if it were called there. */
  readonly defined: PartialCall[];
}

/**
 * A call that closes a circle nothing can stop.
 * @param resolve the file's body behind a partial's name
 */
export function endlessCall(
  from: CallNode,
  resolve: (name: string) => CallNode | undefined,
): PartialCall | undefined {
  const finished = new Set<CallNode>();
  const visit = (node: CallNode, ancestors: ReadonlySet<CallNode>): PartialCall | undefined => {
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
