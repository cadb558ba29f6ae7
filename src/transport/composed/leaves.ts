import { DelegatingTransport } from '../delegating.transport.js';
import type { Transport } from '../transport.js';
import { composedIn } from './composed.transport.js';
import { PendingTransport } from './pending.transport.js';

/** Returns the transports that make the attempts of a transport: itself, or the members that it wraps. */
export function leavesOf(transport: Transport): readonly Transport[] {
  const composed = composedIn(transport);
  if (composed) return composed.leaves.flatMap((leaf) => leavesOf(leaf.transport));
  if (transport instanceof PendingTransport && !transport.isMade) return [transport];
  return transport instanceof DelegatingTransport ? leavesOf(transport.inner) : [transport];
}
