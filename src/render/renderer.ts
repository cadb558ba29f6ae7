/** What is asked of a template engine. */
export interface RenderRequest {
  readonly template: string;
  readonly context: object;
  /** Canonical BCP 47 tag. */
  readonly locale?: string;
  /** IANA name. */
  readonly timeZone: string;
  /** The mail's date: what relative times count from. Without it they are `context-invalid`. */
  readonly date?: Date;
  /** Ends the rendering, where it waits for something. */
  readonly signal?: AbortSignal | undefined;
}

/** What it makes. `locale` is the variant that was found, absent for the base template. */
export interface RenderedBody {
  readonly subject?: string;
  readonly html?: string;
  readonly text?: string;
  readonly locale?: string;
}

/**
 * A template engine: a name and a context become final bodies. Everything that can be proven before
 * traffic is proven in `load`, once; `render` does no I/O, except to ask the template sources there are.
 * Html is escaped where values enter it; subject and text are not. A subject without line breaks, html
 * and text are final: nothing is inlined or derived afterwards.
 */
export interface Renderer {
  /**
   * Reads, compiles and proves every template.
   * @throws {MailError} `template-invalid` or `config`, with file, line and column
   */
  load(): Promise<void>;
  /**
   * Called many times at once. Html, text or both; the subject may be left to the mail.
   * @throws {MailError} `template-not-found`, `context-invalid`
   */
  render(request: RenderRequest): Promise<RenderedBody>;
  /** Names of all templates, sorted. */
  names(): readonly string[];
  /** Follows edits on disk until `close`. A template that became invalid fails its own renders only. */
  watch(): void;
  close(): Promise<void>;
}
