import { abortError } from '../../errors/abort.js';
import type { Deadline } from './deadline.js';

/** The calls that end with one signal of a caller. */
interface Following {
  readonly deadlines: Set<Deadline>;
  readonly onAbort: () => void;
}

/**
 * The signals callers gave, each with the calls under way that end with it. A signal shared by many calls
 * gets one listener, there while there are calls: Node.js takes more than ten for a leak, and warns.
 */
export class AbortFanOut {
  readonly #following = new Map<AbortSignal, Following>();

  /** Ends the call when the signal aborts; at once when it has. */
  follow(signal: AbortSignal, deadline: Deadline): void {
    if (signal.aborted) deadline.abort(abortError(signal));
    else (this.#following.get(signal) ?? this.#listen(signal)).deadlines.add(deadline);
  }

  unfollow(signal: AbortSignal, deadline: Deadline): void {
    const following = this.#following.get(signal);
    if (!following?.deadlines.delete(deadline) || following.deadlines.size > 0) return;
    signal.removeEventListener('abort', following.onAbort);
    this.#following.delete(signal);
  }

  #listen(signal: AbortSignal): Following {
    const deadlines = new Set<Deadline>();
    const onAbort = (): void => {
      for (const deadline of deadlines) deadline.abort(abortError(signal));
    };
    signal.addEventListener('abort', onAbort);
    const following = { deadlines, onAbort };
    this.#following.set(signal, following);
    return following;
  }
}
