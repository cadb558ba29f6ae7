export type TextDirection = 'ltr' | 'rtl';

/** Scripts in use that run from right to left (ISO 15924). */
const RIGHT_TO_LEFT = new Set('Adlm Arab Aran Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa'.split(' '));

const MAX_KNOWN = 500;

/** Which way languages are written, each found out once. Bounded, because locales come with the mails. */
export class TextDirections {
  readonly #known = new Map<string, TextDirection>();

  /** @param locale canonical BCP 47 */
  of(locale: string): TextDirection {
    const known = this.#known.get(locale);
    if (known) return known;
    const script = new Intl.Locale(locale).maximize().script ?? '';
    const direction = RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr';
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(locale, direction);
    return direction;
  }
}
