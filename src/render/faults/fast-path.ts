import type { Place } from './source-place.js';

/**
 * Whether something was done for a template when it was compiled, such as inlining its styles; if not, why
 * it has to be done for each mail.
 */
export type FastPath = { readonly ok: true } | SlowReason;

export interface SlowReason {
  readonly ok: false;
  readonly reason: string;
  /** Of what the reason is about; absent when that is the page as a whole. */
  readonly place?: Place;
}

export const FAST: FastPath = { ok: true };

/** Ends the analysis of a template for which it cannot be done before its values are known. */
export class SlowPath extends Error {
  override readonly name = 'SlowPath';
  readonly place: Place | undefined;

  constructor(reason: string, place?: Place) {
    super(reason);
    this.place = place;
  }
}

/** Thrown while a mail is rendered on the fast path, when something enters that its analysis could not see. */
export class SlowPathNeeded extends Error {
  override readonly name = 'SlowPathNeeded';
}
