import type { SourceLocation } from './source-location.js';

/**
 * Whether work such as inlining styles was done when the template was compiled, or the reason why it has to
 * be done for each mail.
 */
export type FastPath = { readonly ok: true } | SlowReason;

export interface SlowReason {
  readonly ok: false;
  readonly reason: string;
  /** Absent if the reason is about the page as a whole. */
  readonly place?: SourceLocation;
}

export const FAST: FastPath = { ok: true };

/** Ends the analysis of a template whose values would decide about the result. */
export class SlowPath extends Error {
  override readonly name = 'SlowPath';
  readonly place: SourceLocation | undefined;

  constructor(reason: string, place?: SourceLocation) {
    super(reason);
    this.place = place;
  }
}

/** Leaves the fast path of a mail, because of a value that the analysis of the template ruled out. */
export class SlowPathNeeded extends Error {
  override readonly name = 'SlowPathNeeded';
}
