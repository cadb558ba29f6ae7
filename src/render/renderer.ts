/** One mail to render. */
export interface RenderRequest {
  readonly template: string;
  readonly context: object;
  /** Canonical BCP 47 tag. */
  readonly locale?: string;
  /** IANA name. */
  readonly timeZone: string;
  /** The mail's date, from which relative times count. Without it they are `context-invalid`. */
  readonly date?: Date;
  /** Ends the waiting for a template source. */
  readonly signal?: AbortSignal | undefined;
}

/** The rendered parts of a mail. */
export interface RenderedBody {
  readonly subject?: string;
  readonly html?: string;
  readonly text?: string;
  /** Locale of the variant that was used; absent for the base template. */
  readonly locale?: string;
}

/**
 * A template engine, which makes the final bodies of a mail from a name and a context. `load` must prove all that
 * can be proven before the first mail; `render` must do no I/O, except to ask template sources. It must escape
 * values in html, and must not escape them in the subject, which has no line breaks, and the text. All three are
 * final: nothing is inlined or derived afterwards.
 */
export interface Renderer {
  /**
   * Reads, compiles and proves every template.
   * @throws {MailError} `template-invalid` or `config`, with file, line and column
   */
  load(): Promise<void>;
  /**
   * Returns html, text or both; the subject may come from the mail instead. Called many times concurrently.
   * @throws {MailError} `template-not-found`, `context-invalid`
   */
  render(request: RenderRequest): Promise<RenderedBody>;
  /** Names of all templates, sorted. */
  names(): readonly string[];
  /** Follows edits on disk until `close`. A template that becomes invalid fails only its own renders. */
  watch(): void;
  close(): Promise<void>;
}
