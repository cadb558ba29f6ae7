/**
 * Keeps the turns of rate limits for all processes that share it: an exact sliding window, in which a turn comes `per`
 * milliseconds after the turn `max` before it. Turns may be taken ahead. The store's clock never goes back: where that of
 * its machine is set back, it goes on from where it was.
 */
export interface TurnStore {
  /** Takes turns for each that is wanted, in this order. Nothing of it has to survive a loss of power. */
  take(request: TurnsRequest): Promise<TurnsReply>;
}

export interface TurnsRequest {
  /** Processes that name a limit alike share it. */
  readonly limit: string;
  readonly max: number;
  /** Milliseconds, a whole number. */
  readonly per: number;
  readonly wanted: readonly WantedTurns[];
}

/** Turns that are wanted at once. More than a span has start with the whole span, and later turns wait longer. */
export interface WantedTurns {
  readonly turns: number;
  /** Longest wait in milliseconds: for turns that come later, none is taken. */
  readonly withinMs: number;
}

export interface TurnsReply {
  /** Milliseconds until the turns of each come; none was taken where that is later than its `withinMs`. */
  readonly waits: readonly number[];
  /** Milliseconds until one more turn is free. */
  readonly next: number;
}
