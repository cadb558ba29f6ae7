/** What a translator may know about the mail it translates for. */
export interface TranslationRequest {
  /** The mail's locale, canonical BCP 47; `templates.defaultLocale` when it has none. */
  readonly locale: string;
  /** The mail's time zone, an IANA name. */
  readonly timeZone: string;
  /** The named arguments of the call: `{{t "cart.items" count=n}}`. */
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Texts from somewhere else than `locales/<locale>.json`: given as `templates.translator`, asked before
 * the catalogs. Its answer is text, escaped where html is printed.
 */
export interface MailTranslator {
  /**
   * The text of a key, or `undefined` when it has none and the catalogs are to be asked. Falling back
   * to other languages is up to it. Synchronous, because templates do no I/O while a mail is rendered:
   * load texts when the application starts. A promise, an object or an error fails the mail as `context-invalid`.
   */
  translate(key: string, request: TranslationRequest): string | undefined;
}
