/** Whether a template's styles were inlined when it was compiled; if not, why each mail has to be inlined. */
export type FastPath = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Ends the analysis of a template whose styles cannot be inlined before its values are known. */
export class SlowPath extends Error {
  override readonly name = 'SlowPath';
}

/** Thrown while a mail is rendered on the fast path, when something enters that its analysis could not see. */
export class SlowPathNeeded extends Error {
  override readonly name = 'SlowPathNeeded';
}
