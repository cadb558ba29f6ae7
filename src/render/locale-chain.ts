/**
 * The locales to try for one that was asked for, nearest first: `zh-Hant-TW`, `zh-Hant`, `zh`
 * (RFC 4647 §3.4, without extensions). The base variant, which has no locale, comes after them.
 * @throws {RangeError} for a tag that is not BCP 47
 */
export function localeChain(locale: string): readonly string[] {
  const subtags = new Intl.Locale(locale).baseName.split('-');
  return subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-'));
}
