/** Languages come with the mails. */
const MAX_CHAINS = 500;

/** Chains by locale: reading a tag costs more than rendering a short text. */
export class LocaleChains {
  readonly #chains = new Map<string, readonly string[]>();

  /** @throws {RangeError} for a tag that is not BCP 47 */
  of(locale: string): readonly string[] {
    const known = this.#chains.get(locale);
    if (known) return known;
    const chain = localeChain(locale);
    if (this.#chains.size >= MAX_CHAINS) this.#chains.clear();
    this.#chains.set(locale, chain);
    return chain;
  }
}

/**
 * The locales to try for one that was asked for, nearest first: `zh-Hant-TW`, `zh-Hant`, `zh`
 * (RFC 4647 §3.4, without extensions). The base variant, which has no locale, comes after them.
 * @throws {RangeError} for a tag that is not BCP 47
 */
export function localeChain(locale: string): readonly string[] {
  const subtags = new Intl.Locale(locale).baseName.split('-');
  return subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-'));
}
