/** A request to a source: one template in exactly one language. */
export interface TemplateQuery {
  /**
   * Consists of letters, digits, `_`, `-` and `/`; no other name reaches a source. It still comes from the mail:
   * bind it as a parameter, and never join it into a path or a statement.
   */
  readonly name: string;
  /** Canonical BCP 47 tag; absent for the base template. Wider languages are asked for in queries of their own. */
  readonly locale?: string;
  /** The version of the source's last answer to this query, if that answer is still kept. */
  readonly known?: string;
}

/** A template as its source has it. */
export interface SourcedTemplate {
  /**
   * Must change whenever `source` or `text` does: a revision, a hash, an ETag, the time of the last edit.
   * Each version is compiled once; another text under the same version goes unnoticed.
   */
  readonly version: string;
  /** The content of `welcome.hbs`, including front matter. May be left out if `version` is the `known` one. */
  readonly source?: string | null | undefined;
  /** The content of `welcome.text.hbs`. Without it the text part is derived from the html. */
  readonly text?: string | null | undefined;
}

export interface TemplateFindOptions {
  /** Aborts when no mail waits for the answer any more, and when the module closes. */
  readonly signal: AbortSignal;
}

/**
 * A source of templates besides the folders, such as a database or an object store. Sources are asked in order,
 * before the folders, so that an edited template replaces the shipped one; the first source with an answer in any
 * of the mail's languages supplies the template. A source has templates only: layouts, partials and style sheets
 * come from the folders, and helpers from the options.
 */
export interface TemplateSource {
  /** Name of the source in messages, e.g. `database`. */
  readonly name: string;
  /**
   * Finds a template for every mail; concurrent mails share an answer. Returns `undefined` or `null` if it has no
   * such template. A rejection fails those mails with a retryable `template-not-found`, even if a folder has the
   * template, so that an edited template is never silently replaced by the shipped one.
   */
  find(
    query: TemplateQuery,
    options: TemplateFindOptions,
  ): Promise<SourcedTemplate | null | undefined> | SourcedTemplate | null | undefined;
}
