interface Followers<T> {
  readonly all: Set<T>;
  readonly onAbort: () => void;
}

/**
 * Shares one listener of a signal among all its followers. Node.js takes more than ten listeners for a leak and warns, and
 * removing one of many searches all others.
 */
export class AbortFanOut<T> {
  readonly #signals = new Map<AbortSignal, Followers<T>>();
  readonly #onAbort: (signal: AbortSignal, followers: Iterable<T>) => void;

  constructor(onAbort: (signal: AbortSignal, followers: Iterable<T>) => void) {
    this.#onAbort = onAbort;
  }

  /** Adds a follower of a signal that has not aborted yet. */
  follow(signal: AbortSignal, follower: T): void {
    (this.#signals.get(signal) ?? this.#listen(signal)).all.add(follower);
  }

  unfollow(signal: AbortSignal, follower: T): void {
    const followers = this.#signals.get(signal);
    if (!followers?.all.delete(follower) || followers.all.size > 0) return;
    signal.removeEventListener('abort', followers.onAbort);
    this.#signals.delete(signal);
  }

  #listen(signal: AbortSignal): Followers<T> {
    const all = new Set<T>();
    const followers = { all, onAbort: () => this.#onAbort(signal, all) };
    signal.addEventListener('abort', followers.onAbort);
    this.#signals.set(signal, followers);
    return followers;
  }
}
