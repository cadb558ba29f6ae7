/** A request to a source: one template in exactly one language. */
export interface TemplateQuery {
  /**
   * Letters, digits, `_`, `-` and `/`; no other name ever reaches a source. It comes from the mail all
   * the same: bind it as a parameter, look it up, and join it into no path or statement.
   */
  readonly name: string;
  /** Canonical BCP 47 tag; absent for the base template. The next wider language is asked for beside it. */
  readonly locale?: string;
  /** The version the source last answered this query with, if that answer is still at hand. */
  readonly known?: string;
}

/** A template as its source holds it. */
export interface SourcedTemplate {
  /**
   * Changes whenever `source` or `text` does: a revision, a hash, an ETag, the time of the last edit.
   * A version is compiled once; the same version with another text goes unnoticed.
   */
  readonly version: string;
  /** What `welcome.hbs` would hold, front matter included. May be left out when `version` is the `known` one. */
  readonly source?: string | null | undefined;
  /** What `welcome.text.hbs` would hold. Without it the text part is made from the html. */
  readonly text?: string | null | undefined;
}

export interface TemplateFindOptions {
  /** Aborts when every mail that waits for the answer was given up, and when the module closes. */
  readonly signal: AbortSignal;
}

/**
 * A place templates come from that is no folder: a database, an object store. Sources are asked before
 * the folders, in their order, so that an edited template takes the place of the one that was shipped;
 * the first with an answer in any of the mail's languages supplies the template.
 * They hold templates only: layouts, partials, style sheets and helpers are the folders' and the options'.
 */
export interface TemplateSource {
  /** For messages, e.g. `database`. */
  readonly name: string;
  /**
   * Asked for every mail; mails sent at the same time share an answer. `undefined` or `null`: no such
   * template here. Rejecting fails those mails with a retryable `template-not-found`, also when a folder
   * has the template: what was edited is never silently replaced by what was shipped.
   */
  find(
    query: TemplateQuery,
    options: TemplateFindOptions,
  ): Promise<SourcedTemplate | null | undefined> | SourcedTemplate | null | undefined;
}
